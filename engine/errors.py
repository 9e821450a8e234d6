"""What can go wrong, as one tree. The exit code of the command is the class's.

TunewrightError            1
├── UsageError             2   the command or an answer makes no sense as given
├── DataError              3   a file or its rows
│   └── ChoiceNeeded       3   a file that can be read in several ways: which is a person's to say
├── ModelError             4   a model directory, tokenizer or template
├── ResourceError          5   disk, memory, permissions, a lock held by another process
├── TrainingError          6   a run failed
├── GateError              7   a gate said no
└── MissingDependencyError 8   a package of an extra is not installed
"""

from typing import ClassVar


class TunewrightError(Exception):
    """Anything Tunewright refuses or fails at, in words for the person at the terminal.

    `message` says what is wrong, with the value; `hint` says the next thing to do; `where` is FILE or FILE:LINE.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(TunewrightError):
    """The command line, an answers file or project.toml holds something that cannot be meant."""

    exit_code = 2


class DataError(TunewrightError):
    """A data file cannot be read, or its rows cannot be used."""

    exit_code = 3


class ChoiceNeeded(DataError):
    """A file can be read in several ways. `option` ("encoding", "sheet" or "delimiter") is the field of How and, behind
    two dashes, the flag that says which; `choices` are the values that are possible, the likeliest first."""

    def __init__(self, message: str, *, option: str, choices: tuple[str, ...], hint: str, where: str | None = None):
        super().__init__(message, hint=hint, where=where)
        self.option = option
        self.choices = choices


class ModelError(TunewrightError):
    """A model directory lacks something, or its parts do not fit together."""

    exit_code = 4


class ResourceError(TunewrightError):
    """The machine said no: disk full, out of memory, read-only, locked by another process."""

    exit_code = 5


class TrainingError(TunewrightError):
    """A run ended without a usable model."""

    exit_code = 6


class GateError(TunewrightError):
    """A gate of the journey is not passed; the hint says what passes it and how to waive it."""

    exit_code = 7


class MissingDependencyError(TunewrightError):
    """A package that belongs to an extra is not installed; the hint is the pip command."""

    exit_code = 8


def as_ours(error: TunewrightError | OSError) -> TunewrightError:
    """What the system refused, in our words: a file that vanished, became unreadable or a folder, a full disk."""
    if isinstance(error, TunewrightError):
        return error
    where = str(error.filename) if error.filename else None
    hint = "check that file or folder, its owner and the disk"
    return ResourceError(error.strerror or str(error), hint=hint, where=where)
