"""Problems of one input, gathered at their levers and told together."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import UsageError


@contextmanager
def at(lever: str, problems: list[UsageError]) -> Iterator[None]:
    """Keeps a UsageError among `problems`, with the lever at which it stands."""
    try:
        yield
    except UsageError as error:
        said = error.message if error.message.startswith(f"{lever}: ") else f"{lever}: {error.message}"
        problems.append(UsageError(said, hint=error.hint))


def together(problems: list[UsageError]) -> UsageError:
    """Several problems as one, each with its own hint behind it."""
    if len(problems) == 1:
        return problems[0]
    said = "; ".join(f"{problem.message} ({problem.hint})" for problem in problems)
    return UsageError(said, hint="mend each of them; tunewright cost --levers lists all levers with their bounds")
