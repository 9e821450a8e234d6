"""The data step for tests: files to import, reports to drill into, and what is marked on the screen."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from engine.data.adopt import adopt
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.prepare import find_layout
from engine.data.report import make_report
from engine.project import Project
from tests.tui.pilot import screen_text, settled
from tui.app import Wizard
from tui.widgets.lines import Lines

WORDS = ("amber", "azure", "basil", "bronze", "cedar", "coral", "denim", "ebony", "fawn", "ginger", "hazel", "indigo")


def chat(question: str, answer: str = "On its way.", **meta: Any) -> dict[str, Any]:
    """A record of a chat file."""
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **meta}


ROWS = [chat(f"Where is parcel {word}, please?", f"{word} is on its way.") for word in WORDS]


def written(path: Path, rows: Sequence[Any]) -> Path:
    """A JSONL file of `rows`; a text among them is a line as it is."""
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def imported(project: Project, path: Path, mapping: Mapping | None = None) -> None:
    """Makes a version of the rows in `path`."""
    columns = mapping or Mapping()
    with project.changing("data import"):
        adopt(project, import_files([find_layout(path, columns)], columns, project.data))


def reported(project: Project, path: Path, rows: Sequence[Any], mapping: Mapping | None = None) -> Project:
    """Imports `rows` through `path` and makes the report on them."""
    imported(project, written(path, rows), mapping)
    make_report(project)
    return project


async def answered(pilot: Pilot[str], text: str) -> None:
    """Answers the question that is open."""
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


async def worked(app: Wizard, pilot: Pilot[str], *keys: str) -> None:
    """Presses `keys`, the last of which starts a command, and waits for its end and that of what follows it."""
    await pilot.press(*keys)
    await settled(app, pilot)


async def read(app: Wizard, pilot: Pilot[str], *keys: str) -> None:
    """Presses `keys`, and waits until what is read in threads is shown."""
    await pilot.press(*keys)
    await app.workers.wait_for_complete()
    await pilot.pause()


def marked(app: Wizard, at: str = "#steps") -> str:
    """The marked line of a list."""
    lines = app.screen.query_one(at, Lines)
    return "".join(text for text, _ in lines.rows[lines.cursor])


async def opened(app: Wizard, pilot: Pilot[str], name: str) -> None:
    """Marks the line of the hub that holds `name`, and presses enter."""
    lines = app.screen.query_one("#steps", Lines)
    lines.move_to([name in "".join(text for text, _ in one) for one in lines.rows].index(True))
    await read(app, pilot, "enter")


def top(app: Wizard) -> str:
    """The first row of the screen."""
    return screen_text(app)[0].strip()
