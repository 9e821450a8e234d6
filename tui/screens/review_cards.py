"""Going from card to card: what is shown, and the verdicts."""

from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget

from engine.data.titles import title
from engine.errors import TunewrightError, UsageError
from engine.review.report import Report
from engine.review.verdicts import QUEUES, RANDOM, REASONS, Decision
from engine.reviewers import keep_queue, kept_queue, kept_reader, log_of, readers
from engine.reviewing import Card, Review, open_review
from tui.keys import EVERYWHERE
from tui.screens.review_text import (
    MEANS,
    done_text,
    progress_rows,
    queue_done_text,
    reason_rows,
    trouble_text,
)
from tui.screens.step import StepScreen, key_row
from tui.widgets.card import ExampleCard
from tui.widgets.painted import Painted, row

_WHILE_REJECTING = ("jump", "back", "leave", "help")
"""What can be done while a rejection waits for its reason; scrolling is the card's own."""
_ON_CARD = ("verdict('accept')", "reject", "edit", "verdict('skip')", "verdict('flag')", "undo", "help")
_WHEN_DONE = ("next", "read_on", "apply", "report", "queue", "help", "leave")


class CardScreen(StepScreen):
    """Shows the card of one queue after the other; stops at each whole hundred, where the bound is taken."""

    STEP = "review"

    def __init__(self) -> None:
        super().__init__()
        self._review: Review | None = None
        self._queue = ""
        self._known: dict[Path, tuple[int, int]] = {}
        """Stamps of the files that the review has taken in."""
        self._card: Card | None = None
        """What the keys speak of: only what is on the screen."""
        self._system: tuple[str, str | None, str | None] = ("", None, None)
        """(id of the card's row, its system text, that of the card before)."""
        self._rejecting = False
        self._reading_on = -1
        """Verdicts at which the reader chose to go on."""
        self._word = ""
        """What there is to say of the row just judged, until the next key that changes something."""

    def body(self) -> Iterable[Widget]:
        progress = Painted(id="progress", classes="title")
        progress.styles.height = "auto"
        yield progress
        yield ExampleCard(id="card")

    @property
    def reader(self) -> str:
        """Who sits before this machine."""
        return kept_reader()

    # What is shown.

    def reload_body(self) -> None:
        self._queue = self._queue or kept_queue(self.project)
        files = {path: _stamp_of(path) for path in self._files()}
        try:
            if self._review is None or files != self._known:
                self._review, self._known = None, files
                self._review = open_review(self.project, self._queue, self.reader)
            self._review.record()
            self._show()
        except TunewrightError as error:
            self._review = self._card = None
            self._show_trouble(error)

    def _files(self) -> list[Path]:
        own = log_of(self.project, self.reader)
        return [*dict.fromkeys([self.project.settings_file, own, *readers(self.project).values()])]

    def _stamp(self) -> object:
        return super()._stamp(), [_stamp_of(path) for path in self._files()]

    def _show_trouble(self, error: TunewrightError) -> None:
        self._rejecting = False
        self.query_one("#progress", Painted).show([row((f"Review: {self._queue}", "head"))])
        self.query_one(ExampleCard).show(trouble_text(error, self.project.data_version() is not None))

    def _show(self) -> None:
        """The card that waits, or what came of a whole hundred."""
        review = self._opened()
        before, card, report = self._card, review.card(), review.report()
        if report.own < self._reading_on:
            self._reading_on = -1
        rest = review.queue == RANDOM and report.whole and self._reading_on != report.own
        self._card = None if rest else card
        if self._card is None or before is None or self._card.row.id != before.row.id:
            self._rejecting = False
        if self._card is None:
            self._show_done(review, report, card)
        else:
            self._show_card(review, self._card)
        progress = progress_rows(review, report, self._card, f"reader {self.reader}" if self.reader else "")
        self.query_one("#progress", Painted).show(progress)
        self._show_keys()

    def _show_card(self, review: Review, card: Card) -> None:
        named = review.version.manifest.get("mapping", {}).get("category")
        category = card.row.category(named)
        self.query_one(ExampleCard).show_example(card.row, category, self._system_before(card), card.why)

    def _show_done(self, review: Review, report: Report, card: Card | None) -> None:
        if review.queue == RANDOM:
            text = done_text(report, review.evidence(), more=card is not None)
        else:
            text = queue_done_text(review)
        self.query_one(ExampleCard).show(text)

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
        elif self._word and self.wizard.work is None:
            self.say(self._word)
        else:
            super().show_gate()

    def tell(self, word: str) -> None:
        """Shows the project anew and says a word in the gate line, which stays until the next verdict."""
        self._word = word
        self.reload()

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
        review, self._word = self._opened(), ""
        try:
            taken = review.undo()
        finally:
            self._after_a_key()
        self.wizard.say(f"taken back: {taken.said}" if taken else "there is no verdict on this version to take back")

    def action_read_on(self) -> None:
        review = self._opened()
        if self._card is None and review.card() is not None:
            self._reading_on = review.report().own
            self._show()

    def action_queue(self) -> None:
        """On to the next queue; each keeps its place."""
        at = QUEUES.index(self._queue or RANDOM)
        self.turn_to(QUEUES[(at + 1) % len(QUEUES)])

    def turn_to(self, queue: str) -> None:
        """Shows another queue."""
        self._queue, self._review, self._card, self._word = queue, None, None, ""
        keep_queue(self.project, queue)
        self.reload()
        self.wizard.say(f"{queue}: {MEANS[queue]}")

    def _opened(self) -> Review:
        if self._review is None:
            raise UsageError("there is nothing to read", hint="the screen says what is missing; step 2 imports data")
        return self._review

    def _the_card(self) -> Card | None:
        """What is on the screen; None is said: the keys of a fast reader run on when the hundred is read."""
        if self._card is None:
            self.wizard.say("no card is shown: the lines above say what can be done now")
        return self._card

    def _decide(self, verdict: str, reason: str | None = None) -> None:
        card = self._the_card()
        if not card:
            return
        meanwhile = self.write(verdict, card, reason=reason)
        if meanwhile:
            self.wizard.say(f"not written: judged meanwhile in another window: {meanwhile.said}; u takes that back")

    def write(
        self, verdict: str, card: Card, *, reason: str | None = None, after: str | None = None,
        part: str | None = None, over: bool = False,
    ) -> Decision | None:  # fmt: skip
        """Gives `card` a verdict, shows the next, and says what is to be known of it; see Review.decide."""
        review, self._word = self._opened(), ""
        try:
            meanwhile = review.decide(verdict, reason=reason, after=after, part=part, card=card, over=over)
            self._word = _word(review) if meanwhile is None else ""
        finally:
            # Whatever failed: what is on the screen is what the next key speaks of.
            self._after_a_key()
        return meanwhile

    def _after_a_key(self) -> None:
        """Shows what is next; reads the whole project again only when its gates have changed."""
        seen, stamp = self._seen, self._stamp()
        # The card is drawn after this look, so that it knows what another process wrote before it.
        own = log_of(self.project, self.reader)
        self._known[own] = _stamp_of(own)
        if isinstance(seen, tuple) and isinstance(stamp, tuple) and seen[0] == stamp[0]:
            self._seen = stamp
            self._show()
        else:
            self.reload()


def _word(review: Review) -> str:
    """What there is to say of the row just judged: the gate that waits, new personal data, what the checks knew."""
    if refused := review.unrecorded:
        return f"the verdict is saved; the gate is not written yet: {refused.message}"
    if review.noticed:
        return f"saved; your text holds personal data: {', '.join(review.noticed)}. u takes it back"
    flags = review.revealed()
    more = f" +{len(flags) - 1}" if len(flags) > 1 else ""
    mates = " (c shows the others)" if flags and review.mates() else ""
    return f"just judged, the checks say: {title(flags[0][0])}{more}{mates}: {flags[0][1]}" if flags else ""


def _stamp_of(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
