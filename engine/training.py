"""Starting what was planned, once every gate before it is passed or waived."""

from engine import journey
from engine.data.versions import open_version
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.runs import control


def start_planned(project: Project) -> RunFolder:
    """Starts a detached run of the plan. Raises GateError while a gate is closed, DataError without its data."""
    journey.require(project, "train")
    recipe = planned(project)
    open_version(project.version_folder(recipe.data_version))
    return control.start(project, recipe.to_toml())
