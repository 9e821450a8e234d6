"""Review: one card, one key, and everything that helps a reader to decide."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from engine.guideline import clarify
from engine.review.verdicts import REASONS
from engine.reviewers import checked_name, keep_reader, log_of, shown_name, take_over, unnamed
from engine.reviewing import BLIND
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.guideline import GuidelineScreen
from tui.screens.panel import Panel
from tui.screens.review_mending import MendingScreen
from tui.screens.review_text import MEANS, applied_text, apply_why, mates_text, raw_text, report_text
from tui.widgets.card import origin
from tui.widgets.painted import Row, row


class ReviewScreen(MendingScreen):
    """The keys of a review."""

    KEYS: ClassVar[Sequence[Key]] = (
        Key("a", "verdict('accept')", "accept", "the row is right as it is"),
        Key("x", "reject", "reject", "the row is wrong and should go; a digit says why"),
        Key("e", "edit", "edit", "it is wrong and you know what is right: mend it here"),
        Key("s", "verdict('skip')", "skip", "you cannot say: the card comes again at the end"),
        Key("f", "verdict('flag')", "flag PII", "personal data is left in it: the row should go"),
        Key("u", "undo", "undo", "take the last verdict back, as often as you like, also after a restart"),
        Key("E", "editor", "$EDITOR", "mend the text in $EDITOR", shown=False),
        Key("r", "queue", "queue", "the next queue: random, risk, candidates, again, disagreements", shown=False),
        Key("g", "guideline", "guideline", "what a correct answer is; e writes its next version", shown=False),
        Key("C", "clarify", "clarify", "add a sentence to the guideline that names this row", shown=False),
        Key("c", "mates", "mates", "the rows that this one is alike, or contradicts", shown=False),
        Key("t", "tokens", "tokens", "the text as the trainer will see it: learned, read, cut off", shown=False),
        Key("d", "raw", "raw row", "the row as it lies in the data: source, id, all columns, every turn", shown=False),
        Key("b", "report", "report", "counts, agreement, and what they say about the rows not looked at", shown=False),
        Key("A", "apply", "apply", "make a new version of the data in which the verdicts are true", shown=False),
        Key("N", "name", "your name", "who reads: each reader has a file of their own", shown=False),
        Key("enter", "read_on", "read on", "after a whole hundred: on to the next card", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Rows of the random queue are drawn by chance and read blind: what the automatic checks say is shown after the "
        "verdict. Rejected, changed and flagged rows are bad; from how many are, follows how many of the rows "
        "that nobody reads can be (95 % confidence). 100 verdicts open the gate, if that share is under the limit. A "
        "skip is no verdict. Every key is saved at once; the data is changed by A alone. r turns to the other queues, "
        "which never enter the bound. Two readers: N gives a name, the first 30 rows are the same for all, and "
        "`tunewright review merge FILE` takes in what another has read. Rows on which readers differ count as bad "
        "until one of them settles it in the queue of disagreements."
    )

    # What helps to decide.

    def action_guideline(self) -> None:
        self.app.push_screen(GuidelineScreen(self.project), lambda _: self.reload())

    def action_clarify(self) -> None:
        card = self._the_card()
        if not card:
            return
        why = [row("It is added to the guideline as its next version, with the place of this row.")]
        question = Ask(
            "How are rows like this to be judged?", why, check=lambda text: clarify(self.project, card.row, text)
        )
        self.ask(question, self._clarified)

    def _clarified(self, _: str) -> None:
        self.tell("added to the guideline; g shows it")

    def action_mates(self) -> None:
        review = self._opened()
        about = "the row just judged" if review.queue in BLIND else "this row"
        if mates := review.mates():
            self.app.push_screen(Panel(f"Rows that {about} is alike", mates_text(mates)))
        else:
            blind = " (this card: after your verdict)" if review.queue in BLIND else ""
            self.wizard.say(f"no rows like {about} are known{blind}")

    def action_tokens(self) -> None:
        from tui.screens.tokens import TokensScreen

        if card := self._the_card():
            self.app.push_screen(TokensScreen(card.row, self._opened().coming()))

    def action_raw(self) -> None:
        if card := self._the_card():
            self.app.push_screen(Panel("The row as it lies in the data", raw_text(card.row)))

    def action_report(self) -> None:
        review = self._opened()
        self.app.push_screen(Panel(f"Review of {review.version.name}", report_text(review.report())))

    # Who reads.

    def action_name(self) -> None:
        why = [
            row("It is shown in the title and remembered on this machine; your verdicts go into a file of that name."),
            row("Two readers of the same rows are compared; empty: without a name."),
        ]
        question = Ask("Who reads?", why, self.reader, check=lambda text: checked_name(text) if text.strip() else None)
        self.ask(question, self._named)

    def _named(self, text: str) -> None:
        name = checked_name(text) if text.strip() else ""
        before = unnamed(self.project)
        if not name or not before or log_of(self.project, name).exists():
            self._read_as(name)
            return
        rows = [
            row(("Mine", "strong"), f": they become those of {name}"),
            row(("Somebody else's", "strong"), ": they stay as they are"),
        ]
        question = Choose(f"{before:,} key presses here have no name. Whose are they?", rows)
        self.choose(question, lambda number: self._read_as(name, mine=number == 0))

    def _read_as(self, name: str, *, mine: bool = False) -> None:
        if mine:
            take_over(self.project, name)
        keep_reader(name)
        self._review = self._card = None
        self.tell(f"you read as {shown_name(name)}")

    # What comes of it.

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
        queue = self._opened().queue
        return [
            row(("This card: ", "strong"), "would you give the model this example?"),
            row((f"Queue {queue}: ", "strong"), MEANS[queue]),
            row(f"x, then: {reasons}."),
        ]

    def copied(self) -> str:
        if self._card is None:
            return super().copied()
        return f"{next(origin(self._card.row, None))} {self._card.row.id}"
