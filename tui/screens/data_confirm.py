"""How files would be read, shown as a person reads it, before anything is taken from them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.data.titles import title
from engine.journey import by_step
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

KEYS = (
    Key("y,enter", "answer('yes')", "import", "it is right: import the files"),
    Key("c", "answer('change')", "columns", "say which columns mean what"),
    Key("f", "answer('format')", "format", "read the files in another format"),
    Key("r", "answer('repair')", "repairs", "mend rows while they are read"),
    Key("p", "problems", "problems", "what is wrong with the first records, each with its place and what mends it"),
    Key("right,l", "turn(1)", "sample", "the next sample"),
    Key("left,h", "turn(-1)", "sample before", "the sample before", shown=False),
    Key("n,escape,q", "answer('no')", "back", "nothing is imported"),
)
_NAMES = {"encoding": "encoding", "sheet": "sheet", "delimiter": "character between columns", "format": "format"}
_NAMES |= {"packed": "unpacked from"}


class Confirm(ErrorNet, ModalScreen[str | None]):
    """Three samples of each file; dismissed with "yes", "change", "format", "repair", "choose" (one of the choices of
    the error), or None for none of them."""

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
    def _choice(self) -> str | None:
        """What has to be chosen before anything can be read."""
        option = (self._found["error"] or {}).get("option")
        return str(option) if option else None

    @property
    def _usable(self) -> dict[str, bool]:
        """By the cap of a key, whether it can do something now; keys that are not in it always can."""
        columns = len(columns_of(self._found))
        repairs = self._found["repairs"] or any(file["repaired"] for file in self._found["files"])
        return {
            "y": self._ready or self._choice is not None,
            "c": columns > 1 or (columns == 1 and self._found["error"] is None),
            "f": columns > 0,
            "r": bool(repairs),
            "p": any(file["problems"] for file in self._found["files"]),
            "right": len(self._samples) > 1,
        }

    def compose(self) -> ComposeResult:
        asks = f"Which {_NAMES.get(self._choice, self._choice)} does the file have?" if self._choice else ""
        head = "Is this right? So the files would be read:" if self._ready else "The files cannot be imported so:"
        yield Painted([row((asks or head, "head"))], id="title")
        yield Prose([*self._trouble(), *fact_rows(self._found)], id="facts")
        yield Painted(id="which")
        yield Prose(id="text")
        yield Painted([self._keys()], id="foot")

    def on_mount(self) -> None:
        self.action_turn(0)

    def _trouble(self) -> Iterator[Row]:
        error = self._found["error"]
        if error:
            yield row((error["message"], "bad"))
            way = "y shows the choices" if self._choice else "c chooses the columns here" if self._usable["c"] else ""
            yield row(("What to do: ", "strong"), way or by_step(error["hint"]))
        elif not self._samples:
            yield row(("no record among the first is fit; c chooses other columns", "bad"))

    def _keys(self) -> Row:
        usable = self._usable
        shown = [one for one in KEYS if one.shown and usable.get(one.cap, True)]
        labels = {"y": "choose"} if self._choice else {}
        parts = [((one.cap, "strong"), (f" {labels.get(one.cap, one.label)}  ", "")) for one in shown]
        return tuple(part for pair in parts for part in pair)

    def action_turn(self, samples: int) -> None:
        if not self._samples:
            self.query_one("#which", Painted).show([row(("no sample can be shown", "dim"))])
            # Where something has to be chosen, the hint is a flag, and the key that does it stands above.
            said = "" if self._choice else (self._found["error"] or {}).get("hint", "")
            self.query_one("#text", Prose).show(column_rows(self._found) or [row(by_step(said))])
            return
        self._at = (self._at + samples) % len(self._samples)
        file, sample = self._samples[self._at]
        of = f"Sample {self._at + 1} of {len(self._samples)}: "
        self.query_one("#which", Painted).show([row((of, "strong"), f"{file['file']}, line {sample['line']}")])
        self.query_one("#text", Prose).show(sample_rows(sample))

    def action_problems(self) -> None:
        if self._usable["p"]:
            self.app.push_screen(Panel("What was found in the first records", problem_rows(self._found["files"])))

    def action_answer(self, answer: str) -> None:
        caps = {"yes": "y", "change": "c", "format": "f", "repair": "r"}
        if answer in caps and not self._usable[caps[answer]]:
            return
        self.dismiss("choose" if answer == "yes" and self._choice else None if answer == "no" else answer)


def sample_rows(sample: Mapping[str, Any]) -> list[Row]:
    """A row as it would be imported: its turns, then the answer that is not preferred, or the judgement."""
    unwanted = sample.get("label") is False
    rows = [line for turn in sample["messages"] for line in turn_rows(turn, learned=not unwanted)]
    if "more_turns" in sample:
        rows.append(row((f"and {sample['more_turns']:,} more turns", "dim")))
    if "rejected" in sample:
        rows.append(row(("Not preferred to it:", "bad")))
        rows += [line for turn in sample["rejected"] for line in turn_rows(turn, learned=False)]
    if "label" in sample:
        rows.append(row(("judged: ", "strong"), "not wanted, and never learned" if unwanted else "wanted"))
    if "tools" in sample:
        rows.append(row(("tools that it may call: ", "strong"), ", ".join(sample["tools"])))
    return rows


def turn_rows(turn: Mapping[str, Any], *, learned: bool = True) -> list[Row]:
    """One turn: who speaks, then what is said and called; the answer is what would be learned."""
    answers = turn["role"] == "assistant" and learned
    told = "" if not answers else " (weight 0: not learned)" if turn.get("weight") == 0 else " (what is learned)"
    name = f" {turn['name']}" if "name" in turn else ""
    rows = [row((turn["role"] + name, "strong"), (told, "dim"))]
    rows += [row(turn["content"])] if turn["content"] else []
    return [*rows, *(row(("calls ", "dim"), call) for call in turn.get("calls", ())), row("")]


def fact_rows(found: Mapping[str, Any]) -> list[Row]:
    """Each file with its format, its columns and its troubles; then the columns in force and the repairs."""
    rows = [line for file in found["files"] for line in file_rows(file)]
    return [*rows, *mapping_rows(found), *repair_rows(found["repairs"])]


def file_rows(file: Mapping[str, Any]) -> list[Row]:
    """A file with its format and what its first records have against them, then what becomes of its columns."""
    how = "".join(f" · {_NAMES[name]} {choice_name(value)}" for name, value in file["how"].items())
    mended = "".join(f" · {name}: {counted(one['rows'])} mended" for name, one in file["repaired"].items())
    head = row((file["file"], "strong"), f": {file['format'] or 'no format found'}{how}{mended}", *_wrong(file))
    return [head, use_row(file["uses"])] if file["uses"] else [head]


def _wrong(file: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the first records have against them: what leaves rows out first."""
    for severity, says, role in (
        ("error", "left out", "bad"),
        ("warning", "doubtful", "warn"),
        ("note", "noted", "dim"),
    ):
        rules = [f"{title(one['rule'])} {one['rows']:,}" for one in file["problems"] if one["severity"] == severity]
        if rules:
            yield f" · {says} of the first {file['records']:,}: {', '.join(rules)}", role


