"""What a finished run shows for the gate of Train."""

from engine import audit, journey
from engine.project import RunFolder
from engine.runs.watch import watch


def record_evidence(run: RunFolder) -> None:
    """Stores the run's end, and what it shows, in the audit log of its project; a second call adds nothing."""
    view = watch(run)
    if view.live or not (run.path.parent.parent / "project.toml").exists():
        return
    project = run.project
    if _recorded(run, view.state, view.step):
        return
    audit.append(project.audit, "run.end", run=run.id, state=view.state, step=view.step, reason=view.reason)
    result = view.result
    if view.state != "finished" or result is None:
        return
    rests_on = {name: str(result[name]) for name in journey.STEPS["train"].rests_on}
    items = [
        journey.Evidence("finite", "passed", f"{result['tensors']} trained tensors, all finite", rests_on),
        journey.Evidence(
            "effective", "passed", f"logits moved by up to {result['logit_change']:.3g} on {run.id}", rests_on
        ),
        journey.Evidence(
            "best",
            "passed",
            f"step {result['best_step']} of {view.step}, validation loss {result['best_eval_loss']:.4f}",
            rests_on,
        ),
    ]
    journey.record(project, "train", items)


def _recorded(run: RunFolder, state: str, step: int) -> bool:
    said = {"event": "run.end", "run": run.id, "state": state, "step": step}
    return any(said.items() <= entry.items() for entry in audit.entries(run.project.audit))
