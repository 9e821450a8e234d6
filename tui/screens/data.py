"""Data: files become rows, without errors, duplicates and contradictions, in three parts that share nothing."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine import journey
from engine.data.mapping import Mapping
from engine.data.overview import Overview, overview, would_go_stale
from engine.data.read import check_paths, paths_in
from engine.journey import STEPS
from engine.sample import proposed
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.data_columns import ColumnChoice
from tui.screens.data_confirm import Confirm
from tui.screens.data_lines import ABOUT, Entry, after_import, before_import, descent_row, next_kind
from tui.screens.panel import Panel
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

_DROPS = (
    ("duplicates,conflicts", "both (recommended)", "the first of equal rows stays; of a contradiction none"),
    ("duplicates", "duplicates only", "equal rows count twice: the model leans towards them"),
    ("conflicts", "contradictions only", "one prompt with two answers teaches neither: all go"),
)


class DataScreen(StepScreen):
    """Import, clean, split; what was found stands between them."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "data.tcss"]
    STEP = "data"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("i", "import_files", "import", "import files into a new version"),
        Key("c", "clean", "clean", "a new version without duplicates and contradictions"),
        Key("s", "split", "split", "a new version in train, validation and test, with its proof"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Rows are read, judged by rules, freed of secrets, compared and split by whole groups; every step makes a new "
        "version and changes none. Near duplicates are counted by `tunewright data check`, and not dropped here; "
        "personal data is found and not redacted; rows are not translated, augmented or edited in this step."
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: Overview | None = None
        self._entries: list[Entry] = []
        self._stood: object = None
        self._typed = ""
        self._files: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        yield Painted([row((STEPS[self.STEP].asks, "head"))], classes="title")
        yield Painted(id="descent")
        yield Lines(id="steps")
        yield Prose(id="detail")

    def reload_body(self) -> None:
        assert self.status
        items = {one.item: one for one in self.status.items}
        found = self._found = overview(self.project)
        files = () if found else proposed(self.project).files
        self._entries = after_import(found, items) if found else before_import(files)
        stands = (found.version.name if found else "", next_kind(found, items, files))
        kinds = [one.kind for one in self._entries]
        lines = self.query_one("#steps", Lines)
        lines.show([one.line for one in self._entries], None if stands == self._stood else kinds.index(stands[1]))
        self._stood = stands
        self.query_one("#descent", Painted).show([descent_row(self._found)])
        self._show_detail()

    @property
    def _entry(self) -> Entry:
        return self._entries[self.query_one("#steps", Lines).cursor]

    @on(Lines.Highlighted, "#steps")
    def _show_detail(self) -> None:
        self.query_one("#detail", Prose).show(self._entry.detail)

    def topic(self) -> list[Row]:
        return [row(ABOUT[self._entry.kind])] if self._entries else []

    # Enter.

    @on(Lines.Chosen, "#steps")
    def _chosen(self) -> None:
        entry = self._entry
        if entry.problem:
            self.app.push_screen(
                Panel(f"{entry.problem['rule']}: {entry.problem['rows']:,} rows", _places(entry.problem))
            )
        elif entry.kind == "privacy" and self._fails("pii"):
            self._waive("pii")
        elif (entry.kind == "split" and self._split_done) or (
            entry.kind in ("import", "secrets", "privacy") and self._found
        ):
            self.app.push_screen(Panel(entry.kind.title(), [*entry.detail, row(""), *self.topic()]))
        else:
            acts: dict[str, Callable[[], None]] = {
                "sample": self._look_at_proposed,
                "clean": self.action_clean,
                "split": self.action_split,
            }
            acts.get(entry.kind, self.action_import_files)()

    def _fails(self, item: str) -> bool:
        return any(one.item == item and one.state == "failed" for one in self.status.items) if self.status else False

    @property
    def _split_done(self) -> bool:
        return bool(self._found and self._found.split)

    # Import: which files, how they would be read, then the import.

    def action_import_files(self) -> None:
        why = [
            row("One or more paths with spaces between; quotes as in a shell, ~ is your home folder."),
            row("Formats: .jsonl, .json, .csv in UTF-8. Nothing is imported before you have seen samples."),
        ]

        def typed(text: str) -> None:
            self._typed, self._files, self._columns = text, tuple(map(str, paths_in(text))), ()
            self._look()

        self.ask(Ask("Which files?", why, self._typed, check_paths), typed)

    def _look_at_proposed(self) -> None:
        given = proposed(self.project)
        self._files, self._columns = given.files, ("--mapping", given.mapping) if given.mapping else ()
        self._look()

    def _look(self) -> None:
        self.act("data", "look", *self._files, *self._columns)

    def finished(self, command: Sequence[str], document: Any) -> None:
        def told(answer: str) -> None:
            self._confirmed(document, answer)

        if command[1] == "look":
            self.app.push_screen(Confirm(document), self._answered(told))

    def _confirmed(self, document: Any, answer: str) -> None:
        def import_them() -> None:
            self.act("data", "import", *self._files, *self._columns, "--yes")

        if answer == "yes":
            self._unless_stale(import_them)
        else:
            ColumnChoice(self, document, self._look_again).start()

    def _look_again(self, mapping: Mapping) -> None:
        self._columns = tuple(mapping.flags())
        self._look()

    # Clean and split.

    def action_clean(self) -> None:
        if self._found is None:
            self.wizard.say("there is nothing to clean yet: import files first")
            return
        rows = [row((f"{name:<20} ", "strong"), why) for _, name, why in _DROPS]
        why = [row(ABOUT["clean"])]

        def chosen(number: int) -> None:
            self._unless_stale(lambda: self.act("data", "clean", "--drop", _DROPS[number][0]))

        self.choose(Choose("Drop what?", rows, why), chosen)

    def action_split(self) -> None:
        if self._found is None or self._split_done:
            done = "is split already, and a split moves no row again" if self._found else "has no rows yet"
            self.wizard.say(f"the project {done}: import or clean first")
            return
        self._unless_stale(lambda: self.act("data", "split"))

    def _unless_stale(self, act: Callable[[], None]) -> None:
        """Acts; where later steps rest on the present version, only after a yes."""
        later = would_go_stale(journey.read(self.project))
        if not later:
            act()
            return
        why = [row("Their evidence rests on the present version. Nothing is deleted; it has to be shown anew.")]
        rows = [row(("no, leave it as it is", "strong")), row(("yes, make a new version", "strong"))]
        question = f"A new version makes what was shown stale in: {', '.join(later)}. Go on?"
        self.choose(Choose(question, rows, why), lambda number: act() if number else None)


def _places(problem: Any) -> list[Row]:
    """The first places of a rule, each with what to do; then what such a problem means."""
    rows: list[Row] = []
    for place in problem["first"]:
        rows += [row((f"{place['file']}:{place['line']}: ", "strong"), place["message"])]
        rows += [row(("  what to do: ", "dim"), place["hint"])]
    more = problem["rows"] - len(problem["first"])
    return [*rows, *([row((f"and {more:,} more rows", "dim"))] if more > 0 else []), row(""), row(ABOUT["problem"])]
