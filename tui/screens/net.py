"""One net under every handler of every screen."""

from typing import TYPE_CHECKING, cast

from textual.message import Message
from textual.message_pump import MessagePump

from engine.errors import TunewrightError

if TYPE_CHECKING:
    from tui.app import Wizard


class ErrorNet(MessagePump):
    """Mixed into a screen, before it: an error of the engine becomes a panel, and the screen stays as it is."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except TunewrightError as error:
            cast("Wizard", self.app).show_error(error)
