"""The optional sets of packages: which belong to them, and what is said when one is missing."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from engine.errors import MissingDependencyError

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "parquet": ("pyarrow",),
    "train": ("accelerate", "datasets", "nvidia-ml-py", "peft", "safetensors", "torch", "transformers", "trl"),
    "providers": ("boto3", "google-genai", "openai", "together"),
}


def versions(names: Iterable[str]) -> dict[str, str | None]:
    """{package: installed version}, None where it is not installed; nothing is imported."""
    return {name: _version(name) for name in names}


def require(packages: Iterable[str], extra: str) -> None:
    """Raises MissingDependencyError, with the pip command, unless all `packages` of `extra` are installed."""
    missing = [name for name, found in versions(packages).items() if found is None]
    if missing:
        raise MissingDependencyError(f"not installed: {', '.join(missing)}", hint=pip_command(extra))


def pip_command(extra: str) -> str:
    """What installs the packages of `extra`."""
    return f'pip install "tunewright[{extra}]"'


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
