"""Makes the sample project's files: `python -m sample_data.make --out DIR`. The same bytes on every run."""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from assets.base_model.skills import SKILLS, Question, ask
from assets.base_model.tickets import Wording, write_ticket
from assets.base_model.world import PRETRAINING
from sample_data.broken import CSV_BROKEN, JSONL_BROKEN, csv_text, jsonl_text, with_broken
from sample_data.desk import chat_row, draw_desk, labels
from sample_data.flaws import Desk, Row, plant

SEED = 7
CLEAN_ROWS, CSV_ROWS = 890, 590
DIAGNOSTIC_ROWS, QUESTIONS_A_SKILL, GENERAL_ROWS = 200, 30, 480


def make(out: Path) -> None:
    """Writes every file of the sample project into `out`."""
    rng = Random(SEED)
    desk = Desk(rng)
    rows = plant(rng, desk, [desk.fresh() for _ in range(CLEAN_ROWS)])
    rng.shuffle(rows)
    in_csv = with_broken(rng, desk, rows[:CSV_ROWS], CSV_BROKEN)
    in_jsonl = with_broken(rng, desk, rows[CSV_ROWS:], JSONL_BROKEN)
    texts = {
        "tickets.csv": csv_text(in_csv),
        "tickets.jsonl": jsonl_text(in_jsonl),
        "flaws.json": flaws_text(in_csv, in_jsonl),
    }
    known = {row.message for row in in_csv + in_jsonl}
    wordings: tuple[Wording, ...] = ("seen", "new", "novel")
    for number, wording in enumerate(wordings, start=1):
        texts[f"{wording}.jsonl"] = lines(diagnostic_rows(SEED + number, (wording,), known))
    skills = [q for skill in SKILLS for q in questions(SEED + 11, (skill,), PRETRAINING, QUESTIONS_A_SKILL)]
    asked = {question.messages for question in skills}
    general = [q for q in questions(SEED + 12, SKILLS, ("seen",), GENERAL_ROWS + len(asked)) if q.messages not in asked]
    texts["skills.jsonl"] = lines(map(question_row, skills))
    texts["general.jsonl"] = lines(map(question_row, general[:GENERAL_ROWS]))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="")


def flaws_text(in_csv: list[Row], in_jsonl: list[Row]) -> str:
    """What was planted where: {"counts": {flaw: count}, "rows": {flaw: [{"file", "line", "ticket_id", "twin"}]}}.

    Lines count from 1 and the CSV's header is line 1. `twin` is the ticket that a row repeats or contradicts.
    """
    places: dict[str, list[dict[str, object]]] = defaultdict(list)
    for file, first, rows in (("tickets.csv", 2, in_csv), ("tickets.jsonl", 1, in_jsonl)):
        for line, row in enumerate(rows, start=first):
            if row.flaw:
                places[row.flaw].append({"file": file, "line": line, "ticket_id": row.ticket_id, "twin": row.twin})
    queues = Counter(row.answer["queue"] for row in in_csv + in_jsonl if row.flaw is None)
    summary = {
        "rows_written": {"tickets.csv": len(in_csv), "tickets.jsonl": len(in_jsonl)},
        "counts": {flaw: len(found) for flaw, found in sorted(places.items())},
        "unflawed_rows_by_queue": dict(sorted(queues.items())),
        "rows": dict(sorted(places.items())),
    }
    return json.dumps(summary, indent=1) + "\n"


def diagnostic_rows(seed: int, allowed: Sequence[Wording], known: set[str]) -> list[dict[str, object]]:
    """Chat rows with their labels and the id of the wording of their problem; none has a text that is `known`."""
    rng = Random(seed)
    rows: list[dict[str, object]] = []
    while len(rows) < DIAGNOSTIC_ROWS:
        ticket = write_ticket(rng, allowed, draw_desk(rng))
        if ticket.text not in known:
            known.add(ticket.text)
            rows.append({**chat_row(ticket.text, labels(ticket)), "phrasing": ticket.phrasing, **labels(ticket)})
    return rows


def questions(seed: int, skills: Sequence[str], allowed: Sequence[Wording], count: int) -> list[Question]:
    """Different questions, the skills in turn by lot. The closed skills run dry: those give what they have."""
    rng = Random(seed)
    found: dict[tuple[tuple[str, str], ...], Question] = {}
    while len(found) < count:
        question = ask(rng, rng.choice(skills), allowed)
        found.setdefault(question.messages, question)
    return list(found.values())


def question_row(question: Question) -> dict[str, object]:
    """A chat row with the key `skill`."""
    messages = [{"role": role, "content": content} for role, content in question.messages]
    return {"messages": [*messages, {"role": "assistant", "content": question.answer}], "skill": question.skill}


def lines(rows: Iterable[dict[str, object]]) -> str:
    """JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the files of the sample project.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    make(parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
