"""One net under every handler of every screen."""

from typing import TYPE_CHECKING, cast

from textual.message import Message
from textual.message_pump import MessagePump

from engine.errors import TunewrightError, as_ours

if TYPE_CHECKING:
    from tui.app import Wizard


class ErrorNet(MessagePump):
    """Mixed into a screen, before it: an error of the engine or of the system becomes a panel, and the screen stays."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except (TunewrightError, OSError) as error:
            cast("Wizard", self.app).show_error(as_ours(error))
