"""A row as the trainer will see it: each run of tokens under what becomes of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.data.rows import Row as Example
from engine.errors import TunewrightError
from engine.tokens_seen import CUT, LEARNED, READ, Reading, Seen, reading, saved
from tui.keys import Key, bindings
from tui.messages import WorkEnded, WorkFailed, WorkProgressed
from tui.screens.net import ErrorNet
from tui.screens.panel import error_text
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.work import Work

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("escape,t,q", "close", "close", "back to the card"),
    Key("y", "copy", "copy", "copy the text to the clipboard (OSC 52)"),
)
_ROLES = {LEARNED: "good", READ: "dim", CUT: "bad"}
_MEANS = {LEARNED: "learned", READ: "read, not learned", CUT: "CUT OFF, never seen"}


class TokensScreen(ErrorNet, ModalScreen[None]):
    """Shows what is kept of `example`; else has the worker make it, for the rows `coming` too."""

    CSS_PATH = "tokens.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, example: Example, coming: Sequence[str] = ()) -> None:
        super().__init__()
        self._example = example
        self._coming = coming
        self._work: Work | None = None

    def compose(self) -> ComposeResult:
        yield Painted([row(("As the trainer sees it", "head"))], id="title")
        yield Prose(id="text")
        yield Painted([key_row(KEYS)], id="foot")

    @property
    def _wizard(self) -> "Wizard":
        return cast("Wizard", self.app)

    def on_mount(self) -> None:
        if not self._show_saved():
            self.query_one("#text", Prose).show([row("The model's chat template is read: a few seconds, once ...")])
            project = self._wizard.project
            assert project is not None
            ids = dict.fromkeys([self._example.id, *self._coming])
            self._work = Work(project.root, ("data", "tokens", *ids), self)
            self._run(self._work)

    @work(group="tokens")
    async def _run(self, task: Work) -> None:
        await task.run()

    def on_unmount(self) -> None:
        if self._work:
            self._work.cancel()

    def on_work_progressed(self, message: WorkProgressed) -> None:
        # It is this screen's own work, not what the gate line tells of.
        message.stop()

    def on_work_ended(self, message: WorkEnded) -> None:
        message.stop()
        self._work = None
        self._show_saved()

    def on_work_failed(self, message: WorkFailed) -> None:
        message.stop()
        self._work = None
        self.query_one("#text", Prose).show(error_text(message.message, message.hint))

    def _show_saved(self) -> bool:
        project = self._wizard.project
        assert project is not None
        try:
            how = reading(project)
        except TunewrightError as error:
            self.query_one("#text", Prose).show(error_text(str(error), error.hint))
            return True
        seen = saved(project, [self._example.id], how).get(self._example.id)
        if seen:
            self.query_one("#title", Painted).show([row(("As the trainer sees it", "head"), f" · {seen.sentence}")])
            self.query_one("#text", Prose).show(seen_rows(seen, how))
        return seen is not None

    def action_copy(self) -> None:
        shown = self.query_one("#text", Prose).rows
        self._wizard.copy("\n".join("".join(text for text, _ in one) for one in shown))

    def action_close(self) -> None:
        self.dismiss()


def seen_rows(seen: Seen, how: Reading) -> list[Row]:
    """The pieces of a row, each under what becomes of it; and by what rule."""
    rows: list[Row] = []
    for piece in seen.pieces:
        tokens = f"{piece.tokens:,} token{'' if piece.tokens == 1 else 's'}"
        rows += [row((f"{_MEANS[piece.kind]} · {tokens}", "strong")), row((piece.text, _ROLES[piece.kind])), row("")]
    learns = "every turn of the assistant" if how.loss_on == "assistant" else "the last answer alone"
    longest = "no plan sets a longest row yet" if how.max_length is None else f"longest row: {how.max_length:,} tokens"
    return [*rows, row((f"The loss is on {learns}; {longest}; template of {how.model.name}.", "dim"))]
