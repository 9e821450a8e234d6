"""Starting what was planned, once every gate before it is passed or waived."""

from engine import journey
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.runs import control


def start_planned(project: Project) -> RunFolder:
    """Starts a detached run of the project's plan. Raises GateError while a gate is closed."""
    journey.require(project, "train")
    return control.start(project, planned(project).to_toml())
