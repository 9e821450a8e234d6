"""Benchmarks that the rows were compared with, and the rows that have questions of theirs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from engine.data.compared import Contamination
from engine.data.report import Member
from engine.data.versions import Version
from tui.keys import Key, bindings
from tui.screens.data_findings import FindingScreen
from tui.screens.drill import KEYS, OPEN, Drill
from tui.widgets.painted import Row, row

_HINT = "let it go (x in the list of benchmarks), else a score on that benchmark says nothing"


class ComparedScreen(Drill[Contamination]):
    """A line a comparison; `compare` asks for files, and whether rows that they have too are to go."""

    OWN: ClassVar[Sequence[Key]] = (
        OPEN,
        Key("x", "compare", "compare, drop", "compare with other files, or make a version without the rows of train"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN[1:], *KEYS))
    ABOUT = (
        "A row that holds a question of a benchmark makes a score on it worthless. Three methods look, as each is "
        "blind where another sees: equal questions, 13 words in a row, near-equal texts. A paraphrase is seen by none."
    )

    def __init__(self, found: Sequence[Contamination], version: Version, compare: Callable[[], None]) -> None:
        super().__init__("Compared with benchmarks", found)
        self._version, self._compare = version, compare

    def line(self, item: Contamination) -> Row:
        count = len(item.hits)
        said = f"{count:,} rows are known from it" if count else "no row is known from it"
        return row((f"{item.facts['name']:<24.24} ", "strong"), (said, "bad" if count else "good"))

    def detail(self, item: Contamination) -> list[Row]:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in item.facts["by_kind"].items())
        splits = ", ".join(f"{name} {count:,}" for name, count in item.facts["by_split"].items())
        found = [row(f"by method: {kinds} · by split: {splits}")] if item.hits else []
        files = ", ".join(str(one["file"]) for one in item.facts["files"])
        return [*found, row((f"{item.facts['questions']:,} questions of {files}", "dim"))]

    def opened(self, number: int) -> None:
        item = self.items[number]
        if not item.hits:
            self.say("there is nothing to show: no row has a question of it")
            return
        title = f"Rows that {item.facts['name']} has too: {len(item.hits):,}"
        members = [member(hit, self._version) for hit in item.hits]
        self.app.push_screen(FindingScreen(title, members, self._version))

    def action_compare(self) -> None:
        self.dismiss()
        self._compare()


def member(hit: Mapping[str, Any], version: Version) -> Member:
    """A hit as a member of a finding."""
    source = version.row(hit["row"]).source
    near = f" (Jaccard {hit['jaccard']})" if hit["jaccard"] else ""
    said = f"{', '.join(hit['kinds'])}{near}, {hit['place']}: {hit['question']}"
    return Member((hit["row"],), f"{source.get('file')}:{source.get('line')}", said, _HINT)
