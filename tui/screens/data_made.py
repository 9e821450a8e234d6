"""What a command has come to, shown when it is done."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.data.outcomes import told
from engine.journey import by_step
from tui.screens.panel import Panel
from tui.widgets.painted import row


def made_panel(command: Sequence[str], document: Mapping[str, Any]) -> Panel | None:
    """The panel for a finished `data export | mix | contamination | proof | purge`; None for another command."""
    said = told(command[1], document) if command[:1] == ("data",) else None
    return Panel(said[0], [row(by_step(line)) for line in said[1]]) if said else None
