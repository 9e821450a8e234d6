"""The two raw files of the sample project, and the broken records in them."""

import csv
import io
import json
from dataclasses import replace
from random import Random

from sample_data.desk import ANSWER_FIELDS, chat_row
from sample_data.flaws import Desk, Row

COLUMNS = ("ticket_id", "opened", "customer_id", "message", *ANSWER_FIELDS)
CSV_BROKEN = {"ragged": 4, "empty_message": 4, "missing_answer": 4}
JSONL_BROKEN = {"bad_json": 4, "empty_message": 3, "missing_answer": 3}


def with_broken(rng: Random, desk: Desk, rows: list[Row], kinds: dict[str, int]) -> list[Row]:
    """The rows, with rows that are to be written broken strewn among them."""
    mixed = list(rows)
    for kind, count in kinds.items():
        for _ in range(count):
            row = desk.fresh(kind)
            mixed.insert(rng.randint(1, len(mixed)), replace(row, message="") if kind == "empty_message" else row)
    return mixed


def csv_text(rows: list[Row]) -> str:
    """The CSV export: a header, then one line a row. Ragged rows lack their last columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        answer = [row.answer[field] for field in ANSWER_FIELDS]
        if row.flaw == "missing_answer":
            answer = [""] * len(answer)
        cells = [row.ticket_id, row.opened, row.customer_id, row.message, *answer]
        writer.writerow(cells[:5] if row.flaw == "ragged" else cells)
    return buffer.getvalue()


def jsonl_text(rows: list[Row]) -> str:
    """The JSONL export: one chat row a line. Bad lines are cut off in the middle."""
    written = []
    for row in rows:
        record = {"ticket_id": row.ticket_id, "customer_id": row.customer_id, **chat_row(row.message, row.answer)}
        if row.flaw == "missing_answer":
            record["messages"] = chat_row(row.message, row.answer)["messages"][:2]
        line = json.dumps(record, ensure_ascii=False)
        written.append(line[: len(line) // 2] if row.flaw == "bad_json" else line)
    return "\n".join(written) + "\n"
