"""What a run is doing, read from its files alone: a reader never disturbs a run and needs none of it to be alive."""

import math
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, get_args

from engine.durable import read_json
from engine.errors import DataError
from engine.project import Project, RunFolder
from engine.runs.events import EventLog
from engine.runs.identity import Identity
from engine.runs.series import Series

State = Literal["queued", "starting", "running", "stopping", "finished", "stopped", "failed", "lost"]
Way = Literal["", "resume", "plan"]
START_LIMIT_S = 60.0
"""A run whose supervisor has not shown itself by then never will."""
_SILENT_S = 30.0
"""The worker touches its heartbeat every two seconds, in a thread of its own."""
_STUCK_S = 600.0
_PACE_POINTS = 50
LIVE = ("queued", "starting", "running", "stopping")


@dataclass(slots=True)
class RunView:
    """One run as far as it has been read; `refresh` reads what was appended since."""

    run: RunFolder
    state: State = "queued"
    reason: str = ""
    """Why it failed, or what is unusual."""
    hint: str = ""
    way: Way = ""
    """What comes next for a run that ended too early: it is resumed, or a new plan is made because this one would fail
    again. Empty while it goes and when it is finished."""
    steps: int = 0
    """Optimizer steps planned."""
    metrics: Series = field(
        default_factory=lambda: Series("loss", "learning_rate", "grad_norm", "tokens_per_s", "step_s")
    )
    """One point a logged step; the loss may be NaN or infinite."""
    evals: Series = field(default_factory=lambda: Series("loss"))
    """Validations."""
    notes: list[str] = field(default_factory=list)
    result: dict[str, Any] | None = None
    started: float | None = None
    """Unix seconds of the first start."""
    checkpoint: int | None = None
    """Step of the newest complete checkpoint."""
    said: dict[str, Any] = field(default_factory=dict)
    """The worker's last state event."""
    _offset: int = 0
    _last_event: float = 0.0
    _said_at: int = 0
    _begin: int = field(init=False)

    def __post_init__(self) -> None:
        self._begin = self._offset

    @property
    def step(self) -> int:
        return self.metrics.step[-1] if self.metrics else 0

    @property
    def loss(self) -> float | None:
        """The newest; NaN and infinite as they are."""
        return self.metrics["loss"][-1] if self.metrics else None

    @property
    def eval_loss(self) -> float | None:
        """The newest; NaN and infinite as they are."""
        return self.evals["loss"][-1] if self.evals else None

    @property
    def best_step(self) -> int | None:
        """Step of the lowest finite validation loss."""
        finite = [pair for pair in zip(self.evals["loss"], self.evals.step, strict=True) if math.isfinite(pair[0])]
        return min(finite)[1] if finite else None

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def eta_s(self) -> float | None:
        """Seconds left by the median of the last 50 points' seconds a step; None when nothing can be said."""
        pace = self._pace()
        if self.state != "running" or not pace:
            return None
        return statistics.median(pace) * max(0, self.steps - self.step)

    @property
    def trouble(self) -> str:
        """What is wrong with a run that claims to be running: frozen, or alive and stuck. Empty when nothing is."""
        beat = _changed(self.run.heartbeat) if self.state == "running" else None
        if beat is None:
            return ""
        # A clock that was set back makes both negative: then nothing is known until it has caught up.
        silent, idle = time.time() - beat, time.time() - self._last_event
        if silent > _SILENT_S:
            # In steps of ten: who watches is told anew at every change.
            return f"no sign of life for {silent // 10 * 10:.0f} s: is the machine asleep, the process stopped?"
        stuck = idle > max(_STUCK_S, 10 * max(self._pace(), default=0.0))
        return f"alive, but nothing has happened for {idle / 60:.0f} min" if stuck else ""

    def refresh(self) -> "RunView":
        """Reads new events and the present state; returns itself. Damage to its files is told, not raised."""
        saved = saved_state(self.run)
        self.state, self.reason, self.hint, self.way = "lost", "", "", "resume"
        try:
            self._read()
            self.state, facts = _present(self.run, saved, self.said, self._said_at)
            self.reason, self.hint = str(facts.get("reason", "")), str(facts.get("hint", ""))
            self.way = _way(self.state, facts)
            damage = _damage(self.run, saved)
        except OSError as error:
            damage = f"its files cannot be read: {error.strerror}"
        if damage:
            self.reason = f"{self.reason}; {damage}" if self.reason else damage
            self.hint = self.hint or "restore the run's folder from a copy, or train again"
        return self

    def _pace(self) -> list[float]:
        """Seconds a step of the newest points."""
        return [one for one in self.metrics["step_s"][-_PACE_POINTS:] if 0 < one < math.inf]

    def _read(self) -> None:
        log = EventLog(self.run.events)
        if self.run.events.is_file() and self.run.events.stat().st_size < self._offset:
            # Another file took its place: what was read is not in it.
            self._forget()
        for events, ends in log.blocks(self._offset):
            at = 0
            for kind, same in groupby(events, key=itemgetter("kind")):
                alike = list(same)
                self._take(kind, alike, ends[at : at + len(alike)])
                at += len(alike)
            if events:
                self._offset, self._last_event = ends[-1], events[-1]["t"]

    def _forget(self) -> None:
        self._offset, self.said, self._said_at = self._begin, {}, 0
        self.metrics.cut(-1)
        self.evals.cut(-1)
        self.notes.clear()
        self.result = self.checkpoint = None

    def _take(self, kind: Any, events: list[dict[str, Any]], ends: list[int]) -> None:
        if kind in ("metrics", "eval"):
            (self.metrics if kind == "metrics" else self.evals).add(events)
            return
        for event, end in zip(events, ends, strict=True):
            # An event of another version or hand, without its fields, is passed over like a torn line.
            with suppress(KeyError, TypeError, ValueError, OverflowError):
                self._take_one(end, event)

    def _take_one(self, offset: int, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "checkpoint":
                self.checkpoint = int(event["step"])
            case "note":
                self.notes.append(str(event.get("text", "")))
            case "result":
                self.result = event
            case "state":
                self._take_state(offset, event)

    def _take_state(self, offset: int, event: dict[str, Any]) -> None:
        self.said, self._said_at = event, offset
        self.started = self.started or event["t"]
        self.steps = max(0, int(event.get("steps", self.steps)))
        if event.get("state") == "running":
            # What came after the checkpoint that a resume starts from will be done again.
            first = int(event.get("from_step", 0))
            self.metrics.cut(first)
            self.evals.cut(first)


def watch(run: RunFolder) -> RunView:
    """The run as it stands now."""
    return RunView(run).refresh()


def _present(run: RunFolder, saved: dict[str, Any], said: dict[str, Any], said_at: int) -> tuple[State, dict[str, Any]]:
    """The state, and where it was said with its reason, hint and way."""
    state: State = saved["state"] if saved.get("state") in get_args(State) else "queued"
    if state not in LIVE or (not saved and not said and _is_new(run)) or _alive(saved.get("supervisor")):
        return state, saved
    if _alive(saved.get("worker")):
        return "running", {"reason": "its supervisor is gone; the worker goes on"}
    # What an earlier attempt said before it ended is no word on this one.
    begun = saved.get("events_from")
    ended = said.get("state") if said_at > (begun if isinstance(begun, int) else 0) else None
    if ended in ("finished", "stopped", "failed"):
        return ended, said
    reason = "the process is gone without a word: killed, or the machine went down"
    return "lost", {"reason": reason, "hint": f"tunewright resume {run.id}"}


def _way(state: State, facts: dict[str, Any]) -> Way:
    if state == "failed":
        return "resume" if facts.get("way") == "resume" else "plan"
    return "resume" if state in ("stopped", "lost") else ""


def _is_new(run: RunFolder) -> bool:
    made = _changed(run.recipe)
    # Either side: the clock may have been set back since, or be another machine's.
    return made is not None and abs(time.time() - made) < START_LIMIT_S


def _changed(path: Path) -> float | None:
    """When the file was changed, in Unix seconds; None when there is none to ask."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _alive(fields: Any) -> bool:
    identity = Identity.saved(fields)
    return identity is not None and identity.alive()


def without_recipe(project: Project) -> list[str]:
    """Names of the run folders that hold no recipe any more: they count as no runs."""
    if not project.runs.is_dir():
        return []
    return sorted(one.name for one in project.runs.iterdir() if one.is_dir() and not RunFolder(one).recipe.is_file())


def saved_state(run: RunFolder) -> dict[str, Any]:
    """What the supervisor saved last; empty when the file is missing or cannot be read."""
    try:
        saved = read_json(run.state)
    except (OSError, DataError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _damage(run: RunFolder, saved: dict[str, Any]) -> str:
    """Which of the run's files is missing or torn; empty for one that is whole or has only been made."""
    if not run.recipe.is_file():
        return "recipe.toml is missing"
    if run.state.exists() and not saved:
        return "state.json is torn"
    if run.events.exists() and not run.events.is_file():
        return "events.jsonl is no file"
    return "events.jsonl is missing" if not run.events.exists() and run.checkpoints.exists() else ""