def problem_rows(files: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The first places of every rule, each with what mends it."""
    rows: list[Row] = []
    for problem in (problem for file in files for problem in file["problems"]):
        rows.append(row((f"{problem['severity']}: {title(problem['rule'])}: {counted(problem['rows'])}", "strong")))
        for place in problem["first"]:
            rows += [row((f"  {place['file']}:{place['line']}: ", "dim"), place["message"])]
        rows += [row(("  what to do: ", "dim"), problem["first"][0]["hint"]), row("")]
    return rows


def counted(rows: int) -> str:
    """1 row; 12 rows"""
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def use_row(uses: Sequence[Mapping[str, str]]) -> Row:
    """What becomes of each column, those that are only kept last."""
    kept = [one["column"] for one in uses if one["use"] == "kept beside the row"]
    parts = [
        part
        for one in uses
        if one["column"] not in kept
        for part in ((f"{one['column']}: ", "strong"), (f"{one['use']}   ", ""))
    ]
    rest = [("kept: ", "dim"), (", ".join(kept), "")] if kept else []
    return (*parts, *rest)


def repair_rows(repairs: Mapping[str, Any]) -> list[Row]:
    """The repairs that are offered, in one row."""
    offered = ", ".join(f"{name} {counted(one['rows'])}" for name, one in repairs.items())
    return [row(("r mends ", "strong"), f"if you want: {offered}")] if offered else []


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


def choice_name(value: str) -> str:
    """A choice as it is shown."""
    return {"\t": "tab", ",": "comma ,", ";": "semicolon ;", "|": "bar |"}.get(value, value)
