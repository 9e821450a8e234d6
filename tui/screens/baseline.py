"""Baseline: how good the model is before training, so that what training brings can be told."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.evalsets import to_measure
from engine.findings import LEGEND, BaselineFound, found_baseline
from engine.journey import STEPS, by_step
from engine.side_by_side import SideBySide, baselines_side_by_side
from tui.keys import Key, bindings
from tui.screens.measured import SETS_KEYS, MeasuredScreen, tried
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.systems import set_row, system_rows

_SYSTEMS = (
    ("base", "the model of your plan as it is, asked directly"),
    ("base_few_shot", "the same with worked examples from train before the question, as many as fit: no training"),
    ("trivial", "the most frequent training answer, whatever the question: what every model must beat"),
)
_WHY = (
    "Before training, because afterwards nobody can say what training brought. If worked examples are good enough "
    "already, you need not train at all. The sealed test is not touched."
)


class BaselineScreen(MeasuredScreen):
    """Enter measures (`baseline`); then one set is shown at a time."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "baseline.tcss"]
    STEP = "baseline"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("m", "measure", "measure", "measure the base model; answers that are there are kept"),
        *SETS_KEYS,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = f"{_WHY} More sets of rows, and general questions, are named in [evaluate] of project.toml."

    def body(self) -> Iterable[Widget]:
        yield Painted([row((STEPS[self.STEP].asks, "head"))], classes="title")
        yield Lines(id="actions")
        yield Prose(id="found")

    def reload_body(self) -> None:
        found, problem = tried(lambda: found_baseline(self.project))
        new = (found is None) != (self.found is None)
        self.found = found.evaluation if found else None
        text = [*problem, *self._before()] if found is None else self._after(found)
        offers = _offers(found)
        self.offer(offers, next(iter(offers)) if new else None)
        self.query_one("#found", Prose).show(text)

    def side_by_side(self, name: str) -> SideBySide:
        return baselines_side_by_side(self.project, name)

    def _before(self) -> list[Row]:
        items = self.status.items if self.status else ()
        stale = [row(("Measured earlier, but ", "warn"), by_step(one.text)) for one in items if one.state == "stale"]
        systems = [row((f"  {system:<15}", "strong"), what) for system, what in _SYSTEMS]
        return [*stale, row(_WHY), row(""), *self._sets_to_measure(), row(""), row("Three systems answer:"), *systems]

    def _sets_to_measure(self) -> list[Row]:
        sets, problem = tried(lambda: to_measure(self.project))
        named = [row((f"  {name:<15}", "strong"), what) for name, what in sets or ()]
        return problem or [row("These rows are answered:"), *named]

    def _after(self, found: BaselineFound) -> list[Row]:
        name = self.shown_set
        few = (
            f"{found.shots} worked examples" if found.shots else "no few-shot: not one worked example fits the context"
        )
        rows = [set_row(self.sets, name, found.evaluation), *system_rows(found.evaluation, name), row("")]
        rows += [row((f"Measured here {found.measured}; {few}", "dim")), row("")]
        items = self.status.items if self.status else ()
        evidence = [row((f"{one.state}: ", "strong"), by_step(one.text)) for one in items]
        return [*rows, *evidence, row(""), row(LEGEND)]

    def action_measure(self) -> None:
        self.act("baseline")


def _offers(found: BaselineFound | None) -> dict[str, Row]:
    """What can be done, the next thing to do first."""
    if found is None:
        return {"measure": row(("Measure the base model", "strong"), "  before anything is trained")}
    return {
        "next": row(("Go on to Train", "strong")),
        "answers": row(("Read the answers", "strong"), "  prompt, reference and answers, one by one"),
        "measure": row(("Measure again", "strong"), "  answers that are there are kept"),
    }
