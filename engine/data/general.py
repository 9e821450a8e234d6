"""General rows that are mixed in, so that a model does not forget what it knew: what was chosen, read without numpy."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import UsageError
from engine.project import Project

SHARE = 0.2
"""Of all rows trained on: a fifth keeps general skills (the field uses 5 to 20 %)."""
MOST = 0.9
"""As for `general_share` in a recipe."""


@dataclass(frozen=True, slots=True)
class General:
    """The choice, as [data.general] of project.toml keeps it."""

    file: str
    """The person's own."""
    sha256: str
    """Of that file when it was read."""
    share: float
    """Of all rows trained on."""
    rows: int
    """Fit to be mixed in."""
    left_out: int
    """Rows with errors, doubles, and rows that validation or test has too."""
    against: str
    """The data version whose validation and test rows they were compared with."""
    prepared: str
    """The rows that are fit, in the project: secrets masked, as OpenAI chat."""

    def document(self) -> dict[str, Any]:
        """For project.toml."""
        return asdict(self)


def chosen_general(project: Project) -> General | None:
    """What was chosen; None for nothing. Raises UsageError when project.toml holds something else."""
    stored = project.settings().get("data", {}).get("general")
    if stored is None:
        return None
    kinds = {name: kind for name, kind in General.__annotations__.items()}
    wrong = [name for name, kind in kinds.items() if not isinstance(stored, dict) or not _fits(stored.get(name), kind)]
    if wrong:
        hint = "choose again: tunewright data mix FILE, or --none"
        raise UsageError(f"[data.general] {wrong[0]} does not fit", hint=hint, where=str(project.settings_file))
    return General(**{name: stored[name] for name in kinds})


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and 0 < value <= MOST
    return isinstance(value, kind) and not isinstance(value, bool)


def wanted_rows(train: int, share: float) -> int:
    """General rows that make up `share` of all rows trained on, beside `train` others."""
    return round(train * share / (1 - share))


def prepared_file(project: Project, general: General) -> Path:
    """The rows that a run reads."""
    return project.root / general.prepared
