"""The example card: one row as a person reads it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from engine.data.rows import Row as Example
from engine.reading import turns
from engine.safe_text import safe_text
from tui.keys import MOVING, bindings
from tui.widgets.painted import Row, row
from tui.widgets.prose import Prose

_LONGEST_ROW = 10_000_000
"""Characters of a turn that are shown; a person judges the whole of it."""
_PIECE = 16_000
"""Characters that `wrap` is given at once: it cuts what is longer than 20,000."""


class ExampleCard(Prose, inherit_bindings=False):
    """show_example(...) shows a row from its top; show(...) something in its place. `g` is left to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        replace(one, key="home") if one.key == "g,home" else one for one in MOVING
    )

    def show_example(
        self, example: Example, category: str | None, system_before: str | None, why: Sequence[str] = ()
    ) -> None:
        """`system_before`: the system text of the card before this one, which is not worth a second reading.

        `why`: what is to be known before the verdict.
        """
        self.show(card_rows(example, category, system_before, why))


def card_rows(example: Example, category: str | None, system_before: str | None, why: Sequence[str] = ()) -> list[Row]:
    """Where it comes from, why it is here, then each turn under its role."""
    rows = [row((" · ".join(origin(example, category)), "dim")), *(row((one, "warn")) for one in why)]
    for turn in turns(example):
        if turn.role == "system" and turn.text == system_before:
            rows.append(row(("system: as on the card before · d shows it", "dim")))
            continue
        notes = [turn.note, "JSON, indented for reading" if turn.indented else ""]
        note = "".join(f" · {one}" for one in notes if one)
        rows += [row(""), row((turn.role, "head"), (note, "dim")), *_lines(turn.text)]
    return rows


def origin(example: Example, category: str | None) -> Iterator[str]:
    """File and line, split, category, tools: what is known of them."""
    yield f"{example.source.get('file', '?')}:{example.source.get('line', '?')}"
    if example.split:
        yield example.split
    if category:
        yield f"category {category}"
    if isinstance(tools := example.meta.get("tools"), list) and tools:
        yield f"{len(tools)} {'tool' if len(tools) == 1 else 'tools'}, d shows"


def _lines(text: str) -> Sequence[Row]:
    # Made safe as a whole: a sequence that is cut in two would leave a harmless half in sight.
    shown = safe_text(text.replace("\r\n", "\n"), _LONGEST_ROW)
    if not shown.strip():
        return [row((f"(nothing to see: {len(text):,} characters)" if text else "(empty)", "warn"))]
    lines = shown.split("\n")
    return [row(line[at : at + _PIECE]) for line in lines for at in range(0, max(1, len(line)), _PIECE)]
