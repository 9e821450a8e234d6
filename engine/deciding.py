"""The verdict of a project: its answers and what it has shown since, decided anew whenever either changes."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.decide.advice import Advice, advise
from engine.decide.answers import Answers, check_answer
from engine.decide.evidence import NOTHING, Evidence
from engine.decide.record import record, stored_answers
from engine.project import Project


def advice(project: Project) -> Advice:
    """What answers and evidence say as things stand now; nothing is stored.

    Raises UsageError when project.toml cannot be read. Reads manifests, reports and logs, never all rows, and no numpy.
    """
    return advise(stored_answers(project), _evidence(project))


def answer(project: Project, given: Mapping[str, Any]) -> Advice:
    """Stores answers at once, by question, as `check_value` gives them (None: not answered), and what follows.

    Raises UsageError when one does not fit, and nothing is stored; ResourceError when another process is changing the
    project.
    """
    checked = {name: check_answer(name, value) for name, value in given.items()}
    with project.changing("decide"):
        return record(project, {**stored_answers(project), **checked}, _evidence(project))


def answer_all(project: Project, answers: Answers) -> Advice:
    """Stores a whole set of answers in the place of those before. Raises ResourceError as `answer` does."""
    with project.changing("decide"):
        return record(project, asdict(answers), _evidence(project))


def take_back(project: Project, before: Mapping[str, Any]) -> Advice:
    """Puts answers back to what they were, by question (None: not answered).

    A verdict that stood on answers taken back fails the gate. Raises ResourceError as `answer` does.
    """
    with project.changing("decide"):
        return record(project, {**stored_answers(project), **before}, _evidence(project))


def reconsider(project: Project) -> Advice | None:
    """Decides anew on the same answers, as what the project has shown may have changed; call it inside
    project.changing(), after a version was adopted, verdicts applied or a baseline measured.

    None where the verdict stays, and where none was given so far: evidence alone asks nobody to decide.
    """
    stood = project.text("decide", "verdict")
    if not stood:
        return None
    found = record(project, stored_answers(project), _evidence(project))
    return found if found.verdict.name != stood else None


def keep_up(project: Project, now: Advice) -> None:
    """`reconsider` for who shows `now`, when the recorded verdict is another one: what a review has found since.

    Raises ResourceError when another process is changing the project.
    """
    stood = project.text("decide", "verdict")
    if stood and now.whole and stood != now.verdict.name:
        with project.changing("decide"):
            reconsider(project)


def _evidence(project: Project) -> Evidence:
    """What the project has shown; nothing before the first import."""
    if project.data_version() is None:
        return NOTHING
    # What reads it takes as long to load as all the rest of this step, which is the first one that is opened.
    from engine.deciding_evidence import evidence

    return evidence(project)
