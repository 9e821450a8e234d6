"""A run that is alive as far as its files tell, written by the test as a worker would: the test is its supervisor."""

import math
from typing import Any

from engine import journey
from engine.durable import write_json
from engine.project import Project, RunFolder
from engine.runs.events import EventLog
from engine.runs.identity import Identity


class Writer:
    """Writes into a run of `steps` planned steps, with a validation every fifty."""

    def __init__(self, run: RunFolder, steps: int = 1000) -> None:
        self.run, self.steps, self.step = run, steps, 0
        self.log = EventLog(run.events)
        run.heartbeat.parent.mkdir(parents=True)
        self.state("running")
        self.log.write("state", state="running", steps=steps, from_step=0)

    def state(self, state: str, **more: Any) -> None:
        """What the supervisor saves."""
        identity = Identity.mine().document()
        write_json(self.run.state, {"state": state, "supervisor": identity, "events_from": 0, **more})

    def add(self, count: int = 1, loss: float | str | None = None) -> None:
        """Logs `count` steps more."""
        self.run.heartbeat.touch()
        for _ in range(count):
            self.step += 1
            at = self.step
            falling = 0.4 + 2.6 * math.exp(-at / 150) + 0.1 * abs(math.sin(1.7 * at))
            norm = 1 + 0.3 * math.cos(at) * math.exp(-at / 300)
            rate = {"learning_rate": 1e-4 * (1 - at / self.steps), "grad_norm": norm}
            pace = {"step_s": 0.5, "tokens_per_s": 2000.0 + 13 * (at % 7), "epoch": at / 100}
            self.log.write("metrics", step=at, loss=falling if loss is None else loss, **rate, **pace)
            if at % 50 == 0:
                self.log.write("eval", step=at, loss=falling + 0.1)
                self.log.write("checkpoint", step=at, best_step=at)


def up_to_train(project: Project) -> Project:
    """Passes every gate before Train."""
    for step in list(journey.STEPS)[:6]:
        for item in journey.STEPS[step].items:
            journey.record(project, step, [journey.Evidence(item, "passed", "shown")])
    return project
