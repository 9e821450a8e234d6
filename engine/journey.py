"""The road: nine steps, what each must show, and what has been shown so far.

Evidence and waivers are lines of the audit log; the state of the journey is a fold over them, so it cannot disagree
with the record. Evidence names the facts it rests on (data version, model, recipe, run); when one of these changes,
the evidence is stale.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine import audit
from engine.errors import GateError, UsageError
from engine.project import Project

State = Literal["passed", "failed", "waived", "stale", "not checked"]


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    asks: str
    """The question that the gate answers."""
    items: Mapping[str, str]
    """What must be shown: item -> in words."""
    rests_on: tuple[str, ...]
    """Facts whose change makes the step's evidence and waivers stale."""
    command: str
    """What produces the evidence."""


_STEPS = (
    Step(
        "decide",
        "Should this be fine-tuned at all?",
        {"verdict": "the checklist says fine-tune"},
        (),
        "tunewright decide",
    ),
    Step(
        "data",
        "Is the data fit to train on?",
        {
            "no_errors": "no row with errors is left in",
            "secrets_masked": "secrets are masked",
            "pii": "no personal data is left, or it is meant to be there",
            "split_proof": "train, validation and test share nothing",
        },
        ("data",),
        "tunewright data import FILE..., then data clean --drop duplicates,conflicts, then data split",
    ),
    Step(
        "review",
        "Has a person read it?",
        {"reviewed": "100 random rows read by a person (all, if fewer), and few of the others can be bad"},
        ("data",),
        "tunewright review",
    ),
    Step(
        "where",
        "Where will it run?",
        {
            "destination": "a place that can train it, and from which the tuned model can be served",
            "consent": "data leaves this machine only with a written yes",
        },
        ("destination",),
        "tunewright providers, then providers choose ID",
    ),
    Step(
        "plan",
        "What will be trained, and how?",
        {"recipe": "a recipe with a reason for every value"},
        ("data", "general", "model"),
        "tunewright plan",
    ),
    Step(
        "baseline",
        "How good is the model before?",
        {"measured": "base and few-shot measured before training"},
        ("data", "model"),
        "tunewright baseline",
    ),
    Step(
        "train",
        "Did it train?",
        {
            "finite": "all trained weights are finite",
            "effective": "training changed what the model answers",
            "best": "the best checkpoint by validation loss is kept",
        },
        ("data", "model", "recipe"),
        "tunewright train",
    ),
    Step(
        "evaluate",
        "Is it better, honestly?",
        {"beats_baseline": "better than every baseline on the test set, beyond chance"},
        ("data", "model", "recipe", "run"),
        "tunewright evaluate RUN --test",
    ),
    Step(
        "ship",
        "Is what is shipped what was trained?",
        {"parity": "the export reproduces the tuned model's answers"},
        ("data", "model", "recipe", "run"),
        "tunewright ship RUN --to FORM",
    ),
)
STEPS: Mapping[str, Step] = {step.key: step for step in _STEPS}
IN_SHORT: Mapping[str, str] = {
    "verdict": "the verdict",
    "no_errors": "rows without errors",
    "secrets_masked": "masked secrets",
    "pii": "personal data",
    "split_proof": "the split proof",
    "reviewed": "rows read by a person",
    "destination": "the destination",
    "consent": "consent to send the data",
    "recipe": "the recipe",
    "measured": "the baseline",
    "finite": "finite weights",
    "effective": "an effect",
    "best": "the best checkpoint",
    "beats_baseline": "better on the test",
    "parity": "parity",
}
"""Gate items for a line of 80 characters, as what is asked for."""
_STEP_OF = {
    **{key: key for key in STEPS},
    **dict.fromkeys(("doctor", "providers", "cost"), "where"),
    "augment": "data",
    **dict.fromkeys(("runs", "follow", "stop", "resume"), "train"),
}
_VERBS = (
    "import|clean|split|check|look|show|report|apply|privacy|redact|certificate|keep|duplicates|origin|contamination"
    "|mix|proof|purge|export|versions|merge|near|guideline|disagreements|make|status|drop|endpoint|tokens|choose|price|upload"
)
_ARGUMENT = rf"(?:{_VERBS})\b|-[^\s,;`)]+|[^\s,;`)]*[A-Z0-9=./][^\s,;`)]*"
_ARGUMENTS = rf"(?: (?:{_ARGUMENT}))*"
_COMMAND = re.compile(rf"`?tunewright ({'|'.join(_STEP_OF)}){_ARGUMENTS}`?(?:, then (?:tunewright )?\1{_ARGUMENTS})*")
_WAIVER = re.compile(r"`?tunewright waive (\w+) (\w+) --reason (?:\"[^\"]*\"|\S+)`?")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing shown for a gate, or found wanting."""

    item: str
    state: Literal["passed", "failed"]
    text: str
    rests_on: Mapping[str, str] = field(default_factory=dict)
    source: str = "measured"
    """measured, estimated, quoted or yours."""


@dataclass(frozen=True, slots=True)
class ItemStatus:
    item: str
    means: str
    state: State
    text: str
    """The evidence, or the reason of a waiver, or why it is stale."""
    source: str
    """Of the evidence: measured, estimated, quoted or yours."""


@dataclass(frozen=True, slots=True)
class StepStatus:
    step: Step
    items: tuple[ItemStatus, ...]

    @property
    def state(self) -> State:
        """The worst of the items: not checked, failed, stale, waived, passed."""
        states = {item.state for item in self.items}
        order: tuple[State, ...] = ("failed", "stale", "not checked", "waived")
        return next((state for state in order if state in states), "passed")

    @property
    def blocking(self) -> tuple[ItemStatus, ...]:
        """The items that hold the road up."""
        return tuple(item for item in self.items if item.state not in ("passed", "waived"))

    @property
    def open(self) -> bool:
        """Whether the gate still holds the road up."""
        return bool(self.blocking)


def record(project: Project, step: str, items: Sequence[Evidence]) -> None:
    """Stores evidence for `step` in the audit log."""
    for evidence in items:
        audit.append(
            project.audit,
            "gate.evidence",
            step=step,
            item=evidence.item,
            state=evidence.state,
            text=evidence.text,
            rests_on=dict(evidence.rests_on),
            source=evidence.source,
        )


def record_new(project: Project, step: str, evidence: Evidence) -> None:
    """Stores `evidence` unless the last of its item that rests on the same says the same: a waiver of it then stays."""
    if newest(project, step, evidence.item, evidence.rests_on) != (evidence.state, evidence.text):
        record(project, step, [evidence])


def newest(project: Project, step: str, item: str, rests_on: Mapping[str, str]) -> tuple[str, str] | None:
    """(state, text) of the last evidence about `item` that rests on just these facts; None when there is none."""
    found = None
    for line in audit.entries(project.audit):
        if (line["event"], line.get("step"), line.get("item")) == ("gate.evidence", step, item):
            found = (line["state"], line["text"]) if line.get("rests_on") == dict(rests_on) else found
    return found


def waive(project: Project, step: str, item: str, reason: str) -> None:
    """Lets the road go on without `item` of `step`, for a written reason. Raises UsageError without one."""
    if not reason.strip():
        raise UsageError("a waiver needs a written reason", hint="say why in a few words: they appear in the report")
    if step not in STEPS or item not in STEPS[step].items:
        known = ", ".join(f"{key} {name}" for key, one in STEPS.items() for name in one.items)
        raise UsageError(f"no gate item {step} {item}", hint=f"there are: {known}")
    facts = current_facts(project)
    rests_on = {name: facts.get(name) for name in STEPS[step].rests_on}
    audit.append(project.audit, "gate.waived", step=step, item=item, reason=reason.strip(), rests_on=rests_on)


def current_facts(project: Project) -> dict[str, str]:
    """What evidence can rest on, as it stands now: data, general rows, destination, model, recipe, newest run."""
    settings, runs = project.settings(), project.all_runs()
    general = settings.get("data", {}).get("general")
    facts = {
        "data": settings.get("data", {}).get("version"),
        "general": f"{general.get('prepared')} {general.get('share')}" if isinstance(general, dict) else "none",
        "destination": settings.get("where", {}).get("destination"),
        "data may leave": "no" if settings.get("decide", {}).get("data_may_leave") == "no" else "yes",
        "model": settings.get("model", {}).get("fingerprint"),
        "recipe": settings.get("plan", {}).get("hash"),
        "run": runs[-1].id if runs else None,
    }
    return {name: str(value) for name, value in facts.items() if value}


def read(project: Project, facts: Mapping[str, str] | None = None) -> tuple[StepStatus, ...]:
    """The state of every step, in order, as `facts` have it (default: as things stand now)."""
    given = current_facts(project) if facts is None else facts
    lines: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in audit.entries(project.audit):
        if line["event"] in ("gate.evidence", "gate.waived") and isinstance(line.get("rests_on"), dict):
            lines.setdefault((line["step"], line["item"]), []).append(line)
    return tuple(StepStatus(step, tuple(_items(step, lines, given))) for step in STEPS.values())


def _items(
    step: Step, lines: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]], facts: Mapping[str, str]
) -> Iterator[ItemStatus]:
    for item, means in step.items.items():
        said = lines.get((step.key, item), ())
        current = [line for line in said if not _changed(line, facts)]
        if current:
            line = current[-1]
            waived = line["event"] == "gate.waived"
            state: State = "waived" if waived else line["state"]
            text, source = (line["reason"], "yours") if waived else (line["text"], line["source"])
            yield ItemStatus(item, means, state, text, source)
        elif said:
            text = f"{', '.join(_changed(said[-1], facts))} changed since: {said[-1].get('text', 'waived')}"
            yield ItemStatus(item, means, "stale", text, said[-1].get("source", "yours"))
        else:
            yield ItemStatus(item, means, "not checked", step.command, "")


def _changed(line: Mapping[str, Any], facts: Mapping[str, str]) -> list[str]:
    return [name for name, value in line["rests_on"].items() if facts.get(name) != value]


def require(project: Project, upto: str, facts: Mapping[str, str] | None = None) -> None:
    """Raises GateError unless every gate before step `upto` is passed or waived, on a record that is whole.

    `facts` are those of the run in question; default: as things stand now.
    """
    chain = audit.verify(project.audit)
    if chain.broken_at is not None:
        raise GateError(
            f"the audit log was changed at line {chain.broken_at}: its evidence counts for nothing",
            hint="restore audit.jsonl from a copy; tunewright audit verify says more",
        )
    blocking = []
    for status in read(project, facts):
        if status.step.key == upto:
            break
        blocking += [(status.step, item) for item in status.blocking]
    if not blocking:
        return
    lines = "".join(f"\n  {step.key} {item.item}: {item.state}: {item.text}" for step, item in blocking)
    step, item = blocking[0]
    waive = f'tunewright waive {step.key} {item.item} --reason "..."'
    raise GateError(f"{upto} is blocked by{lines}", hint=f"{step.command}; or go on without it: {waive}")


def reachable(project: Project, statuses: Sequence[StepStatus]) -> tuple[str, ...]:
    """Keys of the steps that may be opened: up to the first closed gate, and whatever was worked on before."""
    first_closed = next((number for number, one in enumerate(statuses) if one.open), len(statuses))
    worked_on = {one.step.key for one in statuses if any(item.state != "not checked" for item in one.items)}
    if project.all_runs():
        worked_on.add("train")
    keys = [one.step.key for one in statuses]
    return tuple(key for number, key in enumerate(keys) if number <= first_closed or key in worked_on)


def would_go_stale(statuses: Iterable[StepStatus]) -> list[str]:
    """Keys of the later steps whose evidence rests on the data: a new version turns it stale."""
    later = (one for one in statuses if one.step.key != "data" and "data" in one.step.rests_on)
    return [one.step.key for one in later if any(item.state in ("passed", "waived", "failed") for item in one.items)]


def by_step(text: str) -> str:
    """`text` for somebody in the wizard: a command in it becomes the step where a key does the same.

    "make one with `tunewright plan`" -> "make one with step 5 (Plan)"
    """
    numbers = {key: number for number, key in enumerate(STEPS, start=1)}

    def named(key: str) -> str:
        return f"step {numbers[key]} ({key.title()})"

    text = _WAIVER.sub(lambda found: f"w in {named(found[1])}" if found[1] in numbers else found[0], text)
    return _COMMAND.sub(lambda found: named(_STEP_OF[found[1]]), text)


def next_step(project: Project) -> StepStatus | None:
    """The first step whose gate holds the road up; None at its end."""
    return next((status for status in read(project) if status.open), None)
