"""The project folder: where everything lies, and how its settings are kept.

my-project/
  project.toml     answers, choices, constraints, limits: readable, hand-editable, fit for git
  data/<version>/  immutable rows with their manifest
  reports/         what was found in each version, and what was chosen of it
  redactions.jsonl  what becomes of personal data, without the data
  reviews.jsonl    append-only verdicts; of named readers in reviews/
  guideline/       what a correct answer is, a file a version
  augment/         made-up rows that wait for a reader
  general/         general rows that were chosen
  scenarios/       settings of the cost levers, by name
  audit.jsonl      append-only, hash-chained
  runs/<id>/       one folder a run
  exports/         what was shipped
"""

import contextlib
import copy
import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from engine import audit
from engine.durable import disk_errors, write_atomic
from engine.errors import ResourceError, UsageError

if TYPE_CHECKING:
    import tomlkit

_LONGEST_TEXT = 4096
"""Longer is no name and no path."""
_HEADER = "# A Tunewright project. All of it may be edited by hand; `tunewright status` shows what follows.\n"
_parsed: dict[tuple[Path, int, int, int], dict[str, Any]] = {}
"""The project.toml read last, and how it stood then: a screen asks for it a dozen times, and parsing takes 1.3 ms."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run; each has one writer."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def project(self) -> "Project":
        return Project(self.path.parent.parent)

    @property
    def recipe(self) -> Path:
        """Frozen when the run is made."""
        return self.path / "recipe.toml"

    @property
    def state(self) -> Path:
        """The supervisor's."""
        return self.path / "state.json"

    @property
    def events(self) -> Path:
        """The worker's."""
        return self.path / "events.jsonl"

    @property
    def machine(self) -> Path:
        """The supervisor's: resources used, exits."""
        return self.path / "machine.jsonl"

    @property
    def log(self) -> Path:
        """What supervisor and worker print."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """Held by the supervisor and its worker for as long as either lives."""
        return self.path / ".lock"

    @property
    def stop_request(self) -> Path:
        return self.path / "control" / "stop"

    @property
    def heartbeat(self) -> Path:
        """Touched by the worker every two seconds, whatever its training loop does."""
        return self.path / "control" / "heartbeat"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The result: adapter or full weights, from the best checkpoint."""
        return self.path / "model"

    @property
    def evals(self) -> Path:
        return self.path / "evals"


