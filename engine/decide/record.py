"""Answers and verdict, kept in the project: answers in project.toml, the verdict as evidence for the gate."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from engine import journey
from engine.decide.advice import Advice, advise
from engine.decide.answers import Answers, fitting, read_answers
from engine.decide.checklist import QUESTIONS
from engine.decide.evidence import NOTHING, Evidence
from engine.decide.verdict import Verdict
from engine.project import Project

_TAKEN_BACK = "an answer was taken back: the checklist is not complete"


def record_verdict(project: Project, answers: Answers, evidence: Evidence = NOTHING) -> Verdict:
    """Decides on a whole set of answers, and stores them and the verdict. Call it inside project.changing()."""
    return record(project, asdict(answers), evidence).verdict


def record(project: Project, answers: Mapping[str, Any], evidence: Evidence) -> Advice:
    """Stores checked answers by question (None: not answered), and the verdict once there is one.

    Any verdict but fine-tune fails the gate, so going on needs a waiver. The same verdict for the same deciding reason
    again leaves a waiver as it is, whatever has become of the numbers. Call it inside project.changing().
    """
    advice = advise(answers, evidence)
    before = project.settings().get("decide", {})
    stood, because = before.get("verdict"), before.get("because", "")
    name = advice.verdict.name if advice.whole else None
    deciding = advice.verdict.because[0] if advice.verdict.because and advice.whole else None
    project.set("decide", {**{one.id: answers.get(one.id) for one in QUESTIONS}, "verdict": name, "because": deciding})
    if name is None:
        if stood:
            journey.record_new(project, "decide", journey.Evidence("verdict", "failed", _TAKEN_BACK, source="yours"))
    elif not (_waived(project) and (stood, because) == (name, deciding or "")):
        journey.record_new(project, "decide", _evidence(advice))
    return advice


def _evidence(advice: Advice) -> journey.Evidence:
    verdict = advice.verdict
    state: Literal["passed", "failed"] = "passed" if verdict.name == "fine-tune" else "failed"
    source = "measured" if any(one.followed == "evidence" for one in advice.weighed) else "yours"
    return journey.Evidence("verdict", state, f"{verdict.name}: {verdict.reasons[0]}", source=source)


def _waived(project: Project) -> bool:
    return journey.read(project)[0].state == "waived"


def stored_answers(project: Project) -> dict[str, Any]:
    """What was answered so far, by question; an answer that was edited by hand and does not fit is as good as none."""
    given = project.settings().get("decide", {})
    fit = {one.id: fitting(one.id, given[one.id]) for one in QUESTIONS if one.id in given}
    return {name: value for name, value in fit.items() if value is not None}


def are_the_samples(answers: Mapping[str, Any], sample: Path | None) -> bool:
    """Whether all `answers`, by question, are those of the file `sample`. Raises UsageError when it is damaged."""
    return sample is not None and sample.is_file() and answers == _given(sample, sample.stat().st_mtime_ns)


@lru_cache(maxsize=8)  # Asked each time that the step is shown.
def _given(file: Path, changed_ns: int) -> dict[str, Any]:
    return {name: answer for name, answer in asdict(read_answers(file)).items() if answer is not None}
