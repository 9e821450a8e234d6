"""What the machine has is read right, and what it lacks comes with its cure."""

import json
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from engine import cli, extras, journey
from engine.errors import DataError, MissingDependencyError
from engine.machine import gpus, record, report
from engine.machine.gpus import Gpu, driver_fits, parse_smi
from engine.machine.limits import memory, usable_cores
from engine.machine.report import Machine, describe, find_lacks, inspect_machine
from engine.machine.session import Terminal, find_terminal, survives_logout
from engine.project import Project

GIB = 2**30
H200 = Gpu("NVIDIA H200", 141 * GIB, 140 * GIB, (9, 0), "570.86.15")


@pytest.fixture
def whole() -> Machine:
    packages: dict[str, str | None] = {name: "1.0" for name in extras.EXTRAS["train"]}
    terminal = Terminal("xterm-256color", True, 256)
    return Machine(
        "Linux", "3.11", 4.0, 16 * GIB, 12 * GIB, 90 * GIB, [], "NVML", packages, None, True, terminal, True, True
    )


def test_a_quota_counts_where_it_is_below_the_affinity(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("0::/slice/job\n", encoding="utf-8")
    group = tmp_path / "slice" / "job"
    group.mkdir(parents=True)
    unlimited = usable_cores(tmp_path, own)
    assert unlimited >= 1
    (group / "cpu.max").write_text("max 100000\n", encoding="utf-8")
    assert usable_cores(tmp_path, own) == unlimited
    (tmp_path / "slice" / "cpu.max").write_text("50000 100000\n", encoding="utf-8")
    assert usable_cores(tmp_path, own) == 0.5
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("25000\n", encoding="utf-8")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n", encoding="utf-8")
    assert usable_cores(tmp_path, own) == 0.25


def test_memory_ends_at_the_limit_of_the_control_group(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("0::/job\n", encoding="utf-8")
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "memory.max").write_text(f"{2**26}\n", encoding="utf-8")
    (tmp_path / "job" / "memory.current").write_text(f"{2**25}\n", encoding="utf-8")
    assert memory(tmp_path, own) == (2**26, 2**25)
    (tmp_path / "job" / "memory.stat").write_text(f"anon 5\ninactive_file {2**20}\n", encoding="utf-8")
    assert memory(tmp_path, own) == (2**26, 2**25 + 2**20)
    (tmp_path / "job" / "memory.max").write_text("max\n", encoding="utf-8")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text(f"{2**63 - 4096}\n", encoding="utf-8")
    assert memory(tmp_path, own)[0] == psutil.virtual_memory().total


def test_nvidia_smi_is_read_and_what_it_does_not_know_is_left_out() -> None:
    lines = (
        "NVIDIA H200, 143771, 143155, 9.0, 570.86.15",
        "T4, 15360, 15000, 7.5, 570.86.15",
        "A, [N/A], 1, 8.0, 1",
        "?",
    )
    first, second = parse_smi("\n".join(lines))
    assert first == Gpu("NVIDIA H200", 143771 * 2**20, 143155 * 2**20, (9, 0), "570.86.15")
    assert first.has_bfloat16 and not second.has_bfloat16


@pytest.mark.parametrize(
    ("driver", "cuda", "fits"),
    [
        ("525.60.13", "12.8", True),
        ("525.59", "12.8", False),
        ("570.86.15", "13.0", False),
        ("580.65.06", "13.0", True),
        ("999.1", "14.0", None),
    ],
)
def test_a_driver_runs_its_cuda_major_version(driver: str, cuda: str, fits: bool | None) -> None:
    assert driver_fits(driver, cuda) is fits


@pytest.mark.parametrize(("cuda", "usable"), [("12.8", ["NVIDIA H200"]), ("13.0", []), (None, [])])
def test_a_gpu_is_used_only_where_build_and_driver_fit(
    monkeypatch: pytest.MonkeyPatch, cuda: str | None, usable: list[str]
) -> None:
    old = replace(H200, name="T4", capability=(7, 5))
    monkeypatch.setattr(gpus, "find_gpus", lambda: ([old, H200], "NVML"))
    monkeypatch.setattr(gpus, "torch_cuda", lambda: cuda)
    assert [gpu.name for gpu in gpus.usable_gpus()] == usable


def test_torchs_build_is_known_without_importing_it() -> None:
    show = "import sys, engine.machine.gpus as gpus; print(gpus.torch_cuda(), 'torch' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    build, imported = shown.stdout.split()
    assert (build == "None") is version("torch").endswith("+cpu")
    assert imported == "False"


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm"}, 8),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 2**24),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, 0),
        ({"TERM": "xterm", "NO_COLOR": "1"}, 0),
        ({}, 0),
    ],
)
def test_colours_follow_the_environment(environment: dict[str, str], colours: int) -> None:
    assert find_terminal(environment).colours == colours


