"""Keys as data: what is bound, what the bottom line shows and what help says come from the same `Key`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import Binding, BindingType

_FOOTER = 7
"""Keys in the bottom line at most; the others are in help and palette."""
_CROWDED_OUT_LAST = ("leave", "help", "next", "waive")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a screen or widget."""

    key: str
    """Textual's names, several with commas: "down,j"."""
    action: str
    """The method action_<action> of the screen, or of the widget that owns the key."""
    label: str
    """One or two words for the bottom line."""
    help: str
    """One sentence for help and palette."""
    shown: bool = True
    """In the bottom line."""

    @property
    def cap(self) -> str:
        """The first of `caps`, for the bottom line."""
        return self.caps[0]

    @property
    def caps(self) -> tuple[str, ...]:
        """The keys as a person reads them on the keyboard."""
        return tuple(_CAPS.get(one, one) for one in self.key.split(","))


_CAPS = {"question_mark": "?", "slash": "/", "colon": ":", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}

MOVING = (
    Key("down,j", "move(1)", "down", "one line down", shown=False),
    Key("up,k", "move(-1)", "up", "one line up", shown=False),
    Key(
        "pagedown,space",
        "page(1)",
        "page",
        "one page down, in the text below where the list has but one",
        shown=False,
    ),
    Key("pageup", "page(-1)", "page", "one page up", shown=False),
    Key("g,home", "edge(0)", "top", "to the first line", shown=False),
    Key("G,end", "edge(-1)", "bottom", "to the last line", shown=False),
)
"""Of every list and text."""
LISTS = (
    Key("enter", "choose", "open", "do what the marked line says: the first one marked is the next thing to do"),
    Key("tab,shift+tab", "app.focus_next", "pane", "to the text beside the list, to scroll it, and back", shown=False),
    *MOVING,
)

EVERYWHERE = (
    Key("n", "next", "next", "the next step, when this step's gate is passed or waived"),
    Key("p", "previous", "previous", "the step before", shown=False),
    *(
        Key(f"{n}", f"jump({n})", f"step {n}", f"jump to step {n}, if it can be reached", shown=False)
        for n in range(1, 10)
    ),
    Key("w", "waive", "waive", "go on without a gate item, for a written reason"),
    Key("question_mark", "help", "help", "what the marked line means, and every key"),
    Key("colon,ctrl+p", "palette", "all", "everything that can be done here, by name", shown=False),
    Key("y", "copy", "copy", "copy the marked line or path to the clipboard (OSC 52)", shown=False),
    Key(
        "escape",
        "back",
        "back",
        "cancel the command that runs; else back: to the step, then to the list of projects",
        shown=False,
    ),
    Key("q", "leave", "leave", "leave the wizard: a run goes on, your place is kept"),
    Key("ctrl+q,ctrl+c", "app.leave", "leave", "leave from anywhere, also from a question", shown=False),
    Key("ctrl+l", "app.redraw", "redraw", "draw the whole screen again", shown=False),
)
"""Of every step."""


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """The keys as Textual binds them; the widgets of Textual that would show them are not used."""
    return [Binding(one.key, one.action, one.label, show=False, tooltip=one.help) for one in keys]


def footer(own: Sequence[Key]) -> list[Key]:
    """The keys for the bottom line: the screen's own first; leaving and help are never crowded out."""
    first = [one for one in own if one.shown][: _FOOTER - 2]
    wanted = sorted((one for one in EVERYWHERE if one.shown), key=lambda one: _CROWDED_OUT_LAST.index(one.label))
    kept = wanted[: _FOOTER - len(first)]
    return [*first, *(one for one in EVERYWHERE if one in kept)]
