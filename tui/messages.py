"""What is told between widgets, workers and screens: facts in the past tense. Of those that repeat, the last counts."""

from dataclasses import dataclass
from typing import Any

from textual.message import Message

from engine.runs.watch import RunView


@dataclass
class WorkProgressed(Message):
    """The command that runs in the background came further."""

    what: str
    done: float
    total: float | None
    eta_s: float | None
    note: str = ""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WorkProgressed)


@dataclass
class WorkEnded(Message):
    """The command has ended well, with the document that it prints."""

    document: Any


@dataclass
class WorkFailed(Message):
    """The command has ended with an error, or was cancelled."""

    message: str
    hint: str
    code: int


@dataclass
class RunRead(Message):
    """The files of a run were read from their beginning; from now on `refresh` reads what is new."""

    view: RunView
