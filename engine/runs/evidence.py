"""What a finished run shows for the gate of Train."""

from typing import Any

from engine import audit, journey
from engine.project import RunFolder
from engine.runs.watch import RunView, saved_state, watch


def record_evidence(run: RunFolder) -> None:
    """Stores what the run shows, and its end, in the audit log of its project; a second call adds nothing."""
    view = watch(run)
    attempt = saved_state(run).get("attempt", 1)
    ended = {"event": "run.end", "run": run.id, "attempt": attempt, "state": view.state}
    log = run.project.audit
    if view.live or not log.exists() or any(ended.items() <= entry.items() for entry in audit.entries(log)):
        return
    if view.state == "finished" and view.result is not None:
        # Before the end is on record: killed in between, the next call writes both.
        journey.record(run.project, "train", _shown(run, view, view.result))
    audit.append(log, **ended, step=view.step, reason=view.reason)


def _shown(run: RunFolder, view: RunView, result: dict[str, Any]) -> list[journey.Evidence]:
    rests_on = {name: str(result[name]) for name in journey.STEPS["train"].rests_on}
    finite = f"{run.id}: {result['tensors']} trained tensors, all finite"
    effective = f"{run.id}: logits moved by up to {result['logit_change']:.3g}"
    best = f"{run.id}: step {result['best_step']} of {view.step}, validation loss {result['best_eval_loss']:.4f}"
    shown = {"finite": finite, "effective": effective, "best": best}
    return [journey.Evidence(item, "passed", text, rests_on) for item, text in shown.items()]
