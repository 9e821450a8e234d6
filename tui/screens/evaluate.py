"""Evaluate: the tuned model against every baseline, on the same rows."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.evaluate.found import forgetting
from engine.findings import LEGEND, RunEvaluation, caveats, evaluation_file, found_evaluation, openings, standing
from engine.journey import STEPS, by_step
from engine.project import RunFolder
from engine.runs.watch import LIVE, watch
from engine.side_by_side import SideBySide, side_by_side
from tui.keys import Key, bindings
from tui.screens.ask import Choose
from tui.screens.measured import SETS_KEYS, MeasuredScreen, tried
from tui.screens.run_choice import RunChoice
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.systems import comparison_rows, set_row, system_rows, verdict_row

_WHY_SEALED = (
    "The test split serves one thing: the last word, when all choices are made. Each opening is counted and shown in "
    "the report, because a test that choices are made on measures nothing any more. It alone decides this gate."
)


class EvaluateScreen(MeasuredScreen):
    """Enter evaluates on validation, or opens the sealed test after asking; then one set is shown at a time."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "evaluate.tcss"]
    STEP = "evaluate"
    KEYS: ClassVar[Sequence[Key]] = (*SETS_KEYS, Key("r", "choose_run", "run", "look at another run"))
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "The tuned model and every baseline answer the same rows. Each comparison is exact McNemar, or sign flips "
        "where rows belong together, with Holm's correction over all of them, and a 95 % interval. Make your choices "
        f"on validation. {_WHY_SEALED} Blind votes, error categories, memorisation, bias and a judge are not built yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self._choice = RunChoice()
        self._run: RunFolder | None = None
        self._shown: object = None
        """Run and time of what is shown: something else begins with its first set and the next thing to do."""

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="actions")
        yield Prose(id="found")

    def reload_body(self) -> None:
        run = self._run = self._choice.of(self)
        found, problem = tried(lambda: found_evaluation(run) if run else None)
        self.found = found.evaluation if found else None
        shown = (self._run, found.measured if found else None)
        new = shown != self._shown
        if new:
            self._shown, self._turned = shown, 0
        self.query_one("#title", Painted).show([self._title()])
        self.offer(self._offers(found), self._next(found) if new else None)
        self.query_one("#found", Prose).show([*problem, *self._text(found)])

    def watched(self) -> Sequence[Path]:
        return (*super().watched(), *(evaluation_file(run) for run in (self._run,) if run))

    def side_by_side(self, name: str) -> SideBySide:
        assert self._run is not None
        return side_by_side(self._run, name)

    @property
    def _has_model(self) -> bool:
        return self._run is not None and self._run.model.exists()

    def _title(self) -> Row:
        run = f"   {self._run.id}: {standing(self._run)}" if self._run else ""
        return row((STEPS[self.STEP].asks, "head"), run)

    @property
    def _free(self) -> bool:
        return self.status is not None and not self.status.open

    def _offers(self, found: RunEvaluation | None) -> dict[str, Row]:
        if not self._has_model:
            return {"train": row(("Go to Train", "strong"))}
        again = " again" if found else ""
        count = openings(self.project)
        validate = row((f"Evaluate on validation{again}", "strong"), "  as often as you like: choices are made on it")
        test = row(("Open the sealed test", "strong"), f"  the last word, asked first; opened so far: {count}")
        answers = (
            {"answers": row(("Read the answers side by side", "strong"), f"  on {self.shown_set}")} if found else {}
        )
        onward = {"next": row(("Go on to Ship", "strong"))} if self._free else {}
        return {"validate": validate, "open_test": test, **answers, **onward}

    def _next(self, found: RunEvaluation | None) -> str:
        """What a person should do now."""
        if not self._has_model:
            return "train"
        if self._free:
            return "next"
        if found is None:
            return "validate"
        return "open_test" if found.evaluation.better("validation") and not found.test_opened else "answers"

    def _text(self, found: RunEvaluation | None) -> list[Row]:
        if found is not None:
            return self._results(found)
        if self._run is None:
            return [row("There is no run yet: step 7 trains one, and then it is compared here with the baselines.")]
        if not self._has_model:
            return self._unfinished(self._run)
        return [
            row(
                f"{self._run.id} has not been evaluated. The baselines were measured before training; now the tuned "
                "model answers the same rows, and every difference is shown with its interval and in words."
            ),
            row(""),
            row(_WHY_SEALED),
        ]

    def _unfinished(self, run: RunFolder) -> list[Row]:
        view = watch(run)
        said = [row((f"{run.id} has no model yet: it is {view.state}. ", "strong"), by_step(view.reason))]
        way = "It can be evaluated when it has finished" if view.state in LIVE else "It can be resumed there"
        return [*said, row(f"{way}: step 7 shows it. r looks at another run.")]

    def _results(self, found: RunEvaluation) -> list[Row]:
        evaluation, name = found.evaluation, self.shown_set
        rows = [set_row(self.sets, name, evaluation), *system_rows(evaluation, name), row("")]
        rows += [*comparison_rows(evaluation, name), verdict_row(evaluation, name)]
        if forgotten := forgetting(evaluation):
            rows.append(row(("Forgetting: ", "strong"), forgotten))
        notes = [row(("Note: ", "warn"), one) for one in caveats(found.run)]
        when = found.test_opened if name == "test" else found.measured
        source = row((f"Measured here {when} · openings of the test: {found.test_openings}", "dim"))
        return [*rows, *notes, source, row(""), row(LEGEND)]

    def action_train(self) -> None:
        self.wizard.jump("train")

    def action_validate(self) -> None:
        assert self._run is not None
        self.act("evaluate", self._run.id)

    def action_open_test(self) -> None:
        assert self._run is not None
        number = openings(self.project) + 1
        rows = [row("Not yet: leave it sealed"), row(f"Open it for {self._run.id}: this is opening number {number}")]
        question = Choose(f"Open the sealed test for {self._run.id}?", rows, [row(_WHY_SEALED)])
        name = self._run.id
        self.choose(question, lambda chosen: self.act("evaluate", name, "--test") if chosen else None)

    def action_choose_run(self) -> None:
        self._choice.ask(self, self.reload)
