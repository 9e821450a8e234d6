"""Personal data as a reviewed difference: one card a finding, one key a decision, then the version without it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.data.certificate import certificate, record_evidence
from engine.data.privacy_rules import KINDS
from engine.data.privacy_scan import Proposal, scanned_version
from engine.data.privacy_shown import card
from engine.data.redaction import Redactions, open_redactions, same_value
from engine.errors import TunewrightError, UsageError
from engine.journey import would_go_stale
from tui.keys import EVERYWHERE, Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.panel import Panel, error_text
from tui.screens.privacy_mark import MarkChoice
from tui.screens.privacy_text import card_rows, done_text, filter_rows, progress_row, redacted_text
from tui.screens.step import StepScreen, key_row
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

_ON_CARD = ("accept('one')", "refuse('one')", "accept('kind')", "undo", "filter", "help", "leave")
_WHEN_DONE = ("apply", "certificate", "mark", "undo", "filter", "help", "leave")
_AROUND = 100
"""Characters on either side of a finding on its card."""
_KEEPING = [
    row("It stays in the data, and the certificate names the reason: your own hotline, an example, no person."),
    row("Write no personal data into the reason: it is kept."),
]


class PrivacyScreen(StepScreen):
    """Opened from the data step; esc goes back to it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "privacy.tcss"]
    AUTO_FOCUS = "#card"
    STEP = "data"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("a", "accept('one')", "redact", "replace it, wherever it stands in this row"),
        Key("x", "refuse('one')", "keep", "it stays, for a reason that you write once"),
        Key("A", "accept('kind')", "all of kind", "replace every open finding of this kind"),
        Key("u", "undo", "undo", "take the last decision back, as often as you like, also after a restart"),
        Key("slash", "filter", "filter", "show only one kind, or what is decided"),
        Key("S", "accept('value')", "same", "replace the same piece of data in all rows", shown=False),
        Key("X", "refuse('value')", "keep same", "keep the same piece of data in all rows", shown=False),
        Key("right,l", "turn(1)", "next finding", "the next finding", shown=False),
        Key("left,h", "turn(-1)", "finding before", "the finding before, decided or not", shown=False),
        Key(
            "m", "mark", "mark", "mark a text in this row, as a name: it is replaced too and kept nowhere", shown=False
        ),
        Key("r", "apply", "make version", "make the version in which the decisions are true", shown=False),
        Key("c", "certificate", "certificate", "what was scanned, redacted and kept; opens the gate", shown=False),
        Key("R", "regions", "regions", "countries whose national phone numbers are known", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "What has a shape is found by rules: e-mail, phone, card, account and identity numbers, addresses on the net. "
        "Each finding is replaced by a surrogate such as <EMAIL_1>, the same in the whole conversation, or kept for a "
        "reason. r makes the new version and scans it again; c certifies it. Names, addresses and organisations have "
        "no shape: m marks what you see."
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: Redactions | None = None
        self._alike: Counter[int] = Counter()
        """Number of a piece of data -> rows that hold it."""
        self._wanted = "open"
        self._shown: list[Proposal] = []
        self._at: int | None = None
        """In `_shown`; None when none is open there."""
        self._reason = ""
        self._scanned: str | None = None
        """The version whose scan was begun here."""

    def body(self) -> Iterable[Widget]:
        yield Painted(id="progress", classes="title")
        yield Prose(id="card")

    def watched(self) -> Sequence[Any]:
        name = self.project.data_version()
        folder = self.project.report_folder(name) if name else self.project.root
        return (*super().watched(), self.project.redactions, folder / "privacy.json", folder / "certificate.json")

    # What is shown.

    def reload_body(self) -> None:
        try:
            self._found = open_redactions(self.project)
        except TunewrightError as error:
            self._found, self._at, self._shown = None, None, []
            self._show_unscanned(error)
            return
        self._alike = Counter(one.value for one in self._found.proposals)
        self._let_through(stay=True)

    def _show_unscanned(self, error: TunewrightError) -> None:
        """The first look scans by itself: that is what the screen was opened for."""
        self.query_one("#progress", Painted).show([row(("Personal data", "head"))])
        waiting = [row(""), row("This version is being scanned: the line below says how far it is.")]
        version = self.project.data_version()
        scans = isinstance(error, UsageError) and version != self._scanned and self.wizard.work is None
        if scans:
            # Once: a scan that failed is not begun again by itself.
            self._scanned = version
            self.act("data", "privacy", "--limit", "0")
        busy = scans or self.wizard.work is not None
        self.query_one("#card", Prose).show(waiting if busy else error_text(str(error), error.hint))

    def _let_through(self, *, stay: bool = False) -> None:
        """The findings that the filter wants; the card stays where it is if it can, else the first open one comes."""
        found, before = self._opened(), self._card()
        self._shown = [one for one in found.proposals if self._passes(one)]
        if self._wanted == "open":
            # What was just decided stays in the list, so that the arrows lead back to it.
            self._shown = list(found.proposals)
        places = {one.id: at for at, one in enumerate(self._shown)}
        if stay and before is not None and before.id in places:
            self._at = places[before.id]
        else:
            self._at = self._next_open(-1)
        self._show()

    def _passes(self, one: Proposal) -> bool:
        said = self._opened().decision(one)
        verdict = {"to redact": "accept", "kept": "refuse"}.get(self._wanted)
        return (said is not None and said.verdict == verdict) if verdict else self._wanted in ("all", "open", one.kind)

    def _next_open(self, after: int) -> int | None:
        """Place of the next one that nobody decided, round the end; of those that are decided, simply the next."""
        if self._wanted in ("to redact", "kept"):
            return after + 1 if after + 1 < len(self._shown) else None
        found = self._opened()
        order = [*range(after + 1, len(self._shown)), *range(0, after + 1)]
        return next((at for at in order if found.decision(self._shown[at]) is None), None)

    def _show(self) -> None:
        found, one = self._opened(), self._card()
        self.query_one("#progress", Painted).show([progress_row(found, self._at, len(self._shown), self._wanted)])
        known = {one.action: one for one in (*self.KEYS, *EVERYWHERE)}
        wanted = _ON_CARD if one else _WHEN_DONE
        self.query_one("#keys", Painted).show([key_row([known[action] for action in wanted])])
        if one is None:
            made = certificate(self.project)
            self.query_one("#card", Prose).show(done_text(found, made.sha256 if made else None))
            return
        shown = card(scanned_version(self.project, found.scanned), one, _AROUND)
        self.query_one("#card", Prose).show(card_rows(shown, one, found.decision(one), self._alike[one.value]))

    def _opened(self) -> Redactions:
        if self._found is None:
            raise UsageError(
                "nothing is scanned yet", hint="wait until the scan is done; the gate line shows how far it is"
            )
        return self._found

    def _card(self) -> Proposal | None:
        return self._shown[self._at] if self._at is not None and self._at < len(self._shown) else None

    def _the_card(self) -> Proposal | None:
        """What is on the screen; None is said."""
        if self._card() is None:
            self.wizard.say("no finding is shown: the lines above say what can be done now")
        return self._card()

    def action_turn(self, places: int) -> None:
        if self._shown:
            at = (len(self._shown) if places < 0 else -1) if self._at is None else self._at
            self._at = (at + places) % len(self._shown)
            self._show()

    # Decisions.

    def _chosen(self, one: Proposal, scope: str) -> list[Proposal]:
        found = self._opened()
        if scope == "value":
            return same_value(found, one)
        return [one] if scope == "one" else [other for other in found.open() if other.kind == one.kind]

    def action_accept(self, scope: str) -> None:
        if one := self._the_card():
            self._opened().decide("accept", self._chosen(one, scope) or [one])
            self._go_on()

    def action_refuse(self, scope: str) -> None:
        one = self._the_card()
        if one is None:
            return

        def keep(reason: str) -> None:
            self._opened().decide("refuse", self._chosen(one, scope), reason)
            self._reason = reason

        self.ask(Ask("Why does it stay?", _KEEPING, self._reason, check=keep), lambda _: self._go_on())

    def action_undo(self) -> None:
        found = self._opened()
        taken = found.undo()
        record_evidence(self.project)
        self.reload()
        if taken and taken.ids:
            self._at = next((at for at, one in enumerate(self._shown) if one.id == taken.ids[0]), self._at)
            self._show()
        self.wizard.say(
            f"taken back: {taken.said}" if taken else "nothing to take back since the last version was made"
        )

    def _go_on(self) -> None:
        """To the next open one. The files were changed by this key: they need not be read again."""
        if certificate(self.project):
            record_evidence(self.project)
        self._seen = self._stamp()
        self._at = self._next_open(-1 if self._at is None else self._at)
        self._show()

    # What else can be done.

    def action_filter(self) -> None:
        offered = filter_rows(self._opened())
        names = [name for name, _ in offered]

        def chosen(number: int) -> None:
            self._wanted, self._at = names[number], None
            self._let_through()

        at = names.index(self._wanted) if self._wanted in names else 0
        self.choose(Choose("Show what?", [one for _, one in offered], cursor=at), chosen)

    def action_mark(self) -> None:
        """In the row of the card; without one, in a row that is asked for: a reader may have flagged it."""
        one = self._card()
        MarkChoice(self, self._opened()).start(one.number if one else None)

    def action_apply(self) -> None:
        counts = self._opened().counts()
        if not (counts.accepted or counts.marked):
            self.wizard.say("nothing is to be redacted yet: a redacts a finding, A all of its kind")
            return
        rows = [row(("No", "strong"), ": leave the data as it is"), row(("Yes", "strong"), ": make the new version")]
        what = f"Replaced: {counts.accepted:,} findings, {counts.marked:,} marked rows"
        why = [
            row(f"{what}. Open, left as they are: {counts.open:,}."),
            row("The old version stays (Versions in Data deletes it); the split is proved again."),
        ]
        if later := would_go_stale(self.statuses):
            why.append(row(f"What was shown goes stale in: {', '.join(later)}. It has to be shown anew."))
        question = Choose("Make the version without them?", rows, why)
        self.choose(question, lambda answer: self.act("data", "redact", "--apply") if answer else None)

    def action_certificate(self) -> None:
        counts = self._opened().counts()
        if counts.open or counts.accepted or counts.marked:
            self.wizard.say("first decide what is open, then r makes the version: it is what is certified")
        else:
            self.act("data", "certificate")

    def action_regions(self) -> None:
        why = [row("Two-letter codes with commas. International numbers are found whatever is said here.")]
        given = ",".join(self._opened().scanned.regions)
        self.ask(
            Ask("National phone numbers of which countries?", why, given),
            lambda codes: self.act("data", "privacy", "--limit", "0", "--regions", codes),
        )

    def finished(self, command: Sequence[str], document: Any) -> None:
        panels: dict[str, Callable[[], Panel]] = {
            "redact": lambda: Panel("The data is redacted", redacted_text(document)),
            "certificate": lambda: Panel("The certificate", _certificate_text(self)),
        }
        self._at = None
        if command[1] in panels:
            self.app.push_screen(panels[command[1]]())

    def action_back(self) -> None:
        if self.wizard.work is not None:
            super().action_back()
        else:
            self.dismiss(None)

    def copied(self) -> str:
        """The id: the data itself does not go to the clipboard."""
        one = self._card()
        return one.id if one else super().copied()

    def topic(self) -> list[Row]:
        one = self._card()
        return [row((f"{one.kind}: ", "strong"), KINDS[one.kind])] if one else []


def _certificate_text(screen: PrivacyScreen) -> list[Row]:
    made = certificate(screen.project)
    return [row(line) for line in made.lines] if made else []
