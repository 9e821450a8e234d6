import json
from pathlib import Path

import pytest

from engine.errors import ResourceError
from engine.worker import checkpoints


def make(folder: Path, step: int, *, marked: bool = True) -> Path:
    made = folder / f"checkpoint-{step}"
    made.mkdir(parents=True)
    (made / "adapter_model.safetensors").write_bytes(b"x" * 100)
    (made / "trainer_state.json").write_text(json.dumps({"global_step": step}), encoding="utf-8")
    if marked:
        checkpoints.mark_complete(made)
    return made


def test_the_newest_whole_checkpoint_is_taken_and_broken_ones_go(tmp_path: Path) -> None:
    make(tmp_path, 2)
    make(tmp_path, 10)
    torn = make(tmp_path, 20)
    (torn / "adapter_model.safetensors").write_bytes(b"x" * 99)
    unmarked = make(tmp_path, 30, marked=False)
    assert checkpoints.newest_complete(tmp_path) == tmp_path / "checkpoint-10"
    assert not torn.exists() and not unmarked.exists()


@pytest.mark.parametrize("broken", ["complete.json", "trainer_state.json"])
def test_a_torn_mark_or_state_does_not_count(tmp_path: Path, broken: str) -> None:
    folder = make(tmp_path, 2)
    (folder / broken).write_text('{"files": ', encoding="utf-8")
    assert not checkpoints.is_complete(folder)


def test_none_is_none(tmp_path: Path) -> None:
    assert checkpoints.newest_complete(tmp_path / "nowhere") is None


def test_the_best_and_the_newest_two_are_kept(tmp_path: Path) -> None:
    for step in (1, 2, 3, 4, 5):
        make(tmp_path, step)
    checkpoints.prune(tmp_path, best_step=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-2", "checkpoint-4", "checkpoint-5"]


def test_a_disk_too_small_for_the_next_is_refused_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, 1)
    checkpoints.ensure_space(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("usage", (), {"free": 50})())
    with pytest.raises(ResourceError, match="the disk is full"):
        checkpoints.ensure_space(tmp_path)
