"""What watching a run costs over a slow line: our training screen beside W&B's LEET.

    WANDB_PYTHON=/path/to/a/python/with/wandb python -m tests.benchmarks.leet

Both show the same loss at 80x24, in their default view, through the same pty. wandb is no dependency of ours: without
WANDB_PYTHON only our side is measured. LEET is fed with what wandb wrote itself in offline mode, appended record by
record: wandb's own writer hands its records over every 15 s only, in heaps.
"""

import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from engine import journey
from engine.durable import write_json
from engine.plan.recipe import planned
from engine.project import RunFolder
from engine.recent import remember
from engine.runs.events import EventLog
from engine.runs.identity import Identity
from tests.tiny import make_model
from tests.tui.terminal import Terminal
from tests.worker.conftest import planned_project

STEPS = 1000
FIRST = 300
"""Steps done when the watching begins."""
UPDATES = 30
IDLE_S = 5.0
_REST_S = 2.0
_LIMIT_S = 10.0
_PARTS_S = 0.5
"""Parts of one update come within that time."""
_FRAME = re.compile(rb"\x1b\[\?2026h.*?\x1b\[\?2026l", re.DOTALL)


def loss(step: int) -> float:
    """A falling curve with a ripple."""
    return 0.2 + 2 * math.exp(-step / 300) + 0.05 * math.sin(1.7 * step)


@dataclass(frozen=True, slots=True)
class Side:
    """One program that watches a run."""

    name: str
    command: tuple[str | Path, ...]
    env: Mapping[str, str]
    shown: str
    """A text of the screen that shows the curve."""
    append: Callable[[int], None]
    """Writes one more step into the run."""


def measure(side: Side) -> None:
    """Prints the side's bytes: up to the curve, in rest, for each new step."""
    with Terminal(*side.command, env=side.env) as terminal:
        terminal.wait_for(side.shown)
        shown, rest = len(terminal.raw), terminal.listen(_REST_S)
        idle = terminal.listen(IDLE_S)
        # What moves without news (LEET's pulsing dot) is no part of an update.
        motion = max(map(len, _FRAME.findall(idle)), default=0)
        first = shown + _news(rest, motion)
        updates = []
        for step in range(FIRST + 1, FIRST + 1 + UPDATES):
            side.append(step)
            updates.append(_update(terminal, motion))
        screen = terminal.text()
    came = sorted(one for one in updates if one)
    assert came, "no step reached the screen:\n" + "\n".join(screen)
    print(f"{side.name}: the curve after {first:,} bytes; idle {len(idle):,} bytes in {IDLE_S:.0f} s", flush=True)
    spread = f"{came[0]} to {came[-1]}, {len(came)} of {UPDATES} seen"
    print(f"  one step more: median {statistics.median(came):.0f} bytes ({spread})")
    print("\n".join(f"  | {row.rstrip()}" for row in screen), flush=True)


def _update(terminal: Terminal, motion: int) -> int:
    """Bytes sent because of news, in the time until they have come; 0 when none do."""
    raw, waited = b"", 0.0
    while not _news(raw, motion) and waited < _LIMIT_S:
        raw += terminal.listen(_PARTS_S)
        waited += _PARTS_S
    return _news(raw + terminal.listen(_PARTS_S), motion)


def _news(raw: bytes, motion: int) -> int:
    return len(raw) - sum(size for size in map(len, _FRAME.findall(raw)) if size <= motion)


@contextmanager
def our_side(folder: Path) -> Iterator[Side]:
    """A project whose run is alive as far as its files tell: this process is its supervisor."""
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_STATE_HOME": str(folder / "state")}
    with mock.patch.dict(os.environ, home):
        project = planned_project(folder / "project", make_model(folder / "model"))
        for step in journey.STEPS.values():
            for item in step.items:
                journey.waive(project, step.key, item, "measuring the training screen")
        run = project.new_run(planned(project).to_toml())
        append = live(run)
        remember(project, "train")
        yield Side("tunewright", (sys.executable, "-m", "tui", "--project", project.root), home, str(FIRST), append)


