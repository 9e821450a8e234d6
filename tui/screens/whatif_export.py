"""Where the figures go as CSV and Markdown: the command, put together and run."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work

from engine import scenarios
from engine.costing import Scenario
from engine.project import Project, typed_folder
from engine.scenario_export import Format, file_names
from tui.messages import WorkEnded, WorkFailed, WorkProgressed
from tui.screens.ask import Ask
from tui.screens.order import Order, Setting, turned
from tui.screens.panel import Panel, error_text
from tui.screens.whatif_turns import KEPT
from tui.widgets.painted import row
from tui.work import Work

_ALONE = "nothing"
_FORMATS: Mapping[str, Format] = {"CSV and Markdown": "all", "CSV": "csv", "Markdown": "markdown"}
_STOP, _REPLACE = "stop, and say so", "replace them"
_WHAT = (
    "Four CSV files for a spreadsheet (figures, both curves month by month, every lever, every price with its source) "
    "and one Markdown page for a document. It takes some seconds: the simulation is in it."
)


class CostExportScreen(Order):
    """Runs `tunewright cost --export` as a process of its own, says what was written, and stays until esc."""

    TITLE: ClassVar[str] = "Export figures, months, levers and prices"
    ABOUT: ClassVar[str] = (
        "A budget is read by others, in a spreadsheet or a document. Files are written, nothing is sent anywhere. "
        "Every lever has its origin and every price its source, date and age, so that a reader can check them."
    )

    def __init__(self, project: Project, scenario: Scenario) -> None:
        super().__init__()
        self._project, self._scenario = project, scenario
        self._others = [name for name in scenarios.names(project) if name not in (KEPT, scenario.name)]
        self._beside = [_ALONE, _ALONE]
        self._format = next(iter(_FORMATS))
        self._there = _STOP
        self._folder = project.exports / "cost"
        self._work: Work | None = None
        self._to: Sequence[Path] = ()
        """What the command that runs will have written."""

    def settings(self) -> list[Setting]:
        state = "being written: esc cancels" if self._work else "write the files"
        where = str(self._folder)
        if self._folder.is_relative_to(self._project.root):
            where = f"{self._folder.relative_to(self._project.root)}/, in the project"
        chosen = [
            Setting("Export", state, [_WHAT], open=self._begin),
            Setting("Format", self._format, [_WHAT], self._turn_format),
        ]
        for place, name in enumerate(("Beside it", "And")[: len(self._others)]):
            chosen.append(Setting(name, self._beside[place], [_BESIDE], partial(self._turn, place)))
        return [
            *chosen,
            Setting("Folder", where, ["Where the files go; it is made when it is not there."], open=self._ask_folder),
            Setting("Files that are there", self._there, [_THERE], self._turn_there),
        ]

    def command(self) -> tuple[str, ...]:
        """The command as it is ordered now."""
        beside = [name for name in dict.fromkeys(self._beside) if name != _ALONE]
        compared = ("--compare", "now", *beside) if beside else ()
        form = ("--format", _FORMATS[self._format]) if _FORMATS[self._format] != "all" else ()
        there = ("--replace",) if self._there == _REPLACE else ()
        return ("cost", *self._levers(), *compared, "--export", str(self._folder), *form, *there)

    def _levers(self) -> Iterator[str]:
        """What says which levers were turned, and between what they vary."""
        for name, value in self._scenario.settings.items():
            yield from ("--set", f"{name}={value}")
        for name, (least, greatest) in self._scenario.ranges.items():
            yield from ("--range", f"{name}={least}..{greatest}")

    def _turn(self, place: int, places: int) -> None:
        self._beside[place] = turned([_ALONE, *self._others], self._beside[place], places)

    def _turn_format(self, places: int) -> None:
        self._format = turned(tuple(_FORMATS), self._format, places)

    def _turn_there(self, places: int) -> None:
        self._there = turned((_STOP, _REPLACE), self._there, places)

    def _ask_folder(self) -> None:
        def typed(text: str) -> None:
            self._folder = typed_folder(text).absolute() if text.strip() else self._project.exports / "cost"

        why = [row("No file in it is replaced unless the last line says so. Empty: exports/cost, in the project.")]
        self.ask(Ask("Export into which folder?", why, str(self._folder), check=_checked), typed)

    # The command.

    def _begin(self) -> None:
        if self._work is None:
            self._to = [self._folder / name for name in file_names(_FORMATS[self._format])]
            self._work = Work(self._project.root, self.command(), self)
            self._run(self._work)
            self.show_settings()

    @work(group="export")
    async def _run(self, task: Work) -> None:
        await task.run()

    def on_work_progressed(self, message: WorkProgressed) -> None:
        # It is this screen's, not the wizard's: what the wizard runs goes on beside it.
        message.stop()

    def on_work_ended(self, message: WorkEnded) -> None:
        message.stop()
        self._over()
        written = [row(f"  {path.name}") for path in self._to]
        self.app.push_screen(Panel("Exported", [row(f"In {self._to[0].parent}:"), row(""), *written]))

    def on_work_failed(self, message: WorkFailed) -> None:
        message.stop()
        self._over()
        title = "Cancelled" if message.message == "cancelled" else "That did not work"
        self.app.push_screen(Panel(title, error_text(message.message, message.hint)))

    def _over(self) -> None:
        self._work = None
        self.show_settings()

    def action_close(self) -> None:
        if self._work is not None:
            self._work.cancel()
        else:
            self.dismiss(None)


def _checked(text: str) -> Path | None:
    """Raises UsageError for a folder that cannot be meant; nothing typed is none."""
    return typed_folder(text) if text.strip() else None


_BESIDE = "A saved scenario that goes into the same files, for others to compare; three in all. Left and right choose."
_THERE = "What happens when files of an earlier export are in the folder."
