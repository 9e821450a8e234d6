"""Personal data as a reviewed difference: each key, what it writes, what a card costs, and rows that attack."""

import sys
from pathlib import Path

from textual.pilot import Pilot

from engine import journey
from engine.data.adopt import current
from engine.data.certificate import certificate
from engine.data.redaction import open_redactions
from engine.project import Project
from tests.tui.pilot import played, screen_text, settled, shown, typed, wizard
from tests.tui.reviewable import example, press, reviewable, talk
from tests.tui.sequences import hostile
from tests.tui.terminal import Terminal
from tests.tui.test_review_terminal import EVIL
from tests.unit.test_redaction import made, opened
from tui.app import Wizard
from tui.screens.privacy import PrivacyScreen

NEXT_CARD = 4_000
"""Bytes at 80x24."""


async def at_privacy(app: Wizard, pilot: Pilot[str]) -> None:
    app.push_screen(PrivacyScreen())
    await pilot.pause()
    await settled(app, pilot)


def test_a_finding_is_shown_as_it_is_and_as_it_would_be(tmp_path: Path) -> None:
    project = made(tmp_path / "p")

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            rows = [one.rstrip() for one in screen_text(app)]
            assert "1 of 8 · 8 open · 0 to redact · 0 kept" in rows[1]
            assert "- I am jane@example.org" in rows
            assert "+ I am <EMAIL_4>" in rows
            assert "turn 2, assistant" in rows
            assert "a redact  x keep  A all of kind  u undo  / filter" in rows[-1]
            await press(pilot, "question_mark")
            assert "email: e-mail addresses" in shown(app)

    played(scene)


def test_each_key_decides_and_the_next_open_one_comes(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    opened(project)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            await press(pilot, "a")
            assert "7 open · 1 to redact" in shown(app)
            await press(pilot, "X", *typed("ours"), "enter")
            assert "5 open · 1 to redact · 2 kept" in shown(app)
            await press(pilot, "A")
            assert "1 open · 5 to redact · 2 kept" in shown(app)
            await press(pilot, "u")
            assert "taken back: redact: 4 findings" in shown(app)
            assert "3 of 8" in shown(app) and "jd@example.org" in shown(app)
            await press(pilot, "left")
            assert "kept: ours" in shown(app)
            await press(pilot, "right", "S", "x", "enter")
            assert "3 open · 2 to redact · 3 kept" in shown(app)
            await press(pilot, "A", "A", "A")
            assert "0 open" in shown(app) and "make the version" in shown(app)

    played(scene)
    counts = open_redactions(project).counts()
    assert (counts.open, counts.accepted + counts.refused) == (0, 8)


def test_a_reason_is_needed_and_holds_no_personal_data(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    opened(project)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            await press(pilot, "x", "enter")
            assert "what stays needs a reason" in shown(app)
            await press(pilot, *typed("see a@b.org"), "enter")
            assert "holds personal data itself" in shown(app)
            await press(pilot, "escape")
            assert "8 open" in shown(app)

    played(scene)
    assert not project.redactions.exists()


def test_the_filter_shows_one_kind_or_what_is_decided(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    opened(project)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            await press(pilot, "slash", "G", "enter")
            assert "1 of 2" in shown(app) and "filter: phone" in shown(app)
            await press(pilot, "a")
            await press(pilot, "slash", "g", "down", "down", "enter")
            assert "1 of 1" in shown(app) and "filter: to redact" in shown(app)

    played(scene)


def test_marking_applying_and_the_certificate(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    opened(project)
    journey.waive(project, "review", "reviewed", "read before")

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            await press(pilot, "c")
            assert "first decide what is open" in shown(app)
            await press(pilot, "A", "A", "A", "A")
            await press(pilot, "m", *typed("2"), "enter", "enter")
            assert "I am Jane Doe, now" in shown(app)
            await press(pilot, *typed("Trillian"), "enter")
            assert "row 2 does not hold that text" in shown(app)
            await press(pilot, *["backspace"] * 8, *typed("Jane Doe"), "enter")
            assert "1 marked" in shown(app)
            await press(pilot, "r")
            assert "goes stale in: review" in shown(app)
            await press(pilot, "down", "enter")
            await settled(app, pilot)
            assert "Scanned again: 0 findings are open" in shown(app)
            await press(pilot, "escape", "c")
            await settled(app, pilot)
            assert "Personal data in version v2" in shown(app)
            await press(pilot, "escape")
            assert "Certified:" in shown(app)
            await press(pilot, "escape")
            assert not isinstance(app.screen, PrivacyScreen)

    played(scene)
    assert certificate(project) is not None
    assert "<NAME_1>" in (current(project).folder / "rows.jsonl").read_text(encoding="utf-8")


def test_a_project_without_data_says_so_and_scans_nothing_twice(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await at_privacy(app, pilot)
            assert "the project has no data yet" in shown(app)
            await press(pilot, "a")
            assert "no finding is shown" in shown(app)
            await press(pilot, "r")
            assert "nothing is scanned yet" in shown(app)

    played(scene)


SCREEN = """
import os, sys
os.environ["TEXTUAL_ANIMATIONS"] = "none"
import sys
from pathlib import Path
from engine.project import Project
from tui.app import Wizard
from tui.screens.privacy import PrivacyScreen

shown = Wizard.open

def at_privacy(self, project, step=None):
    shown(self, project, "decide")
    self.push_screen(PrivacyScreen())

Wizard.open = at_privacy
Wizard(Project.open(Path(sys.argv[1])), None).run(mouse=False)
"""


def in_terminal(project: Project) -> Terminal:
    return Terminal(sys.executable, "-c", SCREEN, project.root)


def test_a_card_and_a_decision_are_cheap(tmp_path: Path) -> None:
    rows = [
        example(n, f"{talk(n, 60)} a{n}@example.org {talk(n + 99, 60)}", f"{talk(n + 500, 40)} a{n}@example.org")
        for n in range(30)
    ]
    project = reviewable(tmp_path / "p", rows)
    opened(project)
    with in_terminal(project) as terminal:
        terminal.first_frame("30 open")
        for key in ("a", "a", "right", "left", "a", "u", "right", "A"):
            answer = terminal.answer_to(key, quiet_s=0.05)
            assert 0 < len(answer.raw) <= NEXT_CARD, key
        assert terminal.rss() < 80 * 2**20
        assert terminal.listen(2.0) == b""


def test_nothing_of_a_hostile_row_reaches_the_terminal(tmp_path: Path) -> None:
    found = "ada@example.org"
    texts = [
        f"{EVIL}{found}{EVIL}",
        f"{EVIL * 300}{found}",
        "机" * 40_000 + found,
        "\n" * 500 + found + "\n" * 500,
        f"[/]{found}[bold]",
    ]
    rows = [example(n, f"{n} {text}", text, **{EVIL: f"{EVIL}{found}"}) for n, text in enumerate(texts)]
    longest = "a" * 64 + "@" + ".".join("b" * 60 for _ in range(50)) + ".org"
    rows.append(example(9, "long", longest))
    project = reviewable(tmp_path / "p", rows)
    waiting = f"{len(opened(project).open())} open"
    with in_terminal(project) as terminal:
        terminal.first_frame(waiting)
        for key in ("?", "escape", "y", "right", "right", "right", "right", "G", "right", "left", "m", "enter"):
            terminal.answer_to(key, quiet_s=0.05)
        terminal.press("escape")
        terminal.wait_for(waiting)
        terminal.press("A")
        terminal.wait_for("make the version")
        terminal.settle()
        assert hostile(terminal.raw, copied=True) == []
