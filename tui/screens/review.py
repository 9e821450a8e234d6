"""Review: one card, one key. Each verdict is on the disk before the next card is shown."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from engine.asking import in_editor
from engine.errors import TunewrightError, UsageError
from engine.review.verdicts import REASONS
from engine.reviewing import Card, Review, open_review
from tui.keys import EVERYWHERE, Key, bindings
from tui.screens.ask import Choose
from tui.screens.panel import Panel, error_text
from tui.screens.review_text import (
    applied_text,
    apply_why,
    done_text,
    no_data_text,
    progress_row,
    raw_text,
    reason_rows,
    report_text,
)
from tui.screens.step import StepScreen, key_row
from tui.widgets.card import ExampleCard, origin
from tui.widgets.painted import Painted, Row, row

_WHILE_REJECTING = ("jump", "back", "leave", "help")
"""What can be done while a rejection waits for its reason; scrolling is the card's own."""
_ON_CARD = ("verdict('accept')", "reject", "edit", "verdict('skip')", "verdict('flag')", "undo", "help")
_WHEN_DONE = ("next", "read_on", "apply", "report", "undo", "help", "leave")


class ReviewScreen(StepScreen):
    """Goes from card to card; stops at each whole hundred, where the bound is taken."""

    STEP = "review"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("a", "verdict('accept')", "accept", "the row is right as it is"),
        Key("x", "reject", "reject", "the row is wrong and should go; a digit says why"),
        Key("e", "edit", "edit", "the answer is wrong and you know the right one: mend it here"),
        Key("s", "verdict('skip')", "skip", "you cannot say: the card comes again at the end"),
        Key("f", "verdict('flag')", "flag PII", "personal data is left in it: the row should go"),
        Key("u", "undo", "undo", "take the last verdict back, as often as you like, also after a restart"),
        Key("E", "editor", "$EDITOR", "mend the answer in $EDITOR", shown=False),
        Key("d", "raw", "raw row", "the row as it lies in the data: source, id, all columns, every turn", shown=False),
        Key("b", "report", "report", "counts, reasons and what they say about the rows not looked at", shown=False),
        Key("A", "apply", "apply", "make a new version of the data in which the verdicts are true", shown=False),
        Key("enter", "read_on", "read on", "after a whole hundred: on to the next card", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Rows are drawn at random and read one by one. Rejected, changed and flagged rows are bad; from how many are, "
        "follows how many of the rows that nobody reads can be (95 % confidence). 100 verdicts open the gate, if that "
        "share is under the limit. A skip is no verdict. Every key is saved at once; the data is changed by A alone. "
        "A queue of suspicious rows, a guideline, and comparing two readers are not built yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self._review: Review | None = None
        self._known: list[tuple[int, int]] = []
        """Stamps of settings and verdicts that the review has taken in."""
        self._card: Card | None = None
        """What the keys speak of: only what is on the screen."""
        self._system: tuple[str, str | None, str | None] = ("", None, None)
        """(id of the card's row, its system text, that of the card before)."""
        self._rejecting = False
        self._reading_on = -1
        """Verdicts at which the reader chose to go on."""
        self._draft = ("", "")
        """(row id, answer) that could not be saved."""

    def body(self) -> Iterable[Widget]:
        yield Painted(id="progress", classes="title")
        yield ExampleCard(id="card")

    # What is shown.

    def reload_body(self) -> None:
        files = [_stamp_of(path) for path in (self.project.settings_file, self.project.reviews)]
        try:
            if self._review is None or files != self._known:
                self._review, self._known = None, files
                self._review = open_review(self.project)
            self._review.record()
            self._show()
        except TunewrightError as error:
            self._review = self._card = None
            self._show_trouble(error)

    def _stamp(self) -> object:
        return super()._stamp(), _stamp_of(self.project.reviews)

    def _show_trouble(self, error: TunewrightError) -> None:
        text = error_text(str(error), error.hint) if self.project.data_version() else no_data_text()
        self._rejecting = False
        self.query_one("#progress", Painted).show([row(("Review", "head"))])
        self.query_one(ExampleCard).show(text)

    def _show(self) -> None:
        """The card that waits, or what came of a whole hundred."""
        review = self._opened()
        before, card, report = self._card, review.card(), review.report()
        if report.bound.looked_at < self._reading_on:
            self._reading_on = -1
        rest = report.whole and self._reading_on != report.bound.looked_at
        self._card = None if rest else card
        if self._card is None or before is None or self._card.row.id != before.row.id:
            self._rejecting = False
        shown = self.query_one(ExampleCard)
        if self._card is None:
            shown.show(done_text(report, review.evidence(), more=card is not None))
        else:
            named = review.version.manifest.get("mapping", {}).get("category")
            shown.show_example(self._card.row, self._card.row.category(named), self._system_before(self._card))
        self.query_one("#progress", Painted).show([progress_row(report, self._card, review.pace())])
        self._show_keys()

    def _system_before(self, card: Card) -> str | None:
        if card.row.id != self._system[0]:
            self._system = (card.row.id, card.row.system or None, self._system[1])
        return self._system[2]

    def _show_keys(self) -> None:
        """The bottom line; while a rejection waits, it and the gate line hold the reasons."""
        wanted = _ON_CARD if self._card else _WHEN_DONE
        known = {one.action: one for one in (*self.KEYS, *EVERYWHERE)}
        keys = key_row([known[action] for action in wanted])
        if self._rejecting:
            keys = reason_rows(self.size.width)[1]
        self.query_one("#keys", Painted).show([keys])
        self.show_gate()

    def show_gate(self) -> None:
        if self._rejecting:
            self.query_one("#gate", Painted).show([reason_rows(self.size.width)[0]])
        else:
            super().show_gate()

    # Verdicts.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self._rejecting or action in _WHILE_REJECTING

    def action_verdict(self, verdict: str) -> None:
        self._decide(verdict)

    def action_reject(self) -> None:
        if self._the_card():
            self._rejecting = True
            self._show_keys()

    def action_jump(self, number: int) -> None:
        if not self._rejecting:
            super().action_jump(number)
        elif number <= len(REASONS):
            self._rejecting = False
            self._decide("reject", reason=list(REASONS)[number - 1])

    def action_back(self) -> None:
        if not self._rejecting:
            super().action_back()
            return
        self._rejecting = False
        self._show_keys()

    def action_undo(self) -> None:
        review = self._opened()
        try:
            taken = review.undo()
        finally:
            self._after_a_key()
        self.wizard.say(f"taken back: {taken.verdict}" if taken else "there is no verdict on this version to take back")

    def action_read_on(self) -> None:
        review = self._opened()
        if self._card is None and review.card() is not None:
            self._reading_on = review.report().bound.looked_at
            self._show()

    def _opened(self) -> Review:
        if self._review is None:
            raise UsageError("there is nothing to read", hint="the screen says what is missing; step 2 imports data")
        return self._review

    def _the_card(self) -> Card | None:
        """What is on the screen; None is said: the keys of a fast reader run on when the hundred is read."""
        if self._card is None:
            self.wizard.say("no card is shown: the lines above say what can be done now")
        return self._card

    def _decide(self, verdict: str, reason: str | None = None, after: str | None = None) -> None:
        if not self._the_card():
            return
        review = self._opened()
        try:
            review.decide(verdict, reason=reason, after=after)
        finally:
            # Whatever failed: what is on the screen is what the next key speaks of.
            self._after_a_key()
        if refused := review.unrecorded:
            self.wizard.say(f"the verdict is saved; the gate is not written yet: {refused.message}")

    def _after_a_key(self) -> None:
        """Shows what is next; reads the whole project again only when its gates have changed."""
        seen, stamp = self._seen, self._stamp()
        # The card is drawn after this look, so that it knows what another process wrote before it.
        self._known[-1] = _stamp_of(self.project.reviews)
        if isinstance(seen, tuple) and isinstance(stamp, tuple) and seen[0] == stamp[0]:
            self._seen = stamp
            self._show()
        else:
            self.reload()

    # Mending the answer.

    def action_edit(self) -> None:
        from tui.screens.edit import EditScreen, editable

        card = self._the_card()
        text = self._text_of(card) if card else ""
        if card and not editable(text):
            self.wizard.say("it holds characters that cannot be shown, or is very long: E opens it in $EDITOR")
        elif card:
            self.app.push_screen(EditScreen(text, lambda new: self._save_edit(card, new)))

    def action_editor(self) -> None:
        card = self._the_card()
        if not card:
            return
        with self.app.suspend():
            new = in_editor(self._text_of(card))
        if new == card.row.answer:
            self.wizard.say("the answer is as it was: no verdict")
        else:
            self._save_edit(card, new)

    def _text_of(self, card: Card) -> str:
        row_id, text = self._draft
        return text if row_id == card.row.id else card.row.answer

    def _save_edit(self, card: Card, new: str) -> None:
        """Raises what keeps it from being saved; the text is offered again then."""
        self._draft = (card.row.id, new)
        now = self._opened().card()
        if now is None or now.row.id != card.row.id:
            raise UsageError("the data was changed while you were editing", hint="copy your text, then leave: n")
        self._decide("edit", after=new)
        self._draft = ("", "")

    # What else can be seen and done.

    def action_raw(self) -> None:
        if card := self._the_card():
            self.app.push_screen(Panel("The row as it lies in the data", raw_text(card.row)))

    def action_report(self) -> None:
        review = self._opened()
        self.app.push_screen(Panel(f"Review of {review.version.name}", report_text(review.report(), review.pace())))

    def action_apply(self) -> None:
        report = self._opened().report()
        if not self._opened().bad_rows():
            self.wizard.say("there is nothing to apply: no row was rejected, edited or flagged")
            return
        rows = [row(("No", "strong"), ": leave the data as it is"), row(("Yes", "strong"), ": make the new version")]
        question = Choose("Make a new version of the data?", rows, apply_why(report))
        self.choose(question, lambda answer: self.act("review", "apply") if answer else None)

    def finished(self, command: Sequence[str], document: Any) -> None:
        self.app.push_screen(Panel("The verdicts are applied", applied_text(document)))

    def topic(self) -> list[Row]:
        if self._card is None:
            return []
        reasons = ", ".join(f"{number} {word}" for number, word in enumerate(REASONS.values(), start=1))
        return [row(("This card: ", "strong"), "would you give the model this example?"), row(f"x, then: {reasons}.")]

    def copied(self) -> str:
        if self._card is None:
            return super().copied()
        return f"{next(origin(self._card.row, None))} {self._card.row.id}"


def _stamp_of(path: Any) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
