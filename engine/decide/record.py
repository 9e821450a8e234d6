"""Answers and verdict, kept in the project: answers in project.toml, the verdict as evidence for the gate."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import journey
from engine.decide.answers import Answers, check_answer, check_answers, fits, read_answers
from engine.decide.checklist import QUESTIONS
from engine.decide.verdict import Verdict, decide, missing
from engine.project import Project


def record_verdict(project: Project, answers: Answers) -> Verdict:
    """Decides, and stores answers and verdict; any verdict but fine-tune fails the gate, so going on needs a waiver.

    The same verdict again adds no evidence, and a waiver stays. Call it inside project.changing().
    """
    verdict = decide(answers)
    tunes, text = verdict.name == "fine-tune", f"{verdict.name}: {verdict.reasons[0]}"
    project.set("decide", {**asdict(answers), "verdict": verdict.name})
    evidence = journey.Evidence("verdict", "passed" if tunes else "failed", text, source="yours")
    journey.record_new(project, "decide", evidence)
    return verdict


def stored_answers(project: Project) -> dict[str, Any]:
    """What was answered so far, by question; an answer that was edited by hand and does not fit is as good as none."""
    given = project.settings().get("decide", {})
    return {one.id: given[one.id] for one in QUESTIONS if one.id in given and fits(one.id, given[one.id])}


def are_the_samples(answers: Mapping[str, Any], sample: Path | None) -> bool:
    """Whether all `answers`, by question, are those of the file `sample`. Raises UsageError when it is damaged."""
    return sample is not None and sample.is_file() and answers == _given(sample, sample.stat().st_mtime_ns)


@lru_cache(maxsize=8)  # Asked each time that the step is shown.
def _given(file: Path, changed_ns: int) -> dict[str, Any]:
    return {name: answer for name, answer in asdict(read_answers(file)).items() if answer is not None}


def record_answer(project: Project, question_id: str, value: str | int | float | None) -> Verdict | None:
    """Stores one answer at once, as `check_value` gives it (None: not answered); the verdict once all are there.

    Raises UsageError when the answer does not fit, ResourceError when another process is changing the project.
    """
    value = check_answer(question_id, value)
    with project.changing("decide"):
        answers = {**stored_answers(project), question_id: value}
        if not missing(answers):
            return record_verdict(project, check_answers(answers))
        project.set("decide", {question_id: value})
    return None


def take_back(project: Project, before: Mapping[str, Any]) -> Verdict | None:
    """Puts answers back to what they were, by question (None: not answered); the verdict where all are there.

    A verdict that stood on answers taken back fails the gate. Raises ResourceError as record_answer does.
    """
    with project.changing("decide"):
        answers = {**stored_answers(project), **before}
        if not missing(answers):
            return record_verdict(project, check_answers(answers))
        stood = project.text("decide", "verdict")
        project.set("decide", {**before, "verdict": None})
        if stood:
            text = "an answer was taken back: the checklist is not complete"
            journey.record_new(project, "decide", journey.Evidence("verdict", "failed", text, source="yours"))
    return None
