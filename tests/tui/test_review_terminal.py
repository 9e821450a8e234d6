"""The review in real terminals: what each card costs, what a kill costs (nothing), and rows that attack."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.augment.candidates import Ledger
from engine.data.report import make_report
from engine.durable import read_lines
from engine.guideline import save
from engine.project import Project
from engine.reviewing import open_review
from tests.tui.reviewable import example, reviewable, talk
from tests.tui.sequences import hostile
from tests.tui.terminal import Terminal
from tui.screens.edit import editable

NEXT_EXAMPLE = 4_000
"""Bytes at 80x24."""
FIRST_FRAME = 20_000
EVIL = "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[5m\x9b5m\x90q\x9c[bold]x[/bold] [/] \u202egnp\u2066\x08\x7f"
ROWS = (
    EVIL + "\x00",
    EVIL * 300,
    "\r\nwindows\r\n" * 40 + "\r",
    "x" * 100_000,
    "机" * 40_000,
    "\n" * 10_000,
    # No flag and no variation selector: the terminal of these tests takes a flag for four cells wide, and drops what
    # comes after a selector.
    "\u0301e\u0301\u0323\u200d" * 400 + "👩\u200d👩\u200d👧",
    "",
    " \n ",
    '{"a":"' + "\\u001b[2J" * 9 + '","\\u202e":["[/bold]"]}',
    "\x1b",
    "\ud7ff\ue000\ufffe\U0010ffff",
    "\t\x0b\x0c\x85\u2028" * 30,
)


def opened(project: Project, *words: str, **options: object) -> Terminal:
    return Terminal(sys.executable, "-m", "tui", "review", *words, cwd=project.root, **options)  # type: ignore[arg-type]


@pytest.fixture
def long_rows(tmp_path: Path) -> Project:
    """Each card fills the screen, and no two have a line in common."""
    return reviewable(tmp_path / "p", (example(n, talk(n), talk(n + 500)) for n in range(150)))


def test_a_hundred_plain_verdicts_are_a_hundred_unshifted_keys(long_rows: Project) -> None:
    with opened(long_rows) as terminal:
        assert len(terminal.first_frame("0 of 100").raw) <= FIRST_FRAME
        for number, key in enumerate("aafsaaafaaaa", start=1):
            answer = terminal.answer_to(key, quiet_s=0.05)
            assert 0 < len(answer.raw) <= NEXT_EXAMPLE, (number, key)
        assert terminal.rss() < 80 * 2**20
        terminal.press("a" * 89)
        terminal.wait_for("100 of 150 rows are read.")
        assert terminal.bytes_for("j") <= 1_500
        assert terminal.listen(2.0) == b""
    assert len(list(read_lines(long_rows.reviews))) == 101


@pytest.mark.parametrize("queue", ["risk", "candidates"])
def test_a_verdict_costs_one_key_in_every_queue(tmp_path: Path, queue: str) -> None:
    rows = [example(n, talk(n), f"{talk(n + 500)} n{n}@example.org") for n in range(104)]
    project = reviewable(tmp_path / "p", rows)
    if queue == "risk":
        make_report(project)
    else:
        said = {"method": "template", "generator": "rules", "seed": 1, "time": "", "parent_id": rows[0].id}
        ledger = Ledger(project)
        for number, row in enumerate(rows):
            ledger.keep(replace(row, provenance={**said, "variant": number}, parent=rows[0].id))
    with opened(project, "--queue", queue) as terminal:
        assert len(terminal.first_frame(f"{queue} 0 of 104").raw) <= FIRST_FRAME
        for number, key in enumerate("aafsa", start=1):
            answer = terminal.answer_to(key, quiet_s=0.05)
            assert 0 < len(answer.raw) <= NEXT_EXAMPLE, (number, key)
        terminal.press("a" * 95)
        terminal.wait_for(f"{queue} 99 of 104")
        terminal.press("r")
        terminal.settle()
    assert [line["queue"] for _, line in read_lines(project.reviews)] == [queue] * 100


def test_what_the_checks_say_is_not_sent_before_the_verdict(tmp_path: Path) -> None:
    rows = [example(n, f"Who is number {n}?", f"That is n{n}@example.org.") for n in range(3)]
    project = reviewable(tmp_path / "p", rows)
    make_report(project)
    with opened(project) as terminal:
        terminal.first_frame("random 0 of 3")
        for key in ("d", "escape", "?", "escape", "b", "escape", "x", "escape", "c", "e", "escape"):
            terminal.answer_to(key, quiet_s=0.05)
        assert b"the checks say" not in terminal.raw
        terminal.press("a")
        terminal.wait_for("just judged, the checks say: personal data")


def test_scrolling_a_card_and_asking_for_a_reason_are_cheap(long_rows: Project) -> None:
    with opened(long_rows) as terminal:
        terminal.first_frame("0 of 100")
        assert terminal.bytes_for("x") <= 1_500
        assert terminal.bytes_for("escape") <= 1_500
        assert terminal.bytes_for("space") <= NEXT_EXAMPLE
        assert terminal.bytes_for("e") <= NEXT_EXAMPLE
        assert terminal.bytes_for("z") <= 1_500
        assert terminal.rss() < 80 * 2**20
        assert terminal.listen(2.0) == b""


@pytest.mark.parametrize("end", ["kill", "hang_up"])
def test_a_killed_or_cut_off_review_comes_back_to_the_very_card(long_rows: Project, end: str) -> None:
    with opened(long_rows) as terminal:
        terminal.first_frame("0 of 100")
        terminal.press("aax2us")
        terminal.wait_for("2 of 100")
        terminal.press("x")
        terminal.wait_for("Why?")
        before = terminal.text()
        getattr(terminal, end)()
    with opened(long_rows) as terminal:
        terminal.first_frame("2 of 100")
        # Less the pace and the reasons that were asked for: they are no verdict.
        assert terminal.text()[2:20] == before[2:20]
        terminal.answer_to("u", quiet_s=0.05)
        terminal.answer_to("u", quiet_s=0.05)
        assert any("1 of 100" in row for row in terminal.text())


def test_nothing_of_a_hostile_row_reaches_the_terminal(tmp_path: Path) -> None:
    rows = [
        example(n, f"{n}{text[:500]}", text, text * (n % 2), **{EVIL: text, "kind": EVIL})
        for n, text in enumerate(ROWS)
    ]
    project = reviewable(tmp_path / "p", rows)
    with opened(project) as terminal:
        terminal.first_frame("0 of 13")
        for key in ("?", "escape", "y", "b", "escape"):
            terminal.answer_to(key, quiet_s=0.05)
        for number in range(len(ROWS)):
            for key in ("d", "escape", "G"):
                terminal.answer_to(key, quiet_s=0.05)
            card = open_review(project).card()
            assert card
            terminal.press("e")
            terminal.wait_for("The answer as it should be" if editable(card.row.answer) else "E opens it in $EDITOR")
            if editable(card.row.answer):
                terminal.press("escape")
                terminal.wait_for(" of 13")
            terminal.press("a")
            terminal.wait_for(f"{number + 1} of 13")
        terminal.wait_for("13 of 13 rows are read.")
        terminal.settle()
        assert hostile(terminal.raw, copied=True) == []


def test_nothing_hostile_reaches_it_from_the_other_queues_and_readers(tmp_path: Path) -> None:
    texts = [text[:300] for text in ROWS[1:7]]
    rows = [example(n, f"{text} ann{n}@example.org", f"{n % 2}{text}") for n, text in enumerate(texts * 2)]
    project = reviewable(tmp_path / "p", rows)
    make_report(project)
    open_review(project, reviewer="ann").decide("accept")
    open_review(project, reviewer="bo").decide("edit", after=f"no {EVIL}")
    save(project, f"Right is {EVIL}")
    with opened(project, "--queue", "risk") as terminal:
        terminal.first_frame("risk 0 of")
        for key in ("c", "enter", "d", "escape", "a", "c", "enter", "b", "escape", "g", "escape"):
            terminal.answer_to(key, quiet_s=0.05)
        terminal.answer_to("r", "r", "r")
        terminal.wait_for("disagreements 0 of 1", 5)
        terminal.answer_to("C")
        terminal.answer_to(f"so {EVIL.replace(chr(7), '')}\r")
        assert hostile(terminal.raw, copied=True) == []


def test_a_hostile_paste_into_the_answer_obeys_nothing(tmp_path: Path) -> None:
    project = reviewable(tmp_path / "p", [example(0, "one", "two")])
    with opened(project) as terminal:
        terminal.first_frame("0 of 1")
        terminal.answer_to("e")
        terminal.answer_to("\x1b[200~evil\x1b]0;owned\x07\x9b5m\r\nline\x1b[201~")
        assert any("line" in row for row in terminal.text())
        assert hostile(terminal.raw) == []


def test_the_editor_gets_the_terminal_and_the_answer_as_it_is(tmp_path: Path) -> None:
    project = reviewable(tmp_path / "p", [example(0, "one", f"two{EVIL}"), example(1, "three", f"two{EVIL}")])
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nprintf 'in the editor'\nsed -i s/two/four/ $1\n", encoding="utf-8")
    script.chmod(0o755)
    with opened(project, env={"EDITOR": str(script)}) as terminal:
        terminal.first_frame("0 of 2")
        terminal.press("E")
        terminal.wait_for("1 of 2")
        assert b"in the editor" in terminal.raw
    [(_, line)] = read_lines(project.reviews)
    assert (line["before"], line["after"]) == (f"two{EVIL}", f"four{EVIL}")
    with opened(project, env={"EDITOR": "false"}) as terminal:
        terminal.first_frame("1 of 2")
        terminal.press("E")
        terminal.wait_for("the editor ended with code 1")
    assert open_review(project).report().bound.looked_at == 1
