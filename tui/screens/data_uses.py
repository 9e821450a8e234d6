"""What can be done with rows that are in order, and what is noted about them: a line each, and where it leads."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.data.adopt import current
from engine.data.compared import compared_before
from engine.data.general import SHARE, chosen_general
from engine.data.history import history
from engine.data.overview import Overview, descent
from engine.project import Project
from tui.screens.ask import Ask
from tui.screens.data_compared import ComparedScreen
from tui.screens.data_lines import ABOUT as ABOUT_ROAD
from tui.screens.data_lines import Entry, line
from tui.screens.data_versions import VersionsScreen
from tui.screens.step import StepScreen
from tui.widgets.painted import row

ABOUT = {
    "mix": "Rows of everyday skills from a file of yours, mixed into train alone, so that the model forgets less of "
    f"what it knew. {SHARE:.0%} of all rows trained on is the usual share. It changes no version.",
    "compared": "Whether rows hold questions of a benchmark that you will measure with: then its score says nothing. "
    "You name the files; nothing is fetched.",
    "origin": "Whether you may use these rows for this, and where they come from. It goes into the model card.",
    "versions": "Every step makes a new version and changes none. The rows of old ones can be deleted for good.",
    "augment": "More rows, made from those of train alone: by rules, by templates, or by a model that you name. Each "
    "waits until a person has read it.",
    "export": "The current version as files for other tools: OpenAI, ShareGPT, Alpaca, DPO, LLaMA-Factory, Axolotl.",
}
"""Kind of line -> what it means, for the help."""


def more_lines(project: Project, found: Overview) -> list[Entry]:
    """What is noted, and what can be done with the rows."""
    return [
        _mixed(project),
        _compared(project),
        _origin(project),
        _of("versions", line("·", "Versions", descent(found))),
        _of("augment", line("·", "Augment", "make more rows, from train alone")),
        _of("export", line("·", "Export", "this version for another tool")),
        Entry("more", line(" ", "Import again", "other files, or the same ones mended"), [row(ABOUT_ROAD["more"])]),
    ]


def _of(kind: str, said: tuple[tuple[str, str], ...]) -> Entry:
    return Entry(kind, said, [row(ABOUT[kind])])


def _mixed(project: Project) -> Entry:
    chosen = chosen_general(project)
    file = f"the {chosen.rows:,} of {Path(chosen.file).name}" if chosen else ""
    said = f"{chosen.share:.0%} of all rows, from {file}" if chosen else "none mixed in"
    return _of("mix", line("✓" if chosen else "·", "General data", said))


def _compared(project: Project) -> Entry:
    before = compared_before(project)
    known = sum(len(one.hits) for one in before)
    names = ", ".join(str(one.facts["name"]) for one in before)
    said = f"{known:,} rows are known from {names}" if before else "not compared with any benchmark"
    mark, role = ("!", "bad") if known else ("✓", "good") if before else ("·", "")
    return _of("compared", line(mark, "Contamination", said, role))


def _origin(project: Project) -> Entry:
    noted = {name: project.text("data", name) for name in ("licence", "origin")}
    said = " · ".join(f"{name}: {text or 'not noted'}" for name, text in noted.items())
    mark, role = ("✓", "good") if all(noted.values()) else ("·", "")
    return _of("origin", line(mark, "Licence", said, role))


class Uses:
    """open(kind): where the lines of more_lines lead. Screens are imported when they are opened."""

    def __init__(self, screen: StepScreen) -> None:
        self._screen = screen

    def open(self, kind: str) -> bool:
        """Opens what a line of this kind stands for; False when it is none of these lines."""
        opens: dict[str, Callable[[], None]] = {
            "privacy": lambda: self._push("privacy", "PrivacyScreen"),
            "augment": lambda: self._push("augment", "AugmentScreen"),
            "export": lambda: self._order("data_export", "ExportScreen"),
            "mix": lambda: self._order("data_mix", "MixScreen"),
            "proof": lambda: self._order("data_proof", "ProofScreen"),
            "compared": self._compared,
            "origin": self._note_licence,
            "versions": self._versions,
        }
        if kind in opens:
            opens[kind]()
        return kind in opens

    def _made(self, module: str, name: str) -> Any:
        return getattr(import_module(f"tui.screens.{module}"), name)()

    def _push(self, module: str, name: str) -> None:
        self._screen.app.push_screen(self._made(module, name))

    def _order(self, module: str, name: str) -> None:
        """Opens a screen that is dismissed with a command, and runs it."""

        def ordered(command: Sequence[str]) -> None:
            self._screen.act(*command)

        self._screen.app.push_screen(self._made(module, name), self._screen.answered(ordered))

    def _compared(self) -> None:
        project = self._screen.project
        if before := compared_before(project):
            self._screen.app.push_screen(ComparedScreen(before, current(project), self._compare))
        else:
            self._compare()

    def _compare(self) -> None:
        self._order("data_benchmarks", "BenchmarkScreen")

    def _versions(self) -> None:
        def purge() -> None:
            self._order("data_purge", "PurgeScreen")

        self._screen.app.push_screen(VersionsScreen(history(self._screen.project), purge))

    def _note_licence(self) -> None:
        why = [row("Such as CC-BY-4.0, or: our own data. It goes into checklist and model card. Empty: not noted.")]
        given = self._screen.project.text("data", "licence") or ""
        self._screen.ask(Ask("Under which licence may these rows be used?", why, given), self._note_origin)

    def _note_origin(self, licence: str) -> None:
        why = [row("Who made them, and how: exported from the help-desk in May, written by the team.")]
        given = self._screen.project.text("data", "origin") or ""

        def noted(origin: str) -> None:
            self._screen.act("data", "origin", f"--licence={licence}", f"--origin={origin}")

        self._screen.ask(Ask("Where do the rows come from?", why, given), noted)
