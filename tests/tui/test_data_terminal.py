"""The data step and all that it drills into, in a real terminal: hostile rows, and what each key costs."""

import sys
from pathlib import Path

from engine.data.mapping import Mapping
from engine.project import Project
from tests.tui.hub import ROWS, chat, reported
from tests.tui.sequences import hostile
from tests.tui.terminal import ROOT, Terminal

EVIL = "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b5m\x90q\x9c\x1bPx\x1b\\[/x][bold]\u202eB"
NAVIGATION = 1_500
LONG = f"I {EVIL} have bought six white chairs and a round table from your summer catalogue, paid for all of it by card"


def evil_rows() -> list[object]:
    """Every finding that leads to a screen of its own, made of attacks."""
    return [
        *({**one, "topic": EVIL} for one in ROWS),
        chat(f"{EVIL} Where is it?", f"{EVIL} Here.", topic=EVIL, **{EVIL: EVIL}),
        chat(f"{EVIL} Where is it?", f"{EVIL} Here.", topic=EVIL, other=EVIL),
        chat(f"{EVIL} When?", f"{EVIL} Now.", topic="b"),
        chat(f"{EVIL} When?", f"{EVIL} Never.", topic="b"),
        chat(f"{LONG} {'on the first of May and heard nothing since ' * 3}", EVIL, topic="b"),
        chat(f"{LONG} {'on the first of May and heard nothing since ' * 3}then", EVIL, topic="b"),
        chat(f"{{{{{EVIL}}}}} holds it", "Yes.", topic="b"),
        chat(f"{EVIL} mail me at someone@example.com or 0151 23456789", "Yes.", topic="b"),
        {"messages": [{"role": EVIL, "content": EVIL}]},
        chat(f"{EVIL}\0", "A NUL.", topic="b"),
        f'{{"messages": "{EVIL}',
        chat("So long: " + f"{EVIL} a word or two " * 300, "Yes.", topic="b"),
    ]


def opened(project: Project) -> Terminal:
    # The other attributes of a row are in the terminal's own hands: colours and places that data brings look like ours.
    return Terminal(sys.executable, "-m", "tui", cwd=project.root, env={"PYTHONPATH": str(ROOT)})


def test_nothing_of_a_hostile_row_reaches_the_terminal(project: Project, tmp_path: Path) -> None:
    name = f"r{EVIL.replace('/', '')}.jsonl"
    reported(project, tmp_path / name, evil_rows(), Mapping(category="topic"))
    project.set("data", {"licence": EVIL, "origin": EVIL})
    with opened(project) as terminal:
        terminal.first_frame("1Decide")
        terminal.answer_to("2")
        seen = ""
        for line in range(5, 19):
            terminal.answer_to("g", *"j" * line, "enter")
            seen += terminal.text()[0]
            # Down another level, a page, the next one, a copy and help; then back up to the hub.
            terminal.answer_to("j", "enter", "space", "n", "y", "?", quiet_s=0.05)
            while "2Data" not in terminal.text()[0]:
                terminal.answer_to("escape", quiet_s=0.05)
        for title in ("Duplicates", "Contradictions", "Categories", "Token lengths", "Quality checklist", "left out"):
            assert title in seen, seen
        assert hostile(terminal.raw, copied=True) == []
        assert "\u202e".encode() not in terminal.raw


def test_each_key_of_a_drill_stays_within_its_bytes(project: Project, tmp_path: Path) -> None:
    rows = [chat(f"Where is {{{{{number}}}}}, please tell me now?") for number in range(60)]
    reported(project, tmp_path / "rows.jsonl", [*rows, *ROWS])
    with opened(project) as terminal:
        terminal.first_frame("1Decide")
        terminal.answer_to("2")
        terminal.wait_for("Is the data fit")
        assert terminal.bytes_for("j") <= NAVIGATION
        terminal.answer_to("enter")
        terminal.wait_for("1 of 60")
        for key in ("j", "j", "k", "G", "g", "space"):
            assert terminal.bytes_for(key) <= NAVIGATION, key
        assert terminal.listen(1.2) == b""
        terminal.answer_to("enter")
        assert terminal.bytes_for("n") <= NAVIGATION
