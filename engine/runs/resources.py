"""What a run uses, read without torch: the worker's CPU and memory, the GPUs, kills by the kernel."""

from pathlib import Path
from typing import Any

import psutil


def process_usage(pid: int) -> dict[str, Any]:
    """CPU seconds used so far and resident bytes of `pid` and its children; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        every = [root, *root.children(recursive=True)]
        times = [process.cpu_times() for process in every]
        memory = [process.memory_info().rss for process in every]
    except psutil.Error:
        return {}
    return {"cpu_s": round(sum(one.user + one.system for one in times), 2), "rss_bytes": sum(memory)}


def gpus() -> list[dict[str, Any]]:
    """Use (percent) and memory (bytes) of each NVIDIA GPU; empty without one, its driver, or nvidia-ml-py."""
    try:
        import pynvml
    except ImportError:
        return []
    try:
        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(number) for number in range(pynvml.nvmlDeviceGetCount())]
        return [_gpu(pynvml, handle) for handle in handles]
    except pynvml.NVMLError:
        return []


def _gpu(nvml: Any, handle: Any) -> dict[str, Any]:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return {
        "use": nvml.nvmlDeviceGetUtilizationRates(handle).gpu,
        "used_bytes": memory.used,
        "total_bytes": memory.total,
    }


def cgroup_oom_kills() -> int:
    """Kills for memory in our control group so far (cgroup v2); 0 where that cannot be read."""
    try:
        group = Path("/proc/self/cgroup").read_text(encoding="utf-8").rsplit("::", 1)[-1].strip()
        counts = (Path("/sys/fs/cgroup") / group.lstrip("/") / "memory.events").read_text(encoding="utf-8")
        return int(dict(line.split() for line in counts.splitlines())["oom_kill"])
    except (OSError, KeyError, ValueError):
        return 0
