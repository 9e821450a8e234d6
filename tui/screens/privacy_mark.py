"""A text that no rule finds, typed by who saw it: which row, what it is, which text."""

from engine.data.marking import MARKS, mark
from engine.data.privacy_scan import scanned_version
from engine.data.redaction import Redactions
from engine.errors import UsageError
from tui.screens.ask import Ask, Choose
from tui.screens.step import StepScreen
from tui.widgets.painted import row

_LONGEST_TURN = 2000
"""Characters of a turn that are shown beside the question."""


class MarkChoice:
    """start(row) asks the questions over `screen`, which is reloaded after the last."""

    def __init__(self, screen: StepScreen, found: Redactions) -> None:
        self._screen = screen
        self._found = found

    def start(self, number: int | None) -> None:
        """`number`: the row, from 0; None: it is asked for."""
        if number is not None:
            self._ask_kind(number)
            return
        why = [row("The number that cards and reports show, from 1. Names and addresses are found by reading only.")]
        ask = Ask("Mark a text in which row?", why, check=self._row_number)
        self._screen.ask(ask, lambda said: self._ask_kind(self._row_number(said)))

    def _row_number(self, said: str) -> int:
        """From 0. Raises UsageError when there is no such row."""
        rows = self._found.scanned.rows
        if not (said.strip().isascii() and said.strip().isdecimal() and 1 <= int(said) <= rows):
            raise UsageError(f"{said.strip()[:20]!r} is no row", hint=f"a number from 1 to {rows:,}")
        return int(said) - 1

    def _ask_kind(self, number: int) -> None:
        rows = [row((f"{kind:<14}", "strong"), means) for kind, means in MARKS.items()]
        question = Choose("What will you mark?", rows)
        self._screen.choose(question, lambda chosen: self._ask_text(number, list(MARKS)[chosen]))

    def _ask_text(self, number: int, kind: str) -> None:
        turns = scanned_version(self._found.project, self._found.scanned).row(number).messages
        becomes = (f"<{kind.upper()}_1>", "strong")
        why = [
            row(f"Type it just as row {number + 1:,} writes it. When r makes the version, it becomes ", becomes),
            row("in the whole conversation; the text itself is kept nowhere. u takes the mark back."),
            row(""),
            *(row((f"{turn['role']}: ", "dim"), turn["content"][:_LONGEST_TURN]) for turn in turns),
        ]

        def marked(text: str) -> None:
            mark(self._found, number, text, kind)

        self._screen.ask(Ask("Which text?", why, check=marked), lambda _: self._screen.reload())