def login_manager(folder: Path, monkeypatch: pytest.MonkeyPatch, *, kills: str, lingers: str) -> None:
    """Puts a loginctl on PATH that answers as systemd's does."""
    command = folder / "loginctl"
    command.write_text(
        f'#!/bin/sh\ncase "$*" in *KillUserProcesses*) echo {kills};; *Linger*) echo {lingers};; esac\n',
        encoding="utf-8",
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("kills", "lingers", "survives"), [("no", "no", True), ("yes", "yes", True), ("yes", "no", False), ("", "no", None)]
)
def test_systemd_is_asked_whether_runs_outlive_the_logout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: str, lingers: str, survives: bool | None
) -> None:
    login_manager(tmp_path, monkeypatch, kills=kills, lingers=lingers)
    assert survives_logout(systemd=tmp_path) is survives


def test_without_systemd_nothing_kills_at_logout(tmp_path: Path) -> None:
    assert survives_logout(systemd=tmp_path / "none") is True


def test_a_whole_machine_lacks_nothing(whole: Machine) -> None:
    assert find_lacks(whole) == []
    assert describe(whole) == "this machine: no GPU, 4 cores, 16 GiB memory, torch 1.0; the data stays here"


def test_every_lack_comes_with_its_cure_and_the_blocking_ones_first(whole: Machine) -> None:
    poor = replace(
        whole,
        packages={**whole.packages, "trl": None},
        tmux=False,
        disk_bytes=GIB,
        available_bytes=GIB,
        home_writable=False,
        survives_logout=False,
        terminal=Terminal("xterm", False, 8),
    )
    lacks = find_lacks(poor)
    assert len(lacks) == 7 and all(lack.mend for lack in lacks)
    assert lacks[0].what == "package trl" and lacks[0].mend == 'pip install "tunewright[train]"'
    assert [lack.blocks for lack in lacks] == [True] + [False] * 6


def test_a_gpu_needs_a_torch_build_that_fits_its_driver(whole: Machine) -> None:
    gpu = replace(whole, gpus=[H200])
    [lack] = find_lacks(gpu)
    assert "CPU build" in lack.what
    [lack] = find_lacks(replace(gpu, torch_cuda="13.0"))
    assert "driver 570.86.15 is too old" in lack.what
    assert find_lacks(replace(gpu, torch_cuda="12.8")) == []


def test_nvidia_ml_py_is_missed_only_beside_a_gpu(whole: Machine) -> None:
    without = replace(whole, packages={**whole.packages, "nvidia-ml-py": None})
    assert find_lacks(without) == []
    [lack] = find_lacks(replace(without, gpus=[H200], torch_cuda="12.8"))
    assert lack.what == "package nvidia-ml-py" and not lack.blocks


def test_extras_are_those_of_the_distribution() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, packages in extras.EXTRAS.items():
        assert sorted(project["optional-dependencies"][name]) == sorted(packages)


def test_a_missing_package_is_told_with_its_pip_command() -> None:
    extras.require(["numpy"], "train")
    with pytest.raises(MissingDependencyError, match="not installed: no-such-a, no-such-b") as caught:
        extras.require(["numpy", "no-such-a", "no-such-b"], "train")
    assert caught.value.hint == 'pip install "tunewright[train]"' and caught.value.exit_code == 8


def test_this_machine_is_read(tmp_path: Path) -> None:
    found = inspect_machine(tmp_path)
    assert found.cores > 0 and 0 < found.available_bytes <= found.memory_bytes and found.disk_bytes > 0
    assert found.packages["torch"] == version("torch")


def test_the_command_records_the_destination(
    tmp_path: Path, whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(record, "inspect_machine", lambda folder: whole)
    project = Project.create(tmp_path / "p")
    assert cli.main(["doctor", "--project", str(project.root), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["trains_here"] and document["recorded"] and document["lacks"] == []
    where = journey.read(project)[3]
    assert where.step.key == "where" and where.state == "passed" and "the data stays here" in where.items[0].text


def test_a_machine_that_cannot_train_ends_with_8_and_fails_the_gate(
    tmp_path: Path, whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = replace(whole, packages={**whole.packages, "torch": None, "peft": None})
    monkeypatch.setattr(record, "inspect_machine", lambda folder: bare)
    project = Project.create(tmp_path / "p")
    assert cli.main(["doctor", "--project", str(project.root)]) == 8
    printed = capsys.readouterr()
    assert "package torch" in printed.out and 'pip install "tunewright[train]"' in printed.err
    assert journey.read(project)[3].state == "failed"


def test_outside_a_project_nothing_is_recorded(
    tmp_path: Path, whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "inspect_machine", lambda folder: whole)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] is False
    assert list(tmp_path.iterdir()) == []


def test_what_was_found_is_kept_for_whoever_looks_later(
    tmp_path: Path, whole: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "inspect_machine", lambda folder: replace(whole, tmux=False))
    project = Project.create(tmp_path / "p")
    assert record.recorded_destination(project) is None
    record.record_destination(project)
    found = record.recorded_destination(project)
    assert found is not None and ("tmux", "no") in found.facts and found.looked.endswith("UTC")
    assert [lack.what.split()[0] for lack in found.lacks] == ["tmux"]
    for damage in ("[]", "{}", "{", '{"looked": "", "facts": [1], "lacks": []}'):
        project.machine.write_text(damage, encoding="utf-8")
        with pytest.raises(DataError):
            record.recorded_destination(project)
