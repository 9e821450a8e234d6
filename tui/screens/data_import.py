"""Importing files: which, how they would be read, what is chosen about it, and then the import."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.data.mapping import Mapping as Columns
from engine.data.read import check_paths, paths_in
from tui.screens.ask import Ask, Choose
from tui.screens.data_columns import ColumnChoice
from tui.screens.data_confirm import Confirm, choice_name
from tui.screens.step import StepScreen
from tui.widgets.painted import row

_FILES = (
    "One or more paths with spaces between; quotes as in a shell, ~ is your home folder.",
    "JSON, JSONL, CSV, Excel, Parquet, packed or not; OpenAI chat, ShareGPT, Alpaca, prompt and completion, "
    "preferences, KTO, LLaMA-Factory, or columns that you name. Nothing is imported before you have seen samples.",
)
_WHY = {
    "encoding": "The file is not UTF-8 and does not say what it is. The likeliest is first; the samples show whether "
    "letters with accents come out right.",
    "sheet": "There are several, and one is imported at a time.",
    "delimiter": "The character that parts the columns is not certain.",
    "format": "Each would be read differently; records that are not in the one you choose are left out by name.",
}
_REPAIRS = (
    "Such rows are left out, or refused by some models, as they are. What is mended carries the name of the repair in "
    "its history, and the file itself is not changed."
)
_BYTES = ("encoding", "sheet", "delimiter")


class Importing:
    """start() asks which files; look_at(files, flags) reads those; looked(document) goes on with what was found.

    Every choice is a flag of `data look`, which is run again, so that samples show what it does.
    """

    def __init__(self, screen: StepScreen, agreed: Callable[[Callable[[], None]], None]) -> None:
        """`agreed` does what it is given, once the person has agreed to what it makes stale."""
        self._screen = screen
        self._agreed = agreed
        self._typed = ""
        self._files: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._ways: dict[str, str] = {}
        """Flag -> value: encoding, sheet, delimiter, format, repair."""
        self._found: Mapping[str, Any] = {}

    def start(self) -> None:
        """Asks which files."""

        def typed(text: str) -> None:
            self._typed = text
            self.look_at(tuple(map(str, paths_in(text))))

        self._screen.ask(Ask("Which files?", [row(line) for line in _FILES], self._typed, check_paths), typed)

    def look_at(self, files: Sequence[str], columns: Sequence[str] = ()) -> None:
        """Reads `files`; `columns` are flags that name them."""
        self._files, self._columns, self._ways = tuple(files), tuple(columns), {}
        self._look()

    def looked(self, found: Mapping[str, Any]) -> None:
        """Shows what `data look` found, and asks."""
        self._found = found
        self._screen.app.push_screen(Confirm(found), self._screen.answered(self._answered))

    def _look(self) -> None:
        self._screen.act("data", "look", *self._files, *self._flags())

    def _flags(self) -> list[str]:
        return [*self._columns, *(f"--{name}={value}" for name, value in self._ways.items())]

    def _answered(self, answer: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            "yes": self._import,
            "choose": self._choose,
            "format": self._choose_format,
            "repair": self._choose_repairs,
            "change": self._choose_columns,
        }
        acts[answer]()

    def _choose_columns(self) -> None:
        ColumnChoice(self._screen, self._found, self._named, self._again).start()

    def _import(self) -> None:
        self._agreed(lambda: self._screen.act("data", "import", *self._files, *self._flags(), "--yes"))

    def _named(self, columns: Columns) -> None:
        self._columns = tuple(columns.flags())
        if columns.prompt:
            self._ways.pop("format", None)
        self._look()

    def _say(self, name: str, value: str | None) -> None:
        """Puts one flag in force, or takes it back, and looks again."""
        self._ways.pop(name, None)
        if value is not None:
            self._ways[name] = value
        self._look()

    def _pick(self, question: Choose, then: Callable[[int], None]) -> None:
        """Asks for one of several; without an answer, what was found is shown again."""
        self._screen.app.push_screen(question, self._screen.answered(then, self._again))

    def _again(self) -> None:
        self.looked(self._found)

    def _choose(self) -> None:
        """One of the choices that the error names."""
        error = self._found["error"]
        option, choices = error["option"], error["choices"]
        says = self._found["formats"] if option == "format" else {}
        rows = [row((f"{choice_name(one):<20} ", "strong"), says.get(one, "")) for one in choices]
        why = [row(_WHY.get(option, error["message"])), row((error["message"], "dim"))]
        question = Choose(f"Which {option}?", rows, why)
        self._pick(question, lambda number: self._say(option, choices[number]))

    def _choose_format(self) -> None:
        """Another format; or another encoding, sheet or delimiter where one was chosen."""
        formats = {name: says for name, says in self._found["formats"].items() if name != "columns"}
        ways: list[tuple[str, str | None]] = [("format", None), *(("format", name) for name in formats)]
        ways += [(name, None) for name in _BYTES if name in self._ways]
        rows = [row(("as found ", "strong"), "the format that fits, where one does")]
        rows += [row((f"{name:<18} ", "strong"), says) for name, says in formats.items()]
        rows += [
            row((f"another {name}", "strong"), f": now {choice_name(self._ways[name])}")
            for name, _ in ways
            if name in _BYTES
        ]
        names = [name for _, name in ways]
        at = names.index(self._ways["format"]) if "format" in self._ways else 0
        question = Choose("Read the files as what?", rows, [row("Records in another format are left out.")], at)
        self._pick(question, lambda number: self._say(*ways[number]))

    def _choose_repairs(self) -> None:
        self._toggle([name for name in self._ways.get("repair", "").split(",") if name])

    def _toggle(self, picked: Sequence[str], at: int = 0) -> None:
        """Any number of repairs: Enter picks or drops one, the first line ends it."""
        offers = self._offers()
        names = list(offers)

        def chosen(number: int) -> None:
            if number:
                name = names[number - 1]
                self._toggle([one for one in names if (one in picked) != (one == name)], number)
            else:
                self._say("repair", ",".join(picked or (() if self._ways.get("repair") else names)) or None)

        none = "nothing is mended" if self._ways.get("repair") else "all of these"
        rows = [row(("done: ", "strong"), ", ".join(picked) or none)]
        rows += [row((f"{'x' if name in picked else ' '} {name:<8}", "strong"), says) for name, says in offers.items()]
        self._pick(Choose("Mend which rows?", rows, [row(_REPAIRS)], at), chosen)

    def _offers(self) -> dict[str, str]:
        """Repair -> what it does, to how many of the records looked at."""
        found = {**self._found["repairs"]}
        for file in self._found["files"]:
            found |= {name: one for name, one in file["repaired"].items() if name not in found}
        return {name: f"{one['rows']:,} rows: {one['says']}" for name, one in found.items()}
