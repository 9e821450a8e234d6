"""Starting what was planned, once every gate before it is passed or waived."""

from engine import journey
from engine.data.versions import open_version
from engine.errors import UsageError
from engine.machine.record import HERE
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.runs import control
from engine.runs.watch import watch
from engine.where.chosen import chosen


def start_planned(project: Project) -> RunFolder:
    """Starts a detached run of the plan.

    Raises GateError while a gate is closed, UsageError while another run is going, DataError without the plan's data.
    """
    journey.require(project, "train")
    live = [run.id for run in project.all_runs() if watch(run).live]
    if live:
        raise UsageError(
            f"{live[0]} is still going: two runs would share this machine's memory",
            hint=f"tunewright follow {live[0]}, or tunewright stop {live[0]}",
        )
    recipe = planned(project)
    open_version(project.version_folder(recipe.data_version))
    return control.start(project, recipe.to_toml())


def elsewhere(project: Project) -> str | None:
    """What is to be said where another place than this machine was chosen; None where it was not."""
    where = chosen(project)
    if where is None or where.id == HERE:
        return None
    return f"{where.name} was chosen; the wizard cannot follow a job there: this run trains on the machine you are on"
