"""The one place where text becomes something on the screen: made safe, styled by role, painted by the line.

Every text that a screen shows is a `Row` given to `Painted`. Besides it only the curve paints, numbers alone, and the
boxes of typed.py and edit.py, which make safe what they are given (tests/tui/test_house.py). Only rows that changed are
sent.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from engine.safe_text import one_line, safe_text

Part = tuple[str, str]
"""(text, role); roles: "" dim strong good bad warn head mark."""
Row = tuple[Part, ...]

ROLES = ("dim", "strong", "good", "bad", "warn", "head", "mark")
_LONGEST_ROW = 1000
"""Characters; no terminal is wider."""
_ASCII = str.maketrans("✓✗▸·…\u2013\u2014◆↓↑→≥", "+x>-~--ov^>>")
"""Our own glyphs where only ASCII can be shown; what else is not ASCII is escaped."""


def row(*parts: str | Part) -> Row:
    """A row of parts; a bare text has no role."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)


def paragraphs(text: str) -> list[Row]:
    """Text with line breaks as rows."""
    return [row(line) for line in text.split("\n")]


class Painted(Widget, can_focus=False):
    """Rows of text. show(rows); what stays the same is not painted again.

    It scrolls by itself: Textual's own scrolling would lay out and send the whole screen when the number of rows
    changes (5.5 KB at 80x24, measured).
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"painted--{role}" for role in ROLES}
    DEFAULT_CSS = """
    Painted {
        & .painted--dim { text-style: dim; }
        & .painted--strong { text-style: bold; }
        & .painted--good { color: $text-success; }
        & .painted--bad { color: $text-error; text-style: bold; }
        & .painted--warn { color: $text-warning; }
        & .painted--head { text-style: bold underline; }
        & .painted--mark { text-style: reverse; }
    }
    """

    def __init__(self, rows: Iterable[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Row] = list(rows)
        self._top = 0

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown, as it was given."""
        return self._rows

    def show(self, rows: Iterable[Row]) -> None:
        """Shows `rows` from now on; only those that differ are painted."""
        self._replace(list(rows))

    def _replace(self, new: Sequence[Row]) -> None:
        old, self._rows = self._rows, new
        more_before = len(old) - self.top > self.size.height, len(new) - self.top > self.size.height
        for number in range(max(len(old), len(new))):
            if number >= len(old) or number >= len(new) or old[number] != new[number]:
                self.refresh_row(number)
        if any(more_before) and len(old) != len(new):
            self.refresh_row(self.top + self.size.height - 1)
        if len(old) != len(new) and self.styles.is_auto_height:
            self.refresh(layout=True)
        self.turn_to(self.top)

    @property
    def top(self) -> int:
        """Number of the first row that is shown."""
        return self._top

    def turn_to(self, top: int) -> None:
        """Shows the rows from `top` on, or as far down as fills the widget."""
        new = max(0, min(top, len(self._rows) - self.size.height))
        if new != self._top:
            self._top = new
            self.refresh()

    def refresh_row(self, number: int) -> None:
        """Paints one row again, if it can be seen."""
        y = number - self._top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows)

    def on_resize(self) -> None:
        self.turn_to(self._top)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.turn_to(self._top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.turn_to(self._top - 3)

    def render_line(self, y: int) -> Strip:
        number = y + self._top
        parts = self._rows[number] if number < len(self._rows) else ()
        strip = self._strip(parts, self._style_of(number))
        return self._with_more(strip, y)

    def _style_of(self, number: int) -> Style:
        """The style of a whole row."""
        return self.rich_style

    def _strip(self, parts: Row, style: Style) -> Strip:
        segments = [Segment(self._safe(text), self._styled(style, role)) for text, role in parts]
        return Strip(segments).adjust_cell_length(self.size.width, style)

    def _styled(self, style: Style, role: str) -> Style:
        return style + self.get_component_rich_style(f"painted--{role}", partial=True) if role else style

    def _safe(self, text: str) -> str:
        shown = one_line(text, _LONGEST_ROW)
        if not getattr(self.app, "ascii", False):
            return shown
        return shown.translate(_ASCII).encode("ascii", "backslashreplace").decode()

    def _more(self) -> tuple[int, int]:
        """Rows hidden above and below."""
        return self._top, max(0, len(self._rows) - self._top - self.size.height)

    def _with_more(self, strip: Strip, y: int) -> Strip:
        above, below = self._more()
        text = f" ↑ {above} " if y == 0 and above else f" ↓ {below} " if y == self.size.height - 1 and below else ""
        if not text or self.size.height < 2:
            return strip
        hint = self._strip(((text, "strong"),), self.rich_style).crop(0, cell_len(text))
        return Strip.join([strip.crop(0, self.size.width - cell_len(text)), hint])


def wrap(parts: Row, width: int) -> list[Row]:
    """A row broken between words into rows of at most `width` cells; tabs and line breaks are kept as breaks.

    A part keeps its role; what a word cannot hold is broken anywhere.
    """
    made: list[list[Part]] = [[]]
    room = width
    for text, role in parts:
        for number, line in enumerate(safe_text(text, 20_000).expandtabs(4).split("\n")):
            if number:
                made.append([])
                room = width
            room = _fill(made, line, role, room, width)
    return [_merged(one) for one in made]


def _merged(parts: Sequence[Part]) -> Row:
    """Neighbours of one role as one part: each part costs some forty bytes of colour."""
    return tuple(
        ("".join(text for text, _ in same), role) for role, same in itertools.groupby(parts, key=lambda part: part[1])
    )


def _fill(made: list[list[Part]], line: str, role: str, room: int, width: int) -> int:
    """Appends `line` to the last row of `made`, breaking where it must; returns the cells left in the last row."""
    for word in _words(line):
        size = cell_len(word.rstrip())
        if size > room and room < width:
            made.append([])
            room, word = width, word.lstrip()
        if size > width:
            *whole, word = _pieces(word, width)
            for piece in whole:
                made[-1].append((piece, role))
                made.append([])
        made[-1].append((word, role))
        room -= cell_len(word)
    return room


def _words(line: str) -> list[str]:
    words: list[str] = []
    for piece in line.split(" "):
        words.append(piece + " ")
    if words:
        words[-1] = words[-1][:-1]
    return words


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word that is too long, cut at each `width` cells; in one pass, as data holds words of 100,000 characters."""
    start = used = 0
    for at, character in enumerate(word.rstrip()):
        size = get_character_cell_size(character)
        if used + size > width and at > start:
            yield word[start:at]
            start, used = at, 0
        used += size
    yield word[start:]
