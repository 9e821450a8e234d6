"""One net under every handler of every screen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from textual.message import Message
from textual.message_pump import MessagePump

from engine.errors import TunewrightError, as_ours

if TYPE_CHECKING:
    from tui.app import Wizard


Answer = TypeVar("Answer")


class ErrorNet(MessagePump):
    """Mixed into a screen, before it: an error of the engine or of the system becomes a panel, and the screen stays."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except (TunewrightError, OSError) as error:
            cast("Wizard", self.app).show_error(as_ours(error))

    def answered(
        self, then: Callable[[Answer], None], otherwise: Callable[[], None] = lambda: None
    ) -> Callable[[Answer | None], None]:
        """What a question is pushed with: `then` gets the answer, with the net under it; `otherwise` is called when
        there is none."""

        def told(answer: Answer | None) -> None:
            # Textual calls this outside of any message: the net above does not hold it.
            try:
                if answer is None:
                    otherwise()
                else:
                    then(answer)
            except (TunewrightError, OSError) as error:
                cast("Wizard", self.app).show_error(as_ours(error))

        return told
