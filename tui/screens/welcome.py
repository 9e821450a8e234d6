"""The first screen: the projects opened lately, the sample, a new one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from engine import journey
from engine.duration import ago
from engine.errors import TunewrightError, as_ours
from engine.project import Project, typed_folder
from engine.recent import Recent, recent
from engine.sample import sample_folder, sample_project
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel, key_text
from tui.screens.step import key_row
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("s", "sample", "sample", "make the sample project and walk the road on it"),
    Key("a", "new", "new", "make a project of your own"),
    Key("o", "open_folder", "open", "open a project by its folder"),
    Key("question_mark", "help", "help", "what this is, and every key"),
    Key("q", "leave", "leave", "leave the wizard"),
)
_ABOUT = (
    "Tunewright takes you from 'should I fine-tune at all?' to a measured, shipped language model on the machine you "
    "have: nine steps, each with a gate that asks for evidence. Nothing leaves this machine. Closing the terminal "
    "harms nothing: answers are saved as you give them, and training goes on by itself."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the list: a project, or one of the three ways to get another."""

    line: Row
    detail: str
    project: Recent | None = None
    action: str = ""


class WelcomeScreen(ErrorNet, Screen[None]):
    """Projects; Enter opens one where it was left."""

    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[_Entry] = []

    def compose(self) -> ComposeResult:
        yield Painted([row(("Tunewright", "head"))], id="title")
        yield Prose([row(_ABOUT)], id="about")
        yield Lines(id="projects")
        yield Painted(id="detail")
        yield Painted([key_row(KEYS)], id="keys")

    def on_mount(self) -> None:
        self._reload()

    def on_screen_resume(self) -> None:
        # The first one comes before the widgets are there.
        if self._entries:
            self._reload()

    def _reload(self) -> None:
        self._entries = [*map(_of_project, recent()), *_others()]
        self.query_one(Lines).show([one.line for one in self._entries])
        self.query_one(Lines).focus()
        self._show_detail()

    @on(Lines.Highlighted)
    def _show_detail(self) -> None:
        detail = self._entries[self.query_one(Lines).cursor].detail
        self.query_one("#detail", Painted).show([row((detail, "dim"))])

    @on(Lines.Chosen)
    async def _chosen(self, event: Lines.Chosen) -> None:
        entry = self._entries[event.index]
        if entry.project is None:
            await self.run_action(entry.action)
            return
        self._open(Path(entry.project.folder))

    @property
    def _wizard(self) -> "Wizard":
        return cast("Wizard", self.app)

    def _open(self, folder: Path) -> None:
        try:
            self._wizard.open(Project.open(folder))
        except (TunewrightError, OSError) as error:
            self._wizard.show_error(as_ours(error))

    def action_sample(self) -> None:
        self._wizard.open(sample_project(sample_folder()))

    def action_new(self) -> None:
        why = [row("A new or empty folder, which becomes the project: plain files, nothing hidden elsewhere.")]
        given = str(Path.cwd() / "my-project")
        made: list[Project] = []

        def make(text: str) -> None:
            made.append(Project.create(typed_folder(text)))

        def opened(text: str | None) -> None:
            if text is not None:
                self._wizard.open(made[-1])

        self.app.push_screen(Ask("Folder of the new project?", why, given, make), opened)

    def action_open_folder(self) -> None:
        why = [row("A folder with a project.toml in it.")]

        def opened(text: str | None) -> None:
            if text is not None:
                self._open(typed_folder(text))

        self.app.push_screen(
            Ask("Folder of the project?", why, str(Path.cwd()), lambda text: Project.open(typed_folder(text))),
            opened,
        )

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), *key_text(KEYS, everywhere=())]))

    def action_leave(self) -> None:
        self._wizard.leave()


def _of_project(one: Recent) -> _Entry:
    folder = Path(one.folder)
    line = row((f"{folder.name[:28]:<28} ", "strong"), _stands(folder), (f"  {ago(time.time() - one.opened)}", "dim"))
    return _Entry(line, f"{one.folder} · left at {one.step}", one)


def _stands(folder: Path) -> str:
    """Where a project stands, in a few words."""
    try:
        project = Project.open(folder)
        waiting = journey.next_step(project)
        return f"next: {waiting.step.key}" if waiting else "every gate is passed or waived"
    except (TunewrightError, OSError) as error:
        return f"cannot be read: {as_ours(error).message}"


def _others() -> Sequence[_Entry]:
    ways = (
        ("Try the sample help-desk", f"makes {sample_folder()} and walks the road on it: no account, no GPU", "sample"),
        ("New project", "your own data, in a folder of your choice", "new"),
        ("Open a project by its folder", "one that is not listed here", "open_folder"),
    )
    return [_Entry(row((title, "strong")), detail, action=action) for title, detail, action in ways]