@dataclass(frozen=True, slots=True)
class Project:
    """One project folder; all paths in it are made here."""

    root: Path

    @classmethod
    def create(cls, folder: Path, name: str | None = None) -> Self:
        """Makes `folder` a project. Raises UsageError when it holds something, ResourceError when the disk refuses."""
        if (folder / "project.toml").exists():
            raise UsageError(f"{folder} is a project already", hint=f"open it: tunewright status --project {folder}")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"{folder} is not an empty folder", hint="choose a new folder; a project keeps its files to itself"
            )
        project = cls(folder.absolute())
        import tomlkit

        document = tomlkit.parse(_HEADER)
        document["project"] = {
            "name": name or project.root.name,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with disk_errors(folder):
            project.root.mkdir(parents=True, exist_ok=True)
        try:
            write_atomic(project.settings_file, tomlkit.dumps(document).encode())
        except ResourceError:
            project.root.rmdir()
            raise
        audit.append(project.audit, "project.create", name=name or project.root.name)
        return project

    @classmethod
    def around(cls, folder: Path) -> Self | None:
        """The project in `folder`; None where that is the folder one stands in and it holds none. Raises as open."""
        stood_in = folder == Path() and not (folder / "project.toml").exists()
        return None if stood_in else cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The project in `folder`. Raises UsageError when there is none or its project.toml is not TOML."""
        if not (folder / "project.toml").is_file():
            raise UsageError(
                f"no project in {folder}",
                hint="make one with `tunewright new DIR`, or name one with --project DIR",
            )
        project = cls(folder.absolute())
        project.settings()
        return project

    @property
    def settings_file(self) -> Path:
        return self.root / "project.toml"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def reviews(self) -> Path:
        """Every key press of the review."""
        return self.root / "reviews.jsonl"

    def reviews_of(self, reviewer: str) -> Path:
        """Every key press of one of several readers."""
        return self.root / "reviews" / f"{reviewer}.jsonl"

    @property
    def guidelines(self) -> Path:
        """What a correct answer is, in words: one file a version, 1.md, 2.md, ..."""
        return self.root / "guideline"

    @property
    def redactions(self) -> Path:
        """What was decided about each piece of personal data that was found; it holds none of them."""
        return self.root / "redactions.jsonl"

    def report_folder(self, version: str) -> Path:
        """What an inspection of a data version found; made anew at any time."""
        return self.root / "reports" / version

    @property
    def tokens(self) -> Path:
        """Rows as the trainer will see them; made anew at any time."""
        return self.root / "tokens"

    @property
    def augment(self) -> Path:
        """Made-up rows that wait for a reader, and what was asked for."""
        return self.root / "augment"

    @property
    def general(self) -> Path:
        """General rows that were chosen to be mixed in."""
        return self.root / "general"

    @property
    def scenarios(self) -> Path:
        """Settings of the cost levers that were given a name: one file a scenario."""
        return self.root / "scenarios"

    @property
    def machine(self) -> Path:
        """What was found of the machine that was chosen to train on."""
        return self.root / "machine.json"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def audit(self) -> Path:
        return self.root / "audit.jsonl"

    @property
    def baselines(self) -> Path:
        return self.root / "baselines"

    def run(self, name: str) -> "RunFolder":
        """The run called `name`. Raises UsageError, with the runs there are, when there is none."""
        run = RunFolder(self.runs / name)
        if not run.recipe.is_file():
            known = ", ".join(run.id for run in self.all_runs()) or "none yet: tunewright train"
            raise UsageError(f"no run {name}", hint=f"runs here: {known}")
        return run

    def all_runs(self) -> list["RunFolder"]:
        """The runs, oldest first."""
        folders = [path.parent for path in self.runs.glob("*/recipe.toml")]
        return [RunFolder(path) for path in sorted(folders, key=lambda path: (len(path.name), path.name))]

    def new_run(self, recipe: str) -> "RunFolder":
        """Makes the next run folder (run-1, run-2, ...) with `recipe` (TOML text) frozen in it."""
        number = 1
        with disk_errors(self.runs):
            while True:
                run = RunFolder(self.runs / f"run-{number}")
                try:
                    run.path.mkdir(parents=True)
                    break
                except FileExistsError:
                    number += 1
        write_atomic(run.recipe, recipe.encode())
        return run

    def settings(self) -> dict[str, Any]:
        """project.toml as plain dictionaries.

        Raises UsageError, with the line, when it is not TOML; ResourceError when it can no longer be read.
        """
        try:
            found = self.settings_file.stat()
            stamp = (self.settings_file, found.st_ino, found.st_mtime_ns, found.st_size)
            settings = _parsed.get(stamp)
            if settings is None:
                settings = self._tables(self.settings_file.read_bytes())
                _parsed.clear()
                _parsed[stamp] = settings
        except OSError as error:
            hint = "is the folder still there, and its disk?"
            raise ResourceError(
                f"cannot be read: {error.strerror}", hint=hint, where=str(self.settings_file)
            ) from error
        return copy.deepcopy(settings)

    def _tables(self, content: bytes) -> dict[str, Any]:
        try:
            settings = tomllib.loads(content.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise self._damaged(error) from error
        wrong = [name for name, table in settings.items() if not isinstance(table, dict)]
        if wrong:
            raise UsageError(
                f"{wrong[0]} is a value where a table belongs",
                hint=f"write [{wrong[0]}]",
                where=str(self.settings_file),
            )
        return settings

    def text(self, section: str, key: str) -> str | None:
        """A text of project.toml, None when it is not there. Raises UsageError when something else stands there."""
        value = self.settings().get(section, {}).get(key)
        if value is None or (isinstance(value, str) and len(value) <= _LONGEST_TEXT):
            return value
        raise UsageError(f"[{section}] {key} is no short text", hint="mend or remove it", where=str(self.settings_file))

    def set(self, section: str, values: Mapping[str, Any]) -> None:
        """Writes `values` into [section]; comments and all else stay. A None removes its key."""
        import tomlkit

        document = self._document()
        table = document.setdefault(section, tomlkit.table())
        for key, value in values.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        write_atomic(self.settings_file, tomlkit.dumps(document).encode())

    def data_version(self) -> str | None:
        """Name of the current data version, None before the first import."""
        return self.text("data", "version")

    def version_folder(self, name: str) -> Path:
        return self.data / name

    @contextlib.contextmanager
    def changing(self, what: str) -> Iterator[None]:
        """Holds the project for one change at a time.

        Raises ResourceError, naming the holder, when another process is changing it. The lock goes with the process, so
        a killed command leaves none behind.
        """
        with disk_errors(self.root):
            file = open(self.root / ".lock", "a+", encoding="utf-8")  # noqa: SIM115 - closed by the with below
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise ResourceError(
                    f"another process is changing this project: {file.read().strip() or 'unknown'}",
                    hint="wait until it is done and run the command again",
                    where=str(self.root),
                ) from error
            file.truncate(0)
            file.write(f"{what} (process {os.getpid()})")
            file.flush()
            yield

    def _document(self) -> "tomlkit.TOMLDocument":
        # Only for writing: it takes 20 ms to import, and the wizard's first frame needs none of it.
        import tomlkit
        import tomlkit.exceptions

        try:
            return tomlkit.parse(self.settings_file.read_text(encoding="utf-8"))
        except (tomlkit.exceptions.TOMLKitError, UnicodeDecodeError, RecursionError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UsageError:
        hint = "mend the line, or restore the file from git"
        return UsageError(f"not TOML: {error}", hint=hint, where=str(self.settings_file))


def typed_folder(text: str) -> Path:
    """The folder that a person has typed. Raises UsageError for nothing, and for the home of nobody."""
    if not text.strip():
        raise UsageError("no folder was named", hint="type its path; ~ is your home folder")
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{text}: there is no such user", hint="type the whole path") from error
