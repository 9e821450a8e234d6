"""A text to mend in place: an answer, a call, the guideline."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import TextArea

from engine.errors import TunewrightError
from engine.safe_text import safe_text
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.step import key_row
from tui.widgets.painted import Painted, row
from tui.widgets.prose import Prose
from tui.widgets.typed import KeysInOrder

_LONGEST = 100_000
"""Characters; longer texts are for an editor."""
KEYS = (Key("escape", "done", "done: asks whether to save", "leave the text; what was changed is asked about"),)
ASKED = (
    Key("y", "save", "save it", "the new text is kept"),
    Key("n", "drop", "throw it away", "the text stays as it was"),
    Key("escape", "done", "go on editing", "back into the text"),
)


def editable(text: str) -> bool:
    """Whether all of it can be shown in a text box, so that nothing else than what was typed is changed."""
    plain = text.replace("\r\n", "\n")
    return len(plain) <= _LONGEST and safe_text(plain, _LONGEST) == plain


class AnswerBox(KeysInOrder, TextArea):
    """What is pasted is made safe, as everything on the screen."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = safe_text(event.text.replace("\r\n", "\n").replace("\r", "\n"), _LONGEST)


class EditScreen(ErrorNet, ModalScreen[bool]):
    """Dismissed with whether a new text was saved; `save` raises a TunewrightError for one that cannot be kept."""

    CSS_PATH = "edit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings((*KEYS, *ASKED[:2]))

    def __init__(
        self,
        text: str,
        save: Callable[[str], object],
        title: str = "The answer as it should be",
        *,
        given: str | None = None,
    ) -> None:
        """`text` is editable(...). `given`: what it was before somebody typed; default: the same."""
        super().__init__()
        self._text = safe_text(text.replace("\r\n", "\n"), _LONGEST)
        self._given = self._text if given is None else safe_text(given.replace("\r\n", "\n"), _LONGEST)
        self._save = save
        self._heading = title
        self._asking = False

    def compose(self) -> ComposeResult:
        yield Painted([row((self._heading, "head"))], id="title")
        yield AnswerBox(self._text, compact=True, highlight_cursor_line=False)
        yield Prose((), id="problem")
        yield Painted([key_row(KEYS)], id="foot")

    def on_mount(self) -> None:
        box = self.query_one(AnswerBox)
        # A blinking cursor would repaint on a clock.
        box.cursor_blink = False
        box.focus()
        box.move_cursor(box.document.end)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._asking or action not in ("save", "drop")

    def action_done(self) -> None:
        if self._asking:
            self._ask(False)
        elif self.query_one(AnswerBox).text == self._given:
            self.dismiss(False)
        else:
            self._ask(True)

    def action_save(self) -> None:
        try:
            self._save(self.query_one(AnswerBox).text)
        except TunewrightError as error:
            self.query_one("#problem", Prose).show([row((error.message, "bad")), row(error.hint)])
            self._ask(False)
            return
        self.dismiss(True)

    def action_drop(self) -> None:
        self.dismiss(False)

    def _ask(self, asking: bool) -> None:
        self._asking = asking
        self.set_focus(None if asking else self.query_one(AnswerBox))
        question = (("Save the new text?  ", "head"), *key_row(ASKED))
        self.query_one("#foot", Painted).show([question if asking else key_row(KEYS)])
