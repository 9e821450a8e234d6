"""Choosing where to train: what must be typed and agreed to before, and what is recorded of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine import audit, journey
from engine.data.versions import Version, open_version
from engine.errors import GateError
from engine.findings import now
from engine.machine.record import HERE, STAYS, record_destination
from engine.project import Project
from engine.providers.entries import Catalogue
from engine.where.chosen import Chosen, chosen, keep
from engine.where.consent import Consent, consent
from engine.where.constraints import Constraints, constraints
from engine.where.cost import burn
from engine.where.destinations import Candidate, before_money, candidate

__all__ = ["Chosen", "Consent", "Needs", "choose", "chosen", "needs"]


@dataclass(frozen=True, slots=True)
class Needs:
    """What choosing a destination takes."""

    candidate: Candidate
    refused: tuple[str, ...]
    """Why it cannot be chosen at all; empty: it can."""
    hint: str
    """The next thing to do where it is refused."""
    typed: str | None
    """The word that must be typed; None: nothing must be."""
    why_typed: tuple[str, ...]
    """Why: billed by the hour with its monthly burn, ends within the horizon, does not fit the constraints."""
    burn_per_month: float | None
    """USD; None: nothing is billed by the hour, or no source tells how much."""
    consent: Consent | None
    """None: no data leaves this machine, or it is refused."""


def needs(project: Project, destination_id: str, catalogue: Catalogue, today: date) -> Needs:
    """What choosing it takes now.

    Raises UsageError for an unknown id, GateError where data would leave and there is no split version to tell of.
    """
    wanted = constraints(project)
    found = candidate(catalogue, destination_id, wanted, today)
    one = found.destination
    if found.refused:
        return Needs(found, found.refused, _hint(found, wanted), None, (), None, None)
    why = (*found.why_not, *before_money(catalogue, one, wanted, today))
    agreed = consent(project, one, _version(project), wanted, catalogue, today) if one.data_leaves else None
    month = burn(catalogue, one, wanted, today)
    return Needs(found, (), "", one.id if why else None, why, month.usd if month else None, agreed)


def _hint(found: Candidate, wanted: Constraints) -> str:
    if wanted.privacy == "here" and found.destination.data_leaves and found.destination.status != "closed":
        asked = "'May the data leave this machine?' in step Decide (tunewright decide)"
        return f"change the answer to {asked}" if "privacy" in wanted.answered else "tunewright providers --privacy any"
    return "tunewright providers --fits lists those that can be chosen"


def _version(project: Project) -> Version:
    name = project.data_version()
    if name is None:
        said = "there is no data yet: how much would leave this machine cannot be said"
        raise GateError(said, hint="tunewright data import FILE..., then tunewright data split")
    return open_version(project.version_folder(name))


def choose(
    project: Project,
    destination_id: str,
    typed: str | None,
    consented: Consent | bool,
    catalogue: Catalogue,
    today: date,
) -> Chosen:
    """Makes it the project's destination and records both gate items; call it inside project.changing().

    `consented` is what was shown and agreed to; True agrees to whatever it is now.
    Raises GateError, with the reason and its date, for one that cannot be chosen, and for what was not typed or not
    agreed to. This machine is looked at; where it lacks what training needs, the choice stands and the gate says no.
    """
    asked = needs(project, destination_id, catalogue, today)
    _require(asked, typed, consented)
    if destination_id == HERE:
        record_destination(project)
    else:
        _record(project, asked)
    found = chosen(project)
    assert found is not None
    return found


def _require(asked: Needs, typed: str | None, consented: Consent | bool) -> None:
    one = asked.candidate.destination
    if asked.refused:
        raise GateError(f"{one.id} cannot be chosen: {'; '.join(asked.refused)}", hint=asked.hint)
    if asked.typed and (typed or "").strip() != asked.typed:
        said = f"{typed!r} was typed" if typed else "nothing was typed"
        hint = f"type its name to go on: --confirm {asked.typed}"
        raise GateError(f"{one.id}: {'; '.join(asked.why_typed)}; {said}", hint=hint)
    if asked.consent and not consented:
        told = "; ".join(f"{name}: {text}" for name, text in asked.consent.lines())
        raise GateError(f"nobody agreed that data leaves this machine: {told}", hint="agree to just that: --consent")
    if asked.consent and isinstance(consented, Consent) and consented != asked.consent:
        raise GateError("what would leave this machine has changed since it was shown", hint="look at it again")


def _record(project: Project, asked: Needs) -> None:
    one, agreed, before = asked.candidate.destination, asked.consent, chosen(project)
    facts = dict(agreed.facts()) if agreed else {}
    burn = None if asked.burn_per_month is None else round(asked.burn_per_month, 2)
    audit.append(
        project.audit,
        "where.choose",
        destination=one.id,
        before=before.id if before else None,
        typed=asked.typed,
        why_typed=list(asked.why_typed),
        burn_usd_per_month=burn,
        consent=facts,
    )
    keep(project, Chosen(one.id, one.name, now(), facts))
    journey.record(project, "where", list(_evidence(asked)))


def _evidence(asked: Needs) -> Iterator[journey.Evidence]:
    one, agreed = asked.candidate.destination, asked.consent
    rests_on = {"destination": one.id}
    facts = (f"{one.name}: {one.status}, served {one.serving.way}", *asked.candidate.warnings)
    yield journey.Evidence("destination", "passed", "; ".join(facts), rests_on, "quoted")
    if agreed is None:
        yield journey.Evidence("consent", "passed", STAYS, rests_on)
        return
    text = "; ".join(f"{name}: {line}" for name, line in agreed.lines())
    leaves = {**rests_on, "data": agreed.version, "data may leave": "yes"}
    yield journey.Evidence("consent", "passed", text, leaves, "yours")
