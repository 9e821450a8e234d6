"""The destination that a project holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import UsageError
from engine.project import Project


@dataclass(frozen=True, slots=True)
class Chosen:
    """The destination that was chosen last."""

    id: str
    name: str
    since: str
    """When, as engine.findings.now() writes it."""
    consent: Mapping[str, str] = field(default_factory=dict)
    """What was consented to, by name; empty: no data leaves this machine."""


def chosen(project: Project) -> Chosen | None:
    """What [where] of project.toml says; None before one is chosen. Raises UsageError when it holds something else."""
    name = project.text("where", "destination")
    if name is None:
        return None
    consent = project.settings()["where"].get("consent", {})
    if not isinstance(consent, dict):
        hint = "remove it, and choose again: tunewright providers"
        raise UsageError("[where] consent is no table", hint=hint, where=str(project.settings_file))
    said = {str(name): str(text) for name, text in consent.items()}
    return Chosen(name, project.text("where", "name") or name, project.text("where", "since") or "", said)


def keep(project: Project, one: Chosen) -> None:
    """Writes it into [where]."""
    consent = dict(one.consent) or None
    project.set("where", {"destination": one.id, "name": one.name, "since": one.since, "consent": consent})
