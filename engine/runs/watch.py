"""What a run is doing, read from its files alone: a reader never disturbs a run and needs none of it to be alive."""

import math
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from engine.durable import read_json
from engine.errors import DataError
from engine.project import RunFolder
from engine.runs.events import EventLog
from engine.runs.identity import Identity

State = Literal["queued", "starting", "running", "stopping", "finished", "stopped", "failed", "lost"]
START_LIMIT_S = 60.0
"""A run whose supervisor has not shown itself by then never will."""
_SILENT_S = 30.0
"""The worker touches its heartbeat every two seconds, in a thread of its own."""
_STUCK_S = 600.0
LIVE = ("queued", "starting", "running", "stopping")


@dataclass(slots=True)
class RunView:
    """One run as far as it has been read; `refresh` reads what was appended since."""

    run: RunFolder
    state: State = "queued"
    reason: str = ""
    """Why it failed, or what is unusual."""
    hint: str = ""
    steps: int = 0
    """Optimizer steps planned."""
    metrics: list[dict[str, Any]] = field(default_factory=list)
    """Metrics events, one a logged step, in order of step."""
    evals: list[dict[str, Any]] = field(default_factory=list)
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

    @property
    def step(self) -> int:
        return int(self.metrics[-1]["step"]) if self.metrics else 0

    @property
    def loss(self) -> float | None:
        return self.metrics[-1].get("loss") if self.metrics else None

    @property
    def eval_loss(self) -> float | None:
        return self.evals[-1].get("loss") if self.evals else None

    @property
    def best_step(self) -> int | None:
        """Step of the lowest finite validation loss."""
        finite = [one for one in self.evals if isinstance(one.get("loss"), float) and math.isfinite(one["loss"])]
        return int(min(finite, key=lambda one: one["loss"])["step"]) if finite else None

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def eta_s(self) -> float | None:
        """Seconds left by the median of the last 50 steps' seconds; None when nothing can be said."""
        pace = [one["step_s"] for one in self.metrics[-50:] if one.get("step_s")]
        return statistics.median(pace) * (self.steps - self.step) if self.state == "running" and pace else None

    @property
    def trouble(self) -> str:
        """What is wrong with a run that claims to be running: frozen, or alive and stuck. Empty when nothing is."""
        if self.state != "running" or not self.run.heartbeat.exists():
            return ""
        now = time.time()
        silent, idle = now - self.run.heartbeat.stat().st_mtime, now - self._last_event
        if silent > _SILENT_S:
            return f"no sign of life for {silent:.0f} s: is the machine asleep, the process stopped?"
        slowest = max((one["step_s"] for one in self.metrics[-50:] if one.get("step_s")), default=0.0)
        stuck = idle > max(_STUCK_S, 10 * slowest)
        return f"alive, but nothing has happened for {idle / 60:.0f} min" if stuck else ""

    def refresh(self) -> "RunView":
        """Reads new events and the present state; returns itself."""
        for offset, event in EventLog(self.run.events).read(self._offset):
            self._offset, self._last_event = offset, event["t"]
            # An event of another version or hand, without its fields, is passed over like a torn line.
            with suppress(KeyError, TypeError, ValueError):
                self._take(event)
        self.state, self.reason, self.hint = _present(self.run, self.said, self._said_at)
        return self

    def _take(self, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "metrics":
                self.metrics.append({**event, "step": int(event["step"])})
            case "eval":
                self.evals.append({**event, "step": int(event["step"])})
            case "checkpoint":
                self.checkpoint = event.get("step")
            case "note":
                self.notes.append(str(event.get("text", "")))
            case "result":
                self.result = event
            case "state":
                self._take_state(event)

    def _take_state(self, event: dict[str, Any]) -> None:
        self.said, self._said_at = event, self._offset
        self.steps = int(event.get("steps", self.steps))
        self.started = self.started or event["t"]
        if event.get("state") == "running":
            # What came after the checkpoint that a resume starts from will be done again.
            first = int(event.get("from_step", 0))
            self.metrics = [one for one in self.metrics if one["step"] <= first]
            self.evals = [one for one in self.evals if one["step"] <= first]


def watch(run: RunFolder) -> RunView:
    """The run as it stands now."""
    return RunView(run).refresh()


def _present(run: RunFolder, said: dict[str, Any], said_at: int) -> tuple[State, str, str]:
    saved = saved_state(run)
    state: State = saved["state"] if saved.get("state") in get_args(State) else "queued"
    starting = not saved and not said and time.time() - run.recipe.stat().st_mtime < START_LIMIT_S
    if state not in LIVE or starting or _alive(saved.get("supervisor")):
        return state, str(saved.get("reason", "")), str(saved.get("hint", ""))
    if _alive(saved.get("worker")):
        return "running", "its supervisor is gone; the worker goes on", ""
    # What an earlier attempt said before it ended is no word on this one.
    ended = said.get("state") if said_at > int(saved.get("events_from", 0)) else None
    if ended in ("finished", "stopped", "failed"):
        return ended, said.get("reason", ""), said.get("hint", "")
    return "lost", "the process is gone without a word: killed, or the machine went down", f"tunewright resume {run.id}"


def _alive(fields: Any) -> bool:
    identity = Identity.saved(fields)
    return identity is not None and identity.alive()


def saved_state(run: RunFolder) -> dict[str, Any]:
    """What the supervisor saved last; empty when the file is missing or torn."""
    try:
        saved = read_json(run.state)
    except (FileNotFoundError, DataError):
        return {}
    return saved if isinstance(saved, dict) else {}
