"""Mending a row: which of its texts can be changed, what is refused, and what applying makes of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.applying import apply_verdicts
from engine.data.adopt import current
from engine.data.deriving import Change, adopt_derived, derive
from engine.data.rows import Row, row_id
from engine.data.versions import open_version
from engine.errors import UsageError
from engine.mending import WHOLE, checked, new_personal_data, part_of, parts, with_part
from engine.reading import turns as read
from engine.reviewing import open_review
from tests.tui.reviewable import example, reviewable

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Bonn"}'}}
TOOLS: list[dict[str, Any]] = [
    {"role": "system", "content": "Be short."},
    {"role": "user", "content": "Weather?"},
    {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL], "weight": 0},
    {"role": "tool", "content": '{"degrees":7}', "tool_call_id": "c1", "name": "weather"},
    {"role": "assistant", "content": "Seven degrees."},
]


def made(turns: list[dict[str, Any]], **more: Any) -> Row:
    meta = more.pop("meta", {})
    found = row_id(turns, meta.get("tools"), more.get("rejected"), more.get("label"))
    return Row(found, turns, meta, {"file": "r.jsonl", "line": 1, "byte": 0}, ["import"], **more)


def pair() -> Row:
    prompt = [{"role": "user", "content": "Which?"}]
    rejected = [{"role": "assistant", "content": "The blue one."}]
    return made([*prompt, {"role": "assistant", "content": "The red one."}], rejected=rejected)


def test_every_text_that_is_learned_is_a_part_and_the_answer_the_first() -> None:
    names = [one.name for one in parts(made(TOOLS))]
    assert names == ["answer", "messages.2", "messages.2.calls.0", WHOLE]
    assert [one.name for one in parts(pair())] == ["answer", "rejected.0", WHOLE]
    assert part_of(made(TOOLS), None).text == "Seven degrees."
    with pytest.raises(UsageError, match=r"no messages\.3"):
        part_of(made(TOOLS), "messages.3")


@pytest.mark.parametrize("name", ["answer", "messages.2", "messages.2.calls.0"])
def test_one_text_changes_and_all_else_stays(name: str) -> None:
    row = made(TOOLS)
    text = '{"city":"Ulm"}' if "calls" in name else "Otherwise."
    new = with_part(row, name, text)
    assert part_of(new, name).text == text and new.parent == row.id != new.id and new.steps == ["import", "review"]
    others = [one.name for one in parts(row) if one.name not in (name, WHOLE)]
    assert [part_of(new, other).text for other in others] == [part_of(row, other).text for other in others]
    assert new.messages[2]["weight"] == 0 and row.messages[2]["tool_calls"][0] == CALL


def test_the_rejected_answer_of_a_preference_can_be_mended() -> None:
    new = with_part(pair(), "rejected.0", "Neither.")
    assert new.rejected == [{"role": "assistant", "content": "Neither."}] and new.answer == "The red one."
    assert new.id == row_id(new.messages, None, new.rejected) != pair().id


def test_the_whole_row_can_be_mended_as_json() -> None:
    row = made(TOOLS)
    said = json.loads(part_of(row, WHOLE).text)
    del said["messages"][2:4]
    assert [turn["role"] for turn in with_part(row, WHOLE, json.dumps(said)).messages] == [
        "system",
        "user",
        "assistant",
    ]
    said["messages"][1]["content"] = 7
    for text in (
        "{",
        "[]",
        "{}",
        json.dumps(said),
        '{"messages": []}',
        '{"messages": [{"role": "cat", "content": ""}]}',
    ):
        with pytest.raises(UsageError):
            with_part(row, WHOLE, text)


def test_what_makes_no_row_is_refused() -> None:
    row = made(TOOLS)
    for name, text in (
        ("answer", " "),
        ("messages.2.calls.0", "{"),
        (WHOLE, '{"messages": [{"role": "user", "content": "a"}]}'),
    ):
        with pytest.raises(UsageError):
            checked(row, name, text)
    with pytest.raises(UsageError):
        checked(pair(), "rejected.0", "")


def test_an_edit_that_changes_nothing_gives_the_old_text_back() -> None:
    assert checked(made(TOOLS), "answer", "Seven degrees. \n") == "Seven degrees."


def test_only_personal_data_that_is_new_is_said() -> None:
    row = example(0, "Who?", "Ask ann@example.org.")
    assert new_personal_data(row, None, "Ask bo@example.org.") == []
    assert new_personal_data(row, None, "Ask ann@example.org or 4111 1111 1111 1111.") == ["card"]


def test_applying_puts_each_change_where_it_belongs(tmp_path: Path) -> None:
    rows = [made(TOOLS), pair(), made(TOOLS[:2] + TOOLS[4:])]
    project = reviewable(tmp_path / "p", rows)
    review = open_review(project)
    while card := review.card():
        part = "rejected.0" if card.row.rejected else "messages.2" if len(card.row.messages) > 3 else None
        assert review.decide("edit", after="Mended.", part=part) is None
    with project.changing("test"):
        version = apply_verdicts(project).version
    found = {row.parent: row for row in open_version(version.folder).rows()}
    assert found[rows[0].id].messages[2]["content"] == "Mended."
    assert found[rows[1].id].rejected == [{"role": "assistant", "content": "Mended."}]
    assert found[rows[2].id].answer == "Mended."
    assert open_review(project).report().to_apply == 0


def test_a_card_shows_calls_results_what_is_not_learned_and_both_answers() -> None:
    shown = [(turn.role, turn.note) for turn in read(made(TOOLS))]
    assert shown[2:5] == [
        ("assistant", "not learned"),
        ("assistant", "calls weather · c1 · not learned"),
        ("tool", "weather · result of c1"),
    ]
    assert [turn.note for turn in read(pair())] == ["", "the PREFERRED answer", "the REJECTED answer"]
    for label, said in ((True, "judged GOOD"), (False, "judged BAD: never learned")):
        assert [turn.note for turn in read(made(TOOLS[1:2] + TOOLS[4:], label=label))] == ["", said]


def test_a_flagged_row_that_was_redacted_since_stays_and_the_sample_holds(tmp_path: Path) -> None:
    rows = [example(n, f"Who is {n}?", f"Ask n{n}@example.org." if n < 2 else f"Nobody, {n}.") for n in range(6)]
    project = reviewable(tmp_path / "p", rows)
    review = open_review(project)
    while card := review.card():
        review.decide("flag" if "Ask" in card.row.answer else "accept")
    assert review.report().to_apply == 2
    masked = with_part(rows[0], None, "Ask <EMAIL_1>.", "redact")
    with project.changing("test"):
        made = derive(
            current(project),
            project.data,
            "redact",
            lambda _, row: Change("redacted", masked) if row.id == rows[0].id else None,
        )
        adopt_derived(project, made)
    report = open_review(project).report()
    assert (report.version, report.bound.looked_at, report.bound.bad, report.to_apply) == ("v2", 6, 2, 1)
    with project.changing("test"):
        version = apply_verdicts(project).version
    answers = [row.answer for row in open_version(version.folder).rows()]
    assert "Ask <EMAIL_1>." in answers and "Ask n1@example.org." not in answers and len(answers) == 5
    assert open_review(project).report().to_apply == 0
