"""A disk that fills up, for real: a small tmpfs in a mount namespace of our own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import journey
from tests.journey.test_own_model import write_data
from tests.tiny import make_model
from tests.worker.conftest import planned_project

ROOT = Path(__file__).parent.parent.parent
TUNEWRIGHT = f'"{sys.executable}" -m engine.cli'


def on_small_disk(folder: Path, size: str, script: str) -> "subprocess.CompletedProcess[str]":
    """Runs `script` with `folder` as a disk of `size`; it holds what `folder` held."""
    whole = f"""
set -u
mkdir -p "{folder}.kept"
cp -a "{folder}/." "{folder}.kept/"
mount -t tmpfs -o size={size} none "{folder}"
cp -a "{folder}.kept/." "{folder}/"
cd "{folder}"
{script}
"""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    return subprocess.run(
        [*unshare, "bash", "-c", whole],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module", autouse=True)
def namespaces() -> None:
    """Where a container forbids mounts, the fault cannot be made: said, and an error where CI=true."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    tried = subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    if tried.returncode:
        message = f"a small tmpfs cannot be mounted here: {tried.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


def test_an_import_onto_a_full_disk_leaves_the_project_as_it_was(tmp_path: Path) -> None:
    write_data(tmp_path / "data.jsonl")
    project = tmp_path / "project"
    subprocess.run([sys.executable, "-m", "engine.cli", "new", str(project)], check=True, cwd=ROOT, capture_output=True)
    done = on_small_disk(
        project,
        "100k",
        f"""
head -c 60000 /dev/zero > filler
{TUNEWRIGHT} data import "{tmp_path}/data.jsonl" --yes; echo "import: $?"
ls data; rm filler
{TUNEWRIGHT} audit verify; echo "verify: $?"
{TUNEWRIGHT} status > /dev/null; echo "status: $?"
""",
    )
    assert "import: 5\nverify" not in done.stdout and "import: 5" in done.stdout, done.stdout + done.stderr
    assert "the disk is full" in done.stderr and "hint: " in done.stderr and "Traceback" not in done.stderr
    assert "v1" not in done.stdout and "verify: 0" in done.stdout and "status: 0" in done.stdout


def test_training_on_a_full_disk_fails_in_words_and_resumes(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    project = planned_project(tmp_path / "project", model, epochs=10, eval_every=2)
    for step in journey.STEPS.values():
        for item in step.items:
            journey.waive(project, step.key, item, "trying a full disk")
    done = on_small_disk(
        project.root,
        "3m",
        f"""
{TUNEWRIGHT} train
while ! grep -q '"kind":"checkpoint"' runs/run-1/events.jsonl 2>/dev/null; do sleep 0.02; done
head -c 10000000 /dev/zero > filler 2>/dev/null
# The supervisor waits a minute for space to say what happened; it gets some after three seconds.
(sleep 3; rm filler) &
{TUNEWRIGHT} follow; echo "follow: $?"
wait
{TUNEWRIGHT} resume --follow; echo "resume: $?"
{TUNEWRIGHT} audit verify
""",
    )
    assert "follow: 6" in done.stdout, done.stdout + done.stderr
    assert "disk is full" in done.stderr or "lost" in done.stderr
    assert "resume: 0" in done.stdout and "run-1 finished" in done.stdout, done.stdout + done.stderr
    assert "the chain is whole" in done.stdout
