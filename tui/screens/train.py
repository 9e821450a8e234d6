"""Train: a run is started, watched while it goes, stopped, resumed; it needs none of this to go on."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget
from textual.worker import get_current_worker

from engine.errors import UsageError
from engine.journey import STEPS, by_step
from engine.plan.estimate import stored_estimate
from engine.plan.recipe import planned
from engine.project import RunFolder
from engine.runs.watch import RunView, watch, without_recipe
from tui.keys import Key, bindings
from tui.messages import RunRead
from tui.screens.ask import Choose
from tui.screens.runs import Picked, RunsScreen
from tui.screens.step import StepScreen
from tui.widgets.curve import Curve
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.run_rows import Numbers, head_row, word_rows

_POLL_S = 0.5
_PATIENCE_S = 0.3
"""A run of 100,000 points is read in that time; who waits longer is told."""
_LOW = 20
"""Rows of a terminal below which the curve needs those of the small ones."""


class TrainScreen(StepScreen):
    """Shows the newest run, or the one that the person chose; Enter does what comes next for it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "train.tcss"]
    STEP = "train"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("x", "stop", "stop", "stop the run after its next step: asks first, and the checkpoint is kept"),
        Key("r,o", "runs", "runs", "every run with its curve: look at another one, or lay it over this one"),
        Key("left", "read(-1)", "read", "the numbers of a point of the curve: one column to the left"),
        Key("right", "read(1)", "read", "the numbers of a point: one column to the right", shown=False),
        Key("L", "logarithm", "log", "the losses on a logarithmic axis, or on a linear one", shown=False),
        Key("s", "smooth", "smooth", "the smoothed loss over the raw one, or the raw one alone", shown=False),
        Key("0", "reset", "reset", "linear, smoothed, no numbers read", shown=False),
        Key("t", "train", "train", "start a run of the plan; it goes on without this terminal", shown=False),
        Key("c", "resume", "resume", "continue the run from its newest whole checkpoint", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "A run is a process of its own: close the terminal, lose the connection, kill the wizard, and it goes on. All "
        "that is shown comes from its folder, measured by the run itself; the time left is estimated from the pace of "
        "its last 50 points. The best checkpoint by validation loss becomes the model. A diagnosis that names rows is "
        "not built yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self._view: RunView | None = None
        self._chosen: RunFolder | None = None
        """Asked for; None: the newest."""
        self._reading: RunFolder | None = None
        self._over: tuple[RunView, ...] = ()
        self._drawn: object = None
        """What of the runs the curve has drawn."""
        self._plan: tuple[str, Row] = ("", ())
        """What to do about the plan, train or plan, and the words after it."""
        self._offered: list[str] = []
        """What each line does: the method action_<name>."""

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="actions")
        yield Curve(id="curve")
        yield Numbers(id="numbers")
        yield Prose(id="words")

    def on_mount(self) -> None:
        self.set_interval(_POLL_S, self._poll)

    # What is read.

    def reload_body(self) -> None:
        self.set_class(self.app.size.height < _LOW, "-low")
        self._plan = self._next_of_plan()
        run = self._run()
        if run is not None and (self._view is None or self._view.run != run):
            self._begin_reading(run)
        elif run is None:
            self._view = None
        self._refresh()

    def _run(self) -> RunFolder | None:
        """The run to show: the chosen one, the newest, or the one on the screen even if its recipe was deleted."""
        runs = self.project.all_runs()
        shown = self._view.run if self._view and self._view.run.path.is_dir() else None
        return self._chosen if self._chosen in runs else runs[-1] if runs else shown

    def _begin_reading(self, run: RunFolder) -> None:
        if self._reading != run:
            self._reading = run
            self._read(run)
            self.set_timer(_PATIENCE_S, self._tell_reading)

    @work(thread=True, exclusive=True, group="read")
    def _read(self, run: RunFolder) -> None:
        view = watch(run)
        if not get_current_worker().is_cancelled:
            self.post_message(RunRead(view))

    def _tell_reading(self) -> None:
        if self._reading is not None:
            self.query_one("#title", Painted).show([row((self._reading.id, "head"), " reading ...")])

    def on_run_read(self, message: RunRead) -> None:
        self._reading = None
        if message.view.run == self._run():
            self._view = message.view
        self.reload_body()

    def _poll(self) -> None:
        if self.is_current and self._reading is None:
            self._refresh()

    def _refresh(self) -> None:
        # Not in a thread: what is new takes half a millisecond, and the curve draws from the very columns that grow.
        if self._reading is not None:
            return
        for view in (self._view, *self._over):
            if view is not None:
                view.refresh()
        self._show()

    # What is shown.

    def _show(self) -> None:
        view = self._view
        self.set_class(view is None, "-none")
        self.set_class(view is not None and view.live, "-live")
        self._offer(view)
        title, words = self._before() if view is None else (head_row(view), word_rows(view))
        self.query_one("#title", Painted).show([title])
        self.query_one("#words", Prose).show(words)
        if view is not None:
            self.query_one(Numbers).show_run(view)
            self._draw(view)

    def _draw(self, view: RunView) -> None:
        drawn = [
            (one.run, one.steps, len(one.metrics), one.metrics.cuts, len(one.evals), one.evals.cuts)
            for one in (view, *self._over)
        ]
        if drawn != self._drawn:
            self._drawn = drawn
            self.query_one(Curve).show(view)

    def _offer(self, view: RunView | None) -> None:
        offered = self._offers(view)
        new = list(offered) != self._offered
        self._offered = list(offered)
        self.query_one("#actions", Lines).show(offered.values(), cursor=0 if new else None)

    def _offers(self, view: RunView | None) -> dict[str, Row]:
        """What can be done, the next thing to do first."""
        action, said = self._plan
        if view is None:
            return {action: said}
        if view.live:
            return {"stop": row((f"Stop {view.run.id} after its next step", "strong"), "  asks first")}
        runs = row(("Look at all runs", "strong"), "  with their curves")
        if not view.way:
            return {**self._after_the_end(view), action: said, "runs": runs}
        start = f"from step {view.checkpoint}" if view.checkpoint else "from its beginning"
        resume = row((f"Resume {view.run.id}", "strong"), f"  {start}")
        plan = row(("Go back to the plan (step 5)", "strong"), "  and change it")
        if view.way == "plan":
            return {"plan": plan, "resume": resume, action: said}
        return {"resume": resume, action: said, "plan": plan}

    def _after_the_end(self, view: RunView) -> dict[str, Row]:
        state = self.status.state if self.status else "not checked"
        if state in ("passed", "waived"):
            return {"next": row(("Go on to Evaluate", "strong"))}
        if state == "not checked":
            return {"resume": row(("Record what it has shown", "strong"), "  what watched over it was killed")}
        return {}

    def _next_of_plan(self) -> tuple[str, Row]:
        try:
            recipe = planned(self.project)
        except UsageError as error:
            return "plan", row(("Make a plan (step 5)", "strong"), f"  {by_step(error.message)}")
        estimate = stored_estimate(self.project, recipe.hash())
        steps = f", {estimate.steps:,} steps" if estimate else ""
        start = "Start a new run" if self.project.all_runs() else "Start training"
        return "train", row((start, "strong"), f"  (plan: {recipe.method}{steps})")

    def _before(self) -> tuple[Row, list[Row]]:
        if self._reading is not None:
            return row(""), []
        told = [
            "It trains what the plan says, on this machine, in a process of its own: it goes on without this terminal. "
            "Close it, lose the connection, come back: this screen shows where it is.",
            "After each validation a checkpoint is kept. x stops after the next step, c goes on from there.",
            "Shown while it runs: loss and validation loss, learning rate, gradient norm, useful tokens a second.",
        ]
        torn = [row((f"{name}: ", "bad"), "recipe.toml is missing") for name in without_recipe(self.project)]
        words = [*torn, *(part for one in told for part in (row(one), row("")))]
        return row((STEPS[self.STEP].asks, "head"), "   no run yet"), words

    def topic(self) -> list[Row]:
        if self._view is None:
            return []
        curve = (
            "raw losses dim, their moving average bold, each validation a diamond, over all planned steps: you see how "
            "far it is. A cross on top is a loss that is no number, or none for a logarithmic axis; the words above "
            "say at which step."
        )
        small = (
            "one bar for a stretch of the planned steps, each row on an axis of its own. All is measured by the run."
        )
        return [row(("The curve: ", "strong"), curve), row(("Below it: ", "strong"), small)]

    def copied(self) -> str:
        return str(self._view.run.path if self._view else self.project.root)

    # What is done.

    @on(Lines.Chosen, "#actions")
    async def _enter(self, event: Lines.Chosen) -> None:
        await self.run_action(self._offered[event.index])

    def action_plan(self) -> None:
        self.wizard.jump("plan")

    def action_train(self) -> None:
        self.act("train")

    def finished(self, command: Sequence[str], document: Any) -> None:
        if command[0] == "train":
            self._chosen = None
            self.wizard.call_later(self.say, f"{document['run']} is started; it goes on without this terminal")

    def action_stop(self) -> None:
        view = self._view
        if view is None or not view.live:
            self.say(f"{view.run.id} is not going: it is {view.state}" if view else "there is no run to stop yet")
            return
        name = view.run.id
        rows = [row(("Let it go on", "strong")), row((f"Stop {name}", "strong"), "  c, or Enter there, continues it")]
        why = [row("It saves a whole checkpoint after its next step and ends. Nothing that was trained is lost.")]
        question = Choose(f"Stop {name}?", rows, why)
        self.choose(question, lambda number: self.act("stop", name) if number else None)

    def action_resume(self) -> None:
        view = self._view
        if view is None or view.live:
            self.say(f"{view.run.id} is going: it is {view.state}" if view else "there is no run yet: t starts one")
            return
        self.act("resume", view.run.id)

    def action_runs(self) -> None:
        if not self.project.all_runs():
            self.say("there is no run yet: t starts one")
            return
        self.app.push_screen(RunsScreen(self.project, self._view, self._over), self.answered(self._picked))

    def _picked(self, picked: Picked) -> None:
        self._chosen = None if picked.view.run == self.project.all_runs()[-1] else picked.view.run
        self._view, self._over, self._reading, self._drawn = picked.view, picked.over, None, None
        self.query_one(Curve).overlay(self._over)
        self._refresh()

    def action_read(self, direction: int) -> None:
        self.query_one(Curve).read(direction)

    def action_logarithm(self) -> None:
        self.query_one(Curve).logarithm()

    def action_smooth(self) -> None:
        self.query_one(Curve).smooth()

    def action_reset(self) -> None:
        self.query_one(Curve).reset()
