"""The verdict, kept in the project: answers in project.toml, evidence for the gate."""

from dataclasses import asdict

from engine import journey
from engine.decide.answers import Answers
from engine.decide.verdict import Verdict, decide
from engine.project import Project


def record_verdict(project: Project, answers: Answers) -> Verdict:
    """Decides, and stores answers and verdict; any verdict but fine-tune fails the gate, so going on needs a waiver."""
    verdict = decide(answers)
    tunes = verdict.name == "fine-tune"
    text = f"{verdict.name}: {verdict.reasons[0]}"
    project.set("decide", {**asdict(answers), "verdict": verdict.name})
    journey.record(
        project, "decide", [journey.Evidence("verdict", "passed" if tunes else "failed", text, source="yours")]
    )
    return verdict
