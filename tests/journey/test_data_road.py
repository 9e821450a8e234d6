"""From whatever files there are to a clean, reviewed, proven, exported dataset, command by command."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from engine.data.adopt import current
from engine.project import Project
from tests.journey.command import document, tunewright

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
"""Of the shape of a real one."""
MAIL = "ada.lovelace@analytical.example"
THINGS = ("kettle", "lamp", "fan", "radio", "toaster", "clock", "heater", "mixer", "scale", "printer")
FAULTS = ("leaks", "hums", "smells", "blinks", "rattles", "sticks", "overheats", "drips", "buzzes", "wobbles")
PLACES = ("kitchen", "office", "garage", "attic", "cellar", "hall", "porch", "shop", "school", "clinic")


def chat(question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {
        "messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}],
        **more,
    }


def questions(count: int) -> list[tuple[str, str]]:
    """Distinct questions, each with its label."""
    chance = random.Random(4)
    triples = [(thing, fault, place) for thing in THINGS for fault in FAULTS for place in PLACES]
    return [
        (f"My {thing} in the {place} {fault} since {chance.randrange(2, 28)} days, number {at}", ("A1", "B7")[at % 2])
        for at, (thing, fault, place) in enumerate(chance.sample(triples, count))
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Chat rows in gzip, a CSV in an old encoding with a semicolon, ShareGPT with a system turn in the middle."""
    folder, asked = tmp_path_factory.mktemp("files"), questions(130)
    first = [chat(question, answer, customer=f"c{at}") for at, (question, answer) in enumerate(asked[:60])]
    first += [first[0], chat(asked[1][0], "B7" if asked[1][1] == "A1" else "A1", customer="c1")]
    first += [chat(f"Write to {MAIL}, my key is {SECRET}", "A1", customer="c900")]
    lines = [json.dumps(one).encode() for one in first]
    lines.insert(3, b'{"messages": [{"role": "user", "content": "\xff\xfe broken"}]}')
    lines.insert(7, b'{"messages": ')
    chats = folder / "chats.jsonl.gz"
    chats.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    table = folder / "more.csv"
    rows = [f"{question}, größer;{answer};007{at}" for at, (question, answer) in enumerate(asked[60:100])]
    table.write_bytes("\n".join(["prompt;completion;customer", *rows]).encode("cp1252") + b"\n")
    shared = folder / "shared.json"
    conversations = [
        {
            "conversations": [
                {"from": "human", "value": question},
                {"from": "system", "value": "Answer with a queue."},
                {"from": "gpt", "value": answer},
                {"from": "human", "value": "thanks"},
            ],
            "customer": f"s{at}",
        }
        for at, (question, answer) in enumerate(asked[100:])
    ]
    shared.write_text(json.dumps(conversations), encoding="utf-8")
    return [chats, table, shared]


def test_the_whole_road_of_the_data(files: list[Path], tmp_path: Path) -> None:
    here = tmp_path / "desk"
    tunewright("new", here)
    project = Project.open(here)
    # Nothing is guessed in silence: the encoding of the table and the repairs of the conversations must be said.
    refused = tunewright("data", "import", *files, "--yes", cwd=here, code=3)
    assert "--encoding" in refused.stderr and "cp1252" in refused.stderr
    assert project.data_version() is None
    table = tmp_path / "more.csv"
    table.write_bytes(files[1].read_bytes().decode("cp1252").encode())
    into = ("data", "import", files[0], table, files[2], "--group", "customer", "--delimiter", ";", "--yes")
    made = document(*into, "--repair", "system,tail", cwd=here)
    assert (made["rows"], made["left_out"]) == (133, 2)
    places = [json.loads(line) for line in (project.data / "v1" / "left_out.jsonl").read_text("utf-8").splitlines()]
    assert [one["source"]["line"] for one in places] == [4, 8] and all(one["source"]["byte"] > 0 for one in places)
    assert {row.meta["customer"] for row in current(project).rows()} >= {"c5", "00712", "s3"}

    report = document("data", "report", cwd=here)
    assert report["duplicates"]["exact"] == 1 and report["conflicts"]["prompts"] == 1
    drilled = document("data", "report", "duplicate", cwd=here)
    assert "chats.jsonl.gz" in json.dumps(drilled)
    [conflict] = document("data", "duplicates", cwd=here)["contradiction"]
    document("data", "keep", "--conflict", "1", "--row", str(conflict["rows"][0]), cwd=here)
    cleaned = document("data", "clean", "--drop", "duplicates,conflicts", cwd=here)
    assert cleaned["rows"] == 131

    found = document("data", "privacy", cwd=here)
    assert found["by_kind"] == {"email": 1}
    document("data", "redact", "--accept", "all", "--apply", cwd=here)
    assert any("<EMAIL_1>" in row.prompt[0] for row in current(project).rows())
    certificate = document("data", "certificate", cwd=here)
    assert "names" in json.dumps(certificate)
    split = document("data", "split", cwd=here)
    assert split["proof"]["passed"] and sum(split["counts"].values()) == 131
    assert [item["state"] for item in gate(here, "data")] == ["passed"] * 4
    whole = b"".join(path.read_bytes() for path in here.rglob("*") if path.is_file())
    assert SECRET.encode() not in whole and MAIL.encode() not in whole_of_now(project)

    refused = tunewright("data", "export", "--to", "prompt-completion", "--out", tmp_path / "pairs", cwd=here, code=3)
    assert "cannot hold 30 of 131 rows" in refused.stderr and not (tmp_path / "pairs").exists()
    for form in ("openai", "sharegpt", "alpaca", "llamafactory", "axolotl"):
        tunewright("data", "export", "--to", form, "--out", tmp_path / form, cwd=here)
    again = tmp_path / "again"
    tunewright("new", again)
    exported = sorted((tmp_path / "openai").rglob("*.jsonl"))
    tunewright("data", "import", *exported, "--yes", cwd=again)
    ids = {row.id for row in current(project).rows()}
    assert {row.id for row in current(Project.open(again)).rows()} == ids


def whole_of_now(project: Project) -> bytes:
    """The rows of the current version."""
    return (current(project).folder / "rows.jsonl").read_bytes()


def gate(here: Path, step: str) -> list[dict[str, Any]]:
    steps = document("status", cwd=here)["steps"]
    items: list[dict[str, Any]] = next(one for one in steps if one["step"] == step)["items"]
    return items
