"""Everything about this machine in one picture, and what it lacks, each with the command that mends it."""

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.extras import EXTRAS, pip_command, versions
from engine.machine.gpus import Gpu, driver_fits, find_gpus, torch_cuda
from engine.machine.limits import memory, usable_cores
from engine.machine.session import Terminal, find_terminal, survives_logout
from engine.sizes import size

_GIB = 2**30
_LITTLE_MEMORY, _LITTLE_DISK = 2 * _GIB, 2 * _GIB
"""Below these even a small model is tight: the trainer alone takes 0.7 GiB, and two checkpoints are kept."""
_NOT_NEEDED = frozenset({"nvidia-ml-py"})
"""Packages of the train extra without which training still runs."""


@dataclass(frozen=True, slots=True)
class Machine:
    system: str
    python: str
    cores: float
    """Usable ones: affinity and quota."""
    memory_bytes: int
    available_bytes: int
    disk_bytes: int
    """Free where the project lies."""
    gpus: list[Gpu]
    gpu_source: str
    packages: dict[str, str | None]
    """Of the train extra: installed version, None when missing."""
    torch_cuda: str | None
    """CUDA version of torch's build; None for a CPU build."""
    tmux: bool
    terminal: Terminal
    survives_logout: bool | None
    home_writable: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """Something missing."""

    what: str
    mend: str
    """The command, or what to do."""
    blocks: bool = False
    """Training here is impossible without it."""


def inspect_machine(folder: Path) -> Machine:
    """What this machine has; disk space is that of `folder`."""
    gpus, source = find_gpus()
    total, available = memory()
    return Machine(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        cores=usable_cores(),
        memory_bytes=total,
        available_bytes=available,
        disk_bytes=shutil.disk_usage(folder).free,
        gpus=gpus,
        gpu_source=source,
        packages=versions(EXTRAS["train"]),
        torch_cuda=torch_cuda(),
        tmux=shutil.which("tmux") is not None,
        terminal=find_terminal(),
        survives_logout=survives_logout(),
        home_writable=os.access(Path.home(), os.W_OK),
    )


def find_lacks(machine: Machine) -> list[Lack]:
    """What is missing, worst first."""
    lacks = [*_missing_packages(machine), *_gpu_lacks(machine), *_resource_lacks(machine), *_session_lacks(machine)]
    return sorted(lacks, key=lambda lack: not lack.blocks)


def _missing_packages(machine: Machine) -> list[Lack]:
    missing = [name for name, found in machine.packages.items() if found is None]
    return [
        Lack(f"package {name}", pip_command("train"), blocks=name not in _NOT_NEEDED)
        for name in missing
        if name not in _NOT_NEEDED or machine.gpus
    ]


def _gpu_lacks(machine: Machine) -> list[Lack]:
    if not machine.gpus or machine.packages["torch"] is None:
        return []
    if machine.torch_cuda is None:
        return [Lack("torch is a CPU build, the GPU is not used", "pip install --force-reinstall torch")]
    driver = machine.gpus[0].driver
    if driver_fits(driver, machine.torch_cuda) is False:
        what = f"driver {driver} is too old for torch's CUDA {machine.torch_cuda}"
        return [Lack(what, "update the NVIDIA driver, or install a torch build for an older CUDA")]
    return []


def _resource_lacks(machine: Machine) -> list[Lack]:
    lacks = []
    if machine.available_bytes < _LITTLE_MEMORY:
        lacks.append(Lack(f"memory: {machine.available_bytes / _GIB:.1f} GiB available", "close other programs"))
    if machine.disk_bytes < _LITTLE_DISK:
        lacks.append(Lack(f"disk: {machine.disk_bytes / _GIB:.1f} GiB free", "free space, or move the project"))
    if not machine.home_writable:
        lacks.append(Lack("the home folder cannot be written", "export HOME=DIR with a folder that you own"))
    return lacks


def _session_lacks(machine: Machine) -> list[Lack]:
    lacks = []
    if machine.survives_logout is False:
        lacks.append(Lack("detached runs are killed at logout", "loginctl enable-linger"))
    if machine.survives_logout is None:
        lacks.append(Lack("unknown whether runs outlive the logout", "loginctl enable-linger makes sure"))
    if not machine.tmux:
        lacks.append(
            Lack("tmux (keeps a screen open over a broken link)", "apt-get install tmux, or your system's way")
        )
    if not machine.terminal.utf8:
        lacks.append(Lack("the terminal's encoding is not UTF-8", "export LANG=C.UTF-8"))
    return lacks


def facts(machine: Machine) -> list[tuple[str, str]]:
    """(what, what was found) in words, for whoever reads it."""
    gpus = [
        f"{gpu.name}, {size(gpu.free_bytes)} of {size(gpu.total_bytes)} free, driver {gpu.driver}"
        for gpu in machine.gpus
    ]
    build = f"CUDA {machine.torch_cuda}" if machine.torch_cuda else "CPU build"
    terminal = machine.terminal
    encoding = "UTF-8" if terminal.utf8 else "not UTF-8"
    outlives = {True: "yes", False: "no", None: "unknown"}[machine.survives_logout]
    return [
        ("system", machine.system),
        ("python", machine.python),
        ("cores", f"{machine.cores:g} usable"),
        ("memory", f"{size(machine.available_bytes)} of {size(machine.memory_bytes)} available"),
        ("disk", f"{size(machine.disk_bytes)} free here"),
        ("GPU", "; ".join(gpus) or f"none ({machine.gpu_source})"),
        *((name, found or "missing") for name, found in machine.packages.items() if name != "torch"),
        ("torch", f"{machine.packages['torch']}, {build}" if machine.packages["torch"] else "missing"),
        ("tmux", "yes" if machine.tmux else "no"),
        ("terminal", f"{terminal.term or 'none'}, {encoding}, {terminal.colours} colours"),
        ("runs outlive logout", outlives),
        ("home writable", "yes" if machine.home_writable else "no"),
    ]


def describe(machine: Machine) -> str:
    """The machine in one line, for the record."""
    where = ", ".join(f"{gpu.name} {gpu.total_bytes / _GIB:.0f} GiB" for gpu in machine.gpus) or "no GPU"
    return (
        f"this machine: {where}, {machine.cores:g} cores, {machine.memory_bytes / _GIB:.0f} GiB memory, "
        f"torch {machine.packages['torch'] or 'missing'}; the data stays here"
    )
