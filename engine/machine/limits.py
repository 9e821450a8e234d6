"""Cores and memory that this process may really use: affinity and control groups, not what the hardware has."""

import os
from pathlib import Path

import psutil

CGROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")


def usable_cores(cgroups: Path = CGROUPS, own: Path = OWN_GROUP) -> float:
    """Cores by affinity, or fewer by a CPU quota (cgroup v2 cpu.max, v1 cpu.cfs_quota_us); 1.5 is possible."""
    quotas = [_quota_v2(group / "cpu.max") for group in _groups(cgroups, own)]
    quotas.append(_quota_v1(cgroups / "cpu"))
    return min([float(len(os.sched_getaffinity(0))), *(quota for quota in quotas if quota)])


def memory(cgroups: Path = CGROUPS, own: Path = OWN_GROUP) -> tuple[int, int]:
    """(total, available) bytes, within the control groups' limits where there are any."""
    found = psutil.virtual_memory()
    total, available = int(found.total), int(found.available)
    limits = [(group / "memory.max", group / "memory.current") for group in _groups(cgroups, own)]
    limits.append((cgroups / "memory/memory.limit_in_bytes", cgroups / "memory/memory.usage_in_bytes"))
    for limit_file, used_file in limits:
        limit = _number(limit_file)
        if limit is not None:
            total = min(total, limit)
            available = min(
                available, limit - (_number(used_file) or 0) + _reclaimable(used_file.with_name("memory.stat"))
            )
    return total, max(0, min(available, total))


def _reclaimable(path: Path) -> int:
    """Bytes of files that the kernel keeps in memory and gives back when asked; they count as used in the group."""
    words = (line.split() for line in _text(path).splitlines())
    return next((int(value) for name, value in words if name == "inactive_file"), 0)


def _groups(cgroups: Path, own: Path) -> list[Path]:
    """This process's cgroup v2 folder and all above it: a limit on any of them holds."""
    entry = next((line for line in _text(own).splitlines() if line.startswith("0::/")), "0::/")
    group = cgroups / entry.removeprefix("0::/")
    return [group, *(parent for parent in group.parents if parent == cgroups or cgroups in parent.parents)]


def _quota_v2(path: Path) -> float | None:
    words = _text(path).split()
    return int(words[0]) / int(words[1]) if len(words) == 2 and words[0].isdigit() else None


def _quota_v1(folder: Path) -> float | None:
    quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
    return quota / period if quota and period else None


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str:
    """A kernel file's content; empty where this kernel has none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
