"""Up to three scenarios side by side: the levers that differ, then what comes of them, the best named."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.costing import Case, Found
from engine.safe_text import one_line
from engine.scenarios import Comparison, compare
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel, key_text
from tui.screens.step import key_row
from tui.widgets.fitted import fitted
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

KEYS = (
    Key("a", "all", "all / differing", "every line, or those alone in which the scenarios differ"),
    Key("y", "copy", "copy", "copy the table, with tabs, to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what is compared, and every key"),
    Key("escape,q", "close", "back", "back to the list"),
)
_SIZES = [(0, "-tiny"), (8, "-short"), (12, "-tall")]
"""Rows from which all has room, and from which the picture has some."""
_ABOUT = (
    "Every scenario is reckoned with today's prices. The levers that differ come first: they are why the figures "
    "differ. In a line of figures the best one for who tunes is marked with the word best; where all are the same "
    "there is no best one. a shows the lines in which nothing differs as well."
)
_NAME = 28
_LEAST_COLUMN = 12
"""Cells of a scenario's column; with less they stand below each other."""


class CompareScreen(ErrorNet, ModalScreen[None]):
    """A column a scenario; in a narrow terminal a line each."""

    CSS_PATH = "whatif_views.tcss"
    VERTICAL_BREAKPOINTS = _SIZES
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, cases: Sequence[tuple[Case, Found]]) -> None:
        super().__init__()
        self._comparison = compare(cases)
        self._all = False

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        yield Painted(id="heads")
        yield Prose(id="table")
        yield Painted(id="said")
        yield Painted([key_row([one for one in KEYS if one.shown])], id="foot")

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        width = self.size.width or self.app.size.width
        what = "every line" if self._all else "where they differ"
        self.query_one("#title", Painted).show([row(("Scenarios side by side", "head"), (f"   {what}", "dim"))])
        names = [name or "as it stands" for name in self._comparison.names]
        size = column(width, len(names))
        heads = [row((" " * _NAME + "".join(fitted(name, size - 1) + " " for name in names), "strong"))] if size else []
        self.query_one("#heads", Painted).show(heads)
        lines = list(table(self._comparison, names, size, self._all))
        self.query_one("#table", Prose).show(lines or [row("They are the same in every line.")])

    def action_all(self) -> None:
        self._all = not self._all
        self._show()

    def action_copy(self) -> None:
        found = self._comparison
        lines = ["\t".join(("", *found.names)), *("\t".join((name, *cells)) for name, cells in found.rows)]
        self.app.copy_to_clipboard("\n".join(lines).encode("utf-8", "replace").decode())
        self.query_one("#said", Painted).show([row((f"copied: {len(found.rows)} lines", "strong"))])

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), *key_text(KEYS, ())]))

    def action_close(self) -> None:
        self.dismiss(None)


def column(width: int, count: int) -> int:
    """Cells of a scenario's column; 0 where they stand below each other."""
    size = (width - _NAME) // max(1, count)
    return size if size >= _LEAST_COLUMN else 0


def table(found: Comparison, names: Sequence[str], size: int, every: bool) -> Iterator[Row]:
    """The lines; a change of role costs some forty bytes, so that only the best cell has one."""
    for (name, cells), differ, best in zip(found.rows, found.differ, found.best, strict=True):
        if not differ and not every:
            continue
        said = [f"{cell} best" if at == best else cell for at, cell in enumerate(cells)]
        roles = ["strong" if at == best else "" for at in range(len(cells))]
        if size:
            yield row(
                fitted(name, _NAME - 1) + " ",
                *((fitted(text, size - 1) + " ", role) for text, role in zip(said, roles, strict=True)),
            )
        else:
            yield row((name, "strong"))
            whose = zip(names, said, roles, strict=True)
            yield from (row(f"  {one_line(of, 30)}: ", (text, role)) for of, text, role in whose)
