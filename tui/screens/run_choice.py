"""Which run a step speaks of: the newest, until the person chooses another."""

from collections.abc import Callable

from engine.findings import standing
from engine.project import RunFolder
from tui.screens.ask import Choose
from tui.screens.step import StepScreen
from tui.widgets.painted import row


class RunChoice:
    """The run that a step shows; kept by name, as the newest may change."""

    def __init__(self) -> None:
        self._id: str | None = None

    def of(self, screen: StepScreen) -> RunFolder | None:
        """The chosen run, or the newest; None before the first."""
        runs = screen.project.all_runs()
        return next((run for run in runs if run.id == self._id), runs[-1] if runs else None)

    def ask(self, screen: StepScreen, then: Callable[[], None]) -> None:
        """Asks for another run, the newest first; `then` is called when one was chosen."""
        runs = screen.project.all_runs()[::-1]
        if not runs:
            screen.wizard.say("there is no run yet: step 7 trains one")
            return
        current = self.of(screen)

        def chosen(number: int) -> None:
            self._id = runs[number].id
            then()

        rows = [row((f"{run.id:<10}", "strong"), standing(run)) for run in runs]
        screen.choose(Choose("Which run?", rows, cursor=runs.index(current) if current else 0), chosen)
