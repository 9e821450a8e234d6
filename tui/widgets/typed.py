"""What a person types into: keys are obeyed in their order, nothing blinks, and what is pasted is made safe."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from textual import events
from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.widget import Widget
from textual.widgets import Input

from engine.safe_text import one_line


class KeysInOrder(MessagePump):
    """Mixed into a box, before it.

    Textual 8.2.8 inserts a letter at once and obeys a key like backspace later: of "5", backspace, "7" that arrive
    together, as they do over a slow link, "5" is left where "7" was typed.
    """

    async def _on_key(self, event: events.Key) -> None:
        box = cast(Widget, self)
        action = _editing(type(box)).get(event.key)
        if action:
            event.stop()
            event.prevent_default()
            await box.run_action(action)


@cache
def _editing(kind: type[Widget]) -> Mapping[str, str]:
    """The keys that Textual's own box binds, and what they do."""
    own = [base for base in kind.__mro__ if base.__module__.startswith("textual.widgets")]
    bound = [one for base in own for one in vars(base).get("BINDINGS", ()) if isinstance(one, Binding)]
    return {key: one.action for one in bound for key in one.key.split(",")}


class TypedLine(KeysInOrder, Input):
    """One line."""

    DEFAULT_CSS = """
    TypedLine { height: 1; border: none; padding: 0; background: $surface; }
    TypedLine:focus { border: none; }
    """

    def __init__(self, given: str = "", *, placeholder: str = "") -> None:
        self._given = one_line(given, 4096)
        super().__init__(self._given, placeholder=placeholder, compact=True, select_on_focus=False)
        # A blinking cursor would repaint on a clock.
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        # Input's own handler runs after this one and takes the first line.
        lines = event.text.splitlines()
        event.text = one_line(lines[0], 4096) if lines else ""
