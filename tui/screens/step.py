"""What all nine steps share: rail, body, the line that says why Next is blocked, keys, help, work in the background."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget

from engine import journey
from engine.errors import TunewrightError, as_ours
from engine.journey import StepStatus, by_step
from engine.project import Project
from tui.keys import EVERYWHERE, Key, bindings, footer
from tui.screens.ask import Ask, Choose
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, key_text
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.rail import LEGEND, Rail

if TYPE_CHECKING:
    from tui.app import Wizard

_LOOK_S = 1.0
"""Between looks at the project's files; nothing is painted unless they have changed."""


class StepScreen(ErrorNet, Screen[None]):
    """One step. A step overrides STEP, KEYS, ABOUT, body() and reload_body()."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss"]
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "Lines, Prose"
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)

    STEP: ClassVar[str]
    """Key in engine.journey."""
    KEYS: ClassVar[Sequence[Key]] = ()
    """The step's own; its class also sets BINDINGS = bindings(KEYS)."""
    ABOUT: ClassVar[str]
    """What is done here and why, for the help; and what it does not do yet."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: object = None
        self.status: StepStatus | None = None
        self.statuses: Sequence[StepStatus] = ()

    # What a step gives.

    def body(self) -> Iterable[Widget]:
        """The widgets between rail and gate line."""
        raise NotImplementedError

    def reload_body(self) -> None:
        """Reads what the step shows and shows it; called when the screen opens and when the project changes."""
        raise NotImplementedError

    def topic(self) -> list[Row]:
        """Help for what is marked or focused now; empty when there is nothing particular to say."""
        return []

    def copied(self) -> str:
        """What `y` copies: by default the marked row."""
        focused = self.focused
        if isinstance(focused, Lines) and focused.rows:
            return "".join(text for text, _ in focused.rows[focused.cursor]).strip()
        return str(self.project.root)

    def finished(self, command: Sequence[str], document: Any) -> None:
        """A command that this step began has ended well; the body is reloaded after it."""

    def watched(self) -> Sequence[Path]:
        """Files whose change reloads the screen; a step adds its own."""
        return (self.project.settings_file, self.project.audit)

    # What a step uses.

    @property
    def wizard(self) -> "Wizard":
        return cast("Wizard", self.app)

    @property
    def project(self) -> Project:
        project = self.wizard.project
        assert project is not None
        return project

    def act(self, *command: str) -> None:
        """Runs the twin command in the background; progress is shown in the gate line, an error in a panel."""
        self.wizard.begin(command, self)

    def act_meanwhile(self, *command: str) -> None:
        """The same for what nobody asked for: it is dropped when a person begins something else."""
        self.wizard.begin(command, self, gives_way=True)

    def ask(self, question: Ask, then: Callable[[str], None]) -> None:
        """Asks for a text; `then` is called with it unless the person cancels."""
        self.app.push_screen(question, self.answered(then))

    def choose(self, question: Choose, then: Callable[[int], None]) -> None:
        """Asks for one of several; `then` is called with its number unless the person cancels."""
        self.app.push_screen(question, self.answered(then))

    def unless_stale(self, act: Callable[[], None]) -> None:
        """Acts; where later steps rest on the present version, only after a yes."""
        later = journey.would_go_stale(journey.read(self.project))
        if not later:
            act()
            return
        why = [row("Their evidence rests on the present version. Nothing is deleted; it has to be shown anew.")]
        rows = [row(("no, leave it as it is", "strong")), row(("yes, make a new version", "strong"))]
        question = f"A new version makes what was shown stale in: {', '.join(later)}. Go on?"
        self.choose(Choose(question, rows, why), lambda number: act() if number else None)

    # What all steps do.

    def compose(self) -> ComposeResult:
        yield Rail(id="rail")
        with Vertical(id="body"):
            yield from self.body()
        yield Painted(id="gate")
        yield Painted(id="keys")

    def on_mount(self) -> None:
        self.set_interval(_LOOK_S, self.look)
        self.reload()

    def on_screen_resume(self) -> None:
        # The first one comes before the widgets are there.
        if self._seen is not None:
            self.reload()

    def on_resize(self) -> None:
        if self.status is not None:
            self.reload()

    def look(self) -> None:
        """Reloads if another process, or a run, has changed the project."""
        if self.is_current and self._stamp() != self._seen:
            self.reload()

    def _stamp(self) -> object:
        stamps = []
        for path in self.watched():
            try:
                found = path.stat()
                stamps.append((found.st_mtime_ns, found.st_size))
            except OSError:
                stamps.append((0, 0))
        return stamps

    def reload(self) -> None:
        """Reads the project again. What cannot be read is said in the gate line; the screen stays."""
        self._seen = self._stamp()
        self.query_one("#keys", Painted).show([key_row(footer(self.KEYS))])
        try:
            statuses = self.statuses = journey.read(self.project)
            self.status = next(one for one in statuses if one.step.key == self.STEP)
            self.query_one(Rail).show_steps(statuses, self.STEP)
            self.reload_body()
        except (TunewrightError, OSError) as refused:
            error = as_ours(refused)
            self.query_one("#gate", Painted).show(
                [row((error.message, "bad"), f" · {error.hint}", (f" · {error.where or ''}", "dim"))]
            )
            return
        self.show_gate()

    def say(self, text: str) -> None:
        """A word in the gate line; the next change of the project, or of the work, takes its place."""
        self.query_one("#gate", Painted).show([row((text, "strong"))])

    def show_gate(self) -> None:
        """The gate line: progress of the work that runs, else why Next is blocked and what lifts it."""
        working = self.wizard.working_row()
        if working is None and self.statuses:
            working = gate_row(self.statuses, self.STEP)
        self.query_one("#gate", Painted).show([working or row("")])

    def on_lines_paged(self, message: Lines.Paged) -> None:
        """pgdn and space turn the text below a list that shows all it has."""
        for text in self.query(Prose):
            text.action_page(message.pages)

    def action_next(self) -> None:
        self.wizard.step_by(1)

    def action_previous(self) -> None:
        self.wizard.step_by(-1)

    def action_jump(self, number: int) -> None:
        self.wizard.jump(list(journey.STEPS)[number - 1])

    def action_back(self) -> None:
        if self.wizard.work is not None:
            self.wizard.work.cancel()
        else:
            self.wizard.show_projects()

    def action_leave(self) -> None:
        self.wizard.leave()

    def action_help(self) -> None:
        about = [row((f"{self.STEP.title()}: {journey.STEPS[self.STEP].asks}", "strong")), row(self.ABOUT)]
        twin = row(("The same by command, outside the wizard: ", "dim"), journey.STEPS[self.STEP].command)
        topic = self.topic()
        text = [*topic, *([row("")] if topic else []), *about, row(""), twin, *self._gate_text(), *key_text(self.KEYS)]
        self.app.push_screen(Panel("Help", [*text, row(""), LEGEND]))

    def _gate_text(self) -> list[Row]:
        items = self.status.items if self.status else ()
        return [row(("Gate: ", "strong"), f"{one.means}: {one.state}. {by_step(one.text)}") for one in items]

    def action_copy(self) -> None:
        self.wizard.copy(self.copied())

    def action_palette(self) -> None:
        self.wizard.palette([*self.KEYS, *EVERYWHERE])

    def action_waive(self) -> None:
        waivable = [one for one in self.status.items if one.state not in ("passed", "waived")] if self.status else []
        if not waivable:
            self.wizard.say("there is nothing to waive here: every item of this gate is passed or waived")
        elif len(waivable) == 1:
            self._waive(waivable[0].item)
        else:
            rows = [row((one.means, "strong"), f": {one.state}. {one.text}") for one in waivable]
            self.choose(Choose("Waive which item of this gate?", rows), lambda n: self._waive(waivable[n].item))

    def _waive(self, item: str) -> None:
        means = journey.STEPS[self.STEP].items[item]
        why = [row("It is kept in the audit log and shown wherever this gate is shown. Nothing is deleted.")]

        def waive(reason: str) -> None:
            with self.project.changing(f"waive {self.STEP} {item}"):
                journey.waive(self.project, self.STEP, item, reason)

        # Waived while the box is open: a reason that cannot be kept now is not lost.
        self.ask(Ask(f"Go on without: {means}. Your reason?", why, check=waive), lambda _: self.reload())


def key_row(keys: Sequence[Key]) -> Row:
    """The bottom line."""
    return tuple(part for one in keys for part in ((one.cap, "strong"), (f" {one.label}  ", "")))


def gate_row(statuses: Sequence[StepStatus], current: str) -> Row:
    """Why Next is blocked and what lifts it, or that the way is free; what matters stands in the first 80 cells."""
    here = next(number for number, one in enumerate(statuses) if one.step.key == current)
    if statuses[here].open:
        one = statuses[here].blocking[0]
        more = f" (+{len(statuses[here].blocking) - 1})" if len(statuses[here].blocking) > 1 else ""
        state = "" if one.state == "not checked" else f" ({one.state})"
        why = f" · {by_step(one.text)}" if state else ""
        return row(
            ("Next is blocked: ", "bad"), f"{journey.IN_SHORT[one.item]}{state}{more} · ? says how · w waives{why}"
        )
    earlier = next((number for number in range(here) if statuses[number].open), None)
    if earlier is not None:
        closed = statuses[earlier]
        item = journey.IN_SHORT[closed.blocking[0].item]
        name = f"{earlier + 1} {closed.step.key.title()}"
        return row(("Next is blocked by step ", "bad"), f"{name}: {item} · {earlier + 1} goes there")
    said = by_step("; ".join(one.text for one in statuses[here].items))
    return row((f"Next is free ({statuses[here].state}): ", "good"), said)


def blocked_text(status: StepStatus) -> list[Row]:
    """All that holds the road up at a step, in full."""
    rows: list[Row] = []
    for one in status.blocking:
        way = status.step.command if one.state == "not checked" else one.text
        rows += [row((one.means, "strong"), f": {one.state}"), row(f"    {by_step(way)}"), row("")]
    return [*rows, row("The marked line of the step does it. ", ("w", "strong"), " goes on without it, for a reason.")]
