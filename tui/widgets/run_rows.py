"""One run as rows: how it stands, its numbers with small curves, what is wrong with it, a line of the list of runs."""

import math

from engine.duration import roughly
from engine.journey import by_step
from engine.runs.axis import short
from engine.runs.spark import bars, fitted, sampled
from engine.runs.watch import RunView
from tui.widgets.painted import Painted, Row, row

_ROLES = {"running": "good", "finished": "good", "failed": "bad", "lost": "bad"}
_NUMBERS = (
    ("learning rate", "learning_rate", ""),
    ("gradient norm", "grad_norm", ""),
    ("tokens/s", "tokens_per_s", " useful tokens/s"),
)
"""Label, column of the metrics, unit."""
_LABEL, _VALUE = 15, 25
_CURVE = 12
_TITLES = f"{'state':<9}{'step':>12}  {'loss':<{_CURVE}}{'now':>8}{'valid.':>8}{'best':>6}  left"
HEAD = row((f"  {'run':<8}{_TITLES}", "dim"))
"""Above the lines of the list."""


def head_row(view: RunView) -> Row:
    """Name, state, step of steps, time left, newest checkpoint."""
    parts = [f"step {view.step} of {view.steps}"] if view.steps else []
    if view.eta_s is not None:
        parts.append(f"{roughly(view.eta_s)} left (estimated)")
    if view.checkpoint is not None:
        parts.append(f"checkpoint {view.checkpoint}")
    return row((view.run.id, "head"), " ", (view.state, _ROLES.get(view.state, "warn")), f"  {' · '.join(parts)}")


def word_rows(view: RunView) -> list[Row]:
    """What a person should know: trouble first, then why it ended and what to do; at last what the run has noted."""
    rows = [row(("! ", "bad"), view.trouble)] if view.trouble else []
    if view.reason:
        rows.append(row((f"{view.state}: ", _ROLES.get(view.state, "warn")), view.reason))
    if view.hint:
        # The one command that is a key where these rows are shown.
        hint = view.hint.replace(f"tunewright resume {view.run.id}", "c (resume)")
        rows.append(row(("What to do: ", "strong"), by_step(hint)))
    notes = [row(("Note: ", "warn"), note) for note in view.notes[:-4:-1]]
    return [*rows, *_state_words(view), *notes]


def _state_words(view: RunView) -> list[Row]:
    if view.live:
        waits = "" if view.metrics else "It loads its libraries and the model, some seconds. "
        return [row((f"{waits}It goes on without this terminal: q leaves, and you find it here again.", "dim"))]
    if view.state == "finished":
        best = f" The best by validation is step {view.best_step}; it is kept." if view.best_step else ""
        return [row(f"It has run to its end.{best}")]
    if not view.metrics:
        return [row("It ended before its first step.")]
    kept = f"The checkpoint of step {view.checkpoint} is kept." if view.checkpoint else "No checkpoint was reached."
    return [row(f"Recorded up to step {view.step} of {view.steps}. {kept}")]


class Numbers(Painted):
    """show_run(view): the losses as numbers, then a row each for learning rate, gradient norm and tokens/s."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._view: RunView | None = None

    def show_run(self, view: RunView) -> None:
        """Shows the newest numbers of `view`, measured by the run, and how they came about over its planned steps."""
        self._view = view
        self.show([loss_row(view), *(self._number(view, *one) for one in _NUMBERS)])

    def _number(self, view: RunView, label: str, column: str, unit: str) -> Row:
        width = max(0, min(50, self.size.width - _LABEL - _VALUE))
        values = sampled(view.metrics, column, max(view.steps, view.step), width)
        value = view.metrics[column][-1] if view.metrics else math.nan
        if not any(map(math.isfinite, values)) and not math.isfinite(value):
            return row(f"{label:<{_LABEL}}{'':<{width}} {'not recorded' if view.metrics else ''}")
        # None of the three is negative: bars from zero show how much, and seldom move.
        curve = bars(values, fitted([0.0, *values]), bool(getattr(self.app, "ascii", False)))
        return row(f"{label:<{_LABEL}}{curve:<{width}} {short(value)}{unit}")

    def on_resize(self) -> None:
        if self._view is not None:
            self.show_run(self._view)


def loss_row(view: RunView) -> Row:
    """The newest losses, and where the validation loss was lowest."""
    parts = [f"loss {short(view.loss)}"] if view.loss is not None else []
    if view.eval_loss is not None:
        parts.append(f"validation {short(view.eval_loss)} at step {view.evals.step[-1]}")
    if view.best_step is not None:
        parts.append(f"best at step {view.best_step}")
    return row(" · ".join(parts))


def list_row(view: RunView, mark: str, ascii_only: bool) -> Row:
    """A line of the list of runs; `mark` is one character in front."""
    losses = sampled(view.metrics, "loss", max(view.steps, view.step), _CURVE)
    curve = bars(losses, fitted(losses), ascii_only)
    left = roughly(view.eta_s) if view.eta_s is not None else view.trouble or view.reason
    numbers = f"{_said(view.loss):>8}{_said(view.eval_loss):>8}{'' if view.best_step is None else view.best_step:>6}"
    steps = f"{view.step}/{view.steps}"
    state = f"{view.state:<9}{steps:>12}  {curve:<{_CURVE}}"
    return row((f"{mark} {view.run.id:<8.8}", "strong"), f"{state}{numbers}  {left}")


def _said(loss: float | None) -> str:
    return "" if loss is None else short(loss)
