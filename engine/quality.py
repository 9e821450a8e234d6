"""The quality checklist of the project's data, with what the readers' agreement says."""

from engine.data.checklist import Item, checklist
from engine.data.report import Report
from engine.project import Project
from engine.reviewing import open_review


def quality(project: Project, report: Report) -> list[Item]:
    """Each item of the checklist as it stands now: it reads reports, logs and settings, never the rows."""
    return checklist(project, report, open_review(project).report().document()["agreement"])