def live(run: RunFolder) -> Callable[[int], None]:
    """Makes `run` one that is running at step FIRST; the result adds a step to it."""
    events = EventLog(run.events)
    run.heartbeat.parent.mkdir(parents=True)
    write_json(
        run.state, {"state": "running", "attempt": 1, "supervisor": Identity.mine().document(), "events_from": 0}
    )
    events.write("state", state="running", steps=STEPS, from_step=0)

    def append(step: int) -> None:
        run.heartbeat.touch()
        pace = {"step_s": 0.5, "tokens_per_s": 2000.0 + step % 7, "epoch": step / 100}
        rate = {"learning_rate": 1e-4 * (1 - step / STEPS), "grad_norm": 1 + 0.1 * math.cos(step)}
        events.write("metrics", step=step, loss=loss(step), **rate, **pace)

    for step in range(1, FIRST + 1):
        append(step)
    return append


# Writes a run with one loss for each line of its input, then prints its file and where in it each step ends. The file
# is a header of 7 bytes and LevelDB's log format: blocks of 32 KiB with records, or parts of them, of type, size, data.
_WRITE = """
import glob, json, sys, wandb
from wandb.proto.wandb_internal_pb2 import Record
settings = wandb.Settings(mode="offline", silent=True, console="off", x_disable_stats=True)
with wandb.init(project="watched", dir=sys.argv[1], settings=settings) as run:
    for step, loss in enumerate(map(float, sys.stdin), 1):
        run.log({"loss": loss}, step=step)
[path] = glob.glob(sys.argv[1] + "/wandb/offline-run-*/*.wandb")
raw, at, data, ends = open(path, "rb").read(), 7, b"", []
while at < len(raw):
    left = 32768 - at % 32768
    if left < 7:
        at += left
        continue
    size, kind, at = int.from_bytes(raw[at + 4 : at + 6], "little"), raw[at + 6], at + 7
    data, at = data + raw[at : at + size], at + size
    if kind in (1, 4):  # a whole record, or its last part
        if Record.FromString(data).WhichOneof("record_type") == "history":
            ends.append(at)
        data = b""
print(json.dumps({"version": wandb.__version__, "path": path, "ends": ends}))
"""


def leet_side(folder: Path, python: str) -> Side:
    """LEET on a growing copy of a file that wandb wrote."""
    env = {"HOME": str(folder), "WANDB_CONFIG_DIR": str(folder), "WANDB_ERROR_REPORTING": "false"}
    losses = "".join(f"{loss(step)}\n" for step in range(1, FIRST + UPDATES + 1))
    done = subprocess.run(
        [python, "-c", _WRITE, folder], input=losses, stdout=subprocess.PIPE, text=True, env={**os.environ, **env}
    )
    done.check_returncode()
    written = json.loads(done.stdout.splitlines()[-1])
    raw, ends = Path(written["path"]).read_bytes(), written["ends"]
    watched = folder / "watched" / Path(written["path"]).name
    watched.parent.mkdir()
    watched.write_bytes(raw[: ends[FIRST - 1]])
    # It looks for news every second instead of every 15 s; all else is as it comes.
    write_json(folder / "wandb-leet.json", {"heartbeat_interval_seconds": 1})

    def append(step: int) -> None:
        with open(watched, "ab") as file:
            file.write(raw[ends[step - 2] : ends[step - 1]])

    command = (python, "-m", "wandb", "leet", "run", watched)
    return Side(f"W&B LEET (wandb {written['version']})", command, env, "\u2514", append)


def main() -> None:
    with tempfile.TemporaryDirectory() as name, our_side(Path(name)) as side:
        measure(side)
    python = os.environ.get("WANDB_PYTHON")
    if python is None:
        print("W&B LEET: not measured; WANDB_PYTHON names no python that has wandb", flush=True)
        return
    with tempfile.TemporaryDirectory() as name:
        measure(leet_side(Path(name), python))


if __name__ == "__main__":
    main()
