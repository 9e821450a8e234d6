"""What a project has shown that bears on whether to tune, by cheap reads: no model is asked, no numpy loaded."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from engine.data.adopt import current
from engine.data.report import saved_report
from engine.data.versions import Version
from engine.decide.evidence import FEW_SHOT, TRIVIAL, ZERO_SHOT, Counted, Evidence, Measured, Rate, Reviewed
from engine.errors import TunewrightError
from engine.evaluate.answers import same_answer
from engine.evaluate.found import FREE_TEXT, PRIMARY
from engine.evaluate.outputs import read_outputs
from engine.findings import baseline_folder, baseline_in, newest_baseline, output_file
from engine.model import BUILT_IN
from engine.plan.recipe import planned
from engine.project import Project
from engine.review.report import Report
from engine.reviewing import open_review

_SET = "validation"
"""The only set that counts here: the test stays sealed."""

T = TypeVar("T")


def evidence(project: Project) -> Evidence:
    """All that a project with data has shown. What is damaged counts for nothing and is told in `trouble`."""
    trouble: list[str] = []
    version = _read(lambda: current(project), "the data", trouble)
    if version is None:
        return Evidence(trouble=tuple(trouble))
    review = _read(lambda: _review(project), "the review", trouble)
    counted = _read(lambda: _counted(project, version, review), "the data report", trouble)
    measured = _read(lambda: _measured(project), "the baseline", trouble)
    return Evidence(counted, _reviewed(review) if review else None, measured, tuple(trouble))


def _read(get: Callable[[], T], what: str, trouble: list[str]) -> T | None:
    try:
        return get()
    except TunewrightError as error:
        trouble.append(f"{what} cannot be read and counts for nothing here: {error.message}; {error.hint}")
        return None


def _review(project: Project) -> Report | None:
    """The review of the random queue; None before anybody has read a row."""
    begun = project.reviews.exists() or project.reviews_of("x").parent.is_dir()
    return open_review(project).report() if begun else None


def _counted(project: Project, version: Version, review: Report | None) -> Counted:
    sizing, split = version.manifest.get("sizing"), version.manifest.get("split")
    if sizing is None:
        report = saved_report(project)
        sizing = report.facts["sizing"] if report else None
    return Counted(
        version=version.name,
        rows=len(version),
        groups=sizing and {name: one["groups"] for name, one in sizing["categories"].items()},
        counted=sizing["counted"] if sizing else "",
        split=split is not None,
        validation=split["counts"][_SET] if split else 0,
        bad_share=_bad_share(review) if review and review.done else None,
    )


def _bad_share(review: Report) -> float:
    """Of the rows there are now: the share found bad, taken for those nobody read, and what is bad and still there."""
    bound = review.bound
    rate = bound.bad / bound.looked_at if bound.looked_at else 0.0
    return (rate * bound.unread + bound.bad - bound.remedied) / max(1, bound.rows - bound.refused)


def _reviewed(review: Report) -> Reviewed:
    same = review.agreement
    return Reviewed(
        looked_at=review.bound.looked_at,
        bad=review.bound.bad,
        bound=review.bound.share if review.done else None,
        limit=review.limit,
        both=same.rows if same else 0,
        kappa=same.kappa if same else None,
        lopsided=same is not None and same.paradox is not None,
    )


def _measured(project: Project) -> Measured | None:
    """The newest baseline, of the present plan or of an earlier one."""
    folder = newest_baseline(project)
    found = baseline_in(folder) if folder else None
    if folder is None or found is None:
        return None
    by_system = {name: sets[_SET][PRIMARY] for name, sets in found.evaluation.systems.items() if _SET in sets}
    prompted = {name: one for name, one in by_system.items() if name != TRIVIAL}
    if not prompted:
        return None
    gains, losses = _paired(folder) if FEW_SHOT in prompted else (0, 0)
    return Measured(
        when=found.measured,
        model=_model(project, folder),
        version=folder.name.rpartition("-")[0],
        n=next(iter(prompted.values())).n,
        rates={name: Rate(one.value, one.low, one.high) for name, one in prompted.items()},
        gains=gains,
        losses=losses,
        judges=found.evaluation.verdicts.get(_SET) != FREE_TEXT,
    )


def _model(project: Project, folder: Path) -> str:
    """Of the plan by which was measured; an earlier plan is not kept, so that its model is not known by name."""
    if not project.settings().get("plan") or baseline_folder(project, planned(project)) != folder:
        return "the model of an earlier plan"
    model = Path(planned(project).model)
    return "the built-in model" if model == BUILT_IN else model.name


def _paired(folder: Path) -> tuple[int, int]:
    """Groups of validation rows on which few-shot is right more often than zero-shot, and less often."""
    files = [output_file(folder, _SET, system) for system in (ZERO_SHOT, FEW_SHOT)]
    return _gains_and_losses(*files, *(file.stat().st_mtime_ns if file.is_file() else 0 for file in files))


@lru_cache(maxsize=2)  # Asked each time that the step is shown, and read from what may be megabytes.
def _gains_and_losses(zero_shot: Path, few_shot: Path, *changed_ns: int) -> tuple[int, int]:
    before = {one.id: same_answer(one.reference, one.output) for one in read_outputs(zero_shot)}
    by_group: defaultdict[str, int] = defaultdict(int)
    for one in read_outputs(few_shot):
        if one.id in before:
            by_group[one.cluster] += same_answer(one.reference, one.output) - before[one.id]
    return sum(change > 0 for change in by_group.values()), sum(change < 0 for change in by_group.values())
