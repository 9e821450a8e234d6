"""How files would be read, shown as a person reads it, before anything is taken from them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.journey import by_step
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

KEYS = (
    Key("y,enter", "answer('yes')", "import", "it is right: import the files"),
    Key("c", "answer('change')", "change columns", "say which columns mean what"),
    Key("right,l", "turn(1)", "next sample", "the next sample"),
    Key("left,h", "turn(-1)", "sample before", "the sample before", shown=False),
    Key("n,escape,q", "answer('no')", "back", "nothing is imported"),
)


class Confirm(ErrorNet, ModalScreen[str | None]):
    """Three samples of each file; dismissed with "yes", "change" or None for neither."""

    CSS_PATH = "data.tcss"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, found: Mapping[str, Any]) -> None:
        """`found` is the document of `data look`."""
        super().__init__()
        self._found = found
        self._samples = [(file, sample) for file in found["files"] for sample in file["samples"]]
        self._at = 0

    @property
    def _ready(self) -> bool:
        return self._found["error"] is None and bool(self._samples)

    @property
    def _choosable(self) -> bool:
        columns = len(columns_of(self._found))
        return columns > 1 or (columns == 1 and self._found["error"] is None)

    def compose(self) -> ComposeResult:
        title = "Is this right? So the files would be read:" if self._ready else "The files cannot be imported so:"
        yield Painted([row((title, "head"))], id="title")
        yield Prose([*self._trouble(), *map(file_row, self._found["files"]), *mapping_rows(self._found)], id="facts")
        yield Painted(id="which")
        yield Prose(id="text")
        yield Painted([self._keys()], id="foot")

    def on_mount(self) -> None:
        self.action_turn(0)

    def _trouble(self) -> Iterator[Row]:
        error = self._found["error"]
        if error:
            yield row((error["message"], "bad"))
            yield row(
                ("What to do: ", "strong"), "c chooses the columns here" if self._choosable else by_step(error["hint"])
            )
        elif not self._samples:
            yield row(("no record among the first is fit; c chooses other columns", "bad"))

    def _keys(self) -> Row:
        shown = [one for one in KEYS if one.shown]
        usable = {"y": self._ready, "c": self._choosable, "right": len(self._samples) > 1}
        parts = [((one.cap, "strong"), (f" {one.label}   ", "")) for one in shown if usable.get(one.cap, True)]
        return tuple(part for pair in parts for part in pair)

    def action_turn(self, samples: int) -> None:
        if not self._samples:
            self.query_one("#which", Painted).show([row(("no sample can be shown", "dim"))])
            self.query_one("#text", Prose).show(column_rows(self._found))
            return
        self._at = (self._at + samples) % len(self._samples)
        file, sample = self._samples[self._at]
        of = f"Sample {self._at + 1} of {len(self._samples)}: "
        self.query_one("#which", Painted).show([row((of, "strong"), f"{file['file']}, line {sample['line']}")])
        self.query_one("#text", Prose).show([line for turn in sample["messages"] for line in turn_rows(turn)])

    def action_answer(self, answer: str) -> None:
        if (answer == "yes" and not self._ready) or (answer == "change" and not self._choosable):
            return
        self.dismiss(None if answer == "no" else answer)


def turn_rows(turn: Mapping[str, str]) -> list[Row]:
    """One turn: who speaks, then what is said; the answer is what would be learned."""
    learned = (" (what is learned)", "dim") if turn["role"] == "assistant" else ("", "")
    return [row((turn["role"], "strong"), learned), row(turn["content"]), row("")]


def file_row(file: Mapping[str, Any]) -> Row:
    """A file with its format and the problems among its first records."""
    wrong = ", ".join(f"{one['rule']} {one['rows']:,}" for one in file["problems"])
    found = (f" · in its first {file['records']:,} records: {wrong}", "warn") if wrong else ("", "")
    return row((file["file"], "strong"), f": {file['format'] or 'no format found'}", found)


def mapping_rows(found: Mapping[str, Any]) -> list[Row]:
    """The columns in force, in one row; none when the format speaks for itself."""
    mapping = found["mapping"]
    said = [
        ("prompt", mapping["prompt"]),
        ("answer", ", ".join(mapping["answer"])),
        ("one split by", ", ".join(mapping["group"])),
        ("counted by", mapping["category"]),
    ]
    parts = [part for name, value in said if value for part in ((f"{name}: ", "dim"), (f"{value}   ", ""))]
    return [tuple(parts)] if parts else []


def column_rows(found: Mapping[str, Any]) -> list[Row]:
    """The columns of all files, each with its first value."""
    return [row((f"{name}: ", "strong"), example) for name, example in columns_of(found).items()]


def columns_of(found: Mapping[str, Any]) -> dict[str, str]:
    """Columns of all files -> an example."""
    columns: dict[str, str] = {}
    for file in found["files"]:
        for name, example in zip(file["columns"], file["examples"], strict=True):
            columns.setdefault(name, example)
    return columns
