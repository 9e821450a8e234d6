"""The guideline: what a correct answer is, at a key of the review; written and clarified here."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.asking import in_editor
from engine.guideline import START, guideline, save
from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.edit import EditScreen, editable
from tui.screens.net import ErrorNet
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, paragraphs, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("e", "edit", "edit", "write the next version here"),
    Key("E", "editor", "$EDITOR", "write the next version in $EDITOR"),
    Key("escape,enter,q", "close", "close", "back to the card"),
)


class GuidelineScreen(ErrorNet, ModalScreen[None]):
    """Shows the newest version; a change becomes the next one."""

    CSS_PATH = "panel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = project

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        yield Prose(id="text")
        yield Painted([key_row(KEYS)], id="foot")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        found = guideline(self._project)
        version = f"version {found.version}; a verdict records it" if found else "none is written yet"
        text: list[Row] = paragraphs(found.text) if found else [row("What makes an answer right, and what wrong? e.")]
        self.query_one("#title", Painted).show([row(("The guideline", "head"), (f"  {version}", "dim"))])
        self.query_one("#text", Prose).show(text)

    def action_edit(self) -> None:
        old = self._old()
        if not editable(old):
            cast("Wizard", self.app).say("it holds characters that cannot be shown, or is very long: E edits it")
            return
        screen = EditScreen(old, lambda text: save(self._project, text), "What is a correct answer?")
        self.app.push_screen(screen, lambda _: self._show())

    def action_editor(self) -> None:
        with self.app.suspend():
            text = in_editor(self._old())
        if text != self._old():
            save(self._project, text)
        self._show()

    def _old(self) -> str:
        found = guideline(self._project)
        return found.text if found else START

    def action_close(self) -> None:
        self.dismiss(None)
