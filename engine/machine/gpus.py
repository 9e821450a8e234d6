"""NVIDIA GPUs, by nvidia-ml-py where it is installed, else by nvidia-smi; and whether torch's build fits the driver."""

import csv
import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_QUERY = "name,memory.total,memory.free,compute_cap,driver_version"
_FIRST_DRIVER = {11: (450, 80), 12: (525, 60), 13: (580, 65)}
"""The oldest Linux driver for each CUDA major version (CUDA release notes, minor version compatibility)."""
_BFLOAT16_SINCE = (8, 0)
"""Compute capability from which on bfloat16 is computed in hardware."""


@dataclass(frozen=True, slots=True)
class Gpu:
    name: str
    total_bytes: int
    free_bytes: int
    capability: tuple[int, int]
    driver: str

    @property
    def has_bfloat16(self) -> bool:
        return self.capability >= _BFLOAT16_SINCE


def find_gpus() -> tuple[list[Gpu], str]:
    """The GPUs, and how they were looked for."""
    try:
        import pynvml
    except ImportError:
        return _by_command()
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return [], f"nvidia-ml-py: {error}"
    try:
        return [_by_library(pynvml.nvmlDeviceGetHandleByIndex(i)) for i in range(pynvml.nvmlDeviceGetCount())], "NVML"
    except pynvml.NVMLError as error:  # a slice of a GPU may not be asked everything
        return [], f"nvidia-ml-py: {error}"
    finally:
        pynvml.nvmlShutdown()


def usable_gpus() -> list[Gpu]:
    """GPUs on which the installed torch can train in bfloat16: its build and the driver fit."""
    cuda = torch_cuda()
    if cuda is None:
        return []
    found, _ = find_gpus()
    return [gpu for gpu in found if gpu.has_bfloat16 and driver_fits(gpu.driver, cuda) is not False]


def _by_library(handle: object) -> Gpu:
    import pynvml

    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
    driver = str(pynvml.nvmlSystemGetDriverVersion())
    return Gpu(str(pynvml.nvmlDeviceGetName(handle)), int(memory.total), int(memory.free), (major, minor), driver)


def _by_command() -> tuple[list[Gpu], str]:
    command = shutil.which("nvidia-smi")
    if command is None:
        return [], "neither nvidia-ml-py nor nvidia-smi is here"
    try:
        found = subprocess.run(
            [command, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        return [], f"nvidia-smi failed: {error}"
    return parse_smi(found.stdout), "nvidia-smi"


def parse_smi(text: str) -> list[Gpu]:
    """The GPUs in nvidia-smi's CSV: name, total and free MiB, capability, driver. Other lines are left out."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    return [_from_row(row) for row in rows if len(row) == 5 and row[1].isdigit() and row[2].isdigit()]


def _from_row(row: list[str]) -> Gpu:
    name, total, free, capability, driver = row
    return Gpu(name, int(total) * 2**20, int(free) * 2**20, _pair(capability), driver)


def _pair(version: str) -> tuple[int, int]:
    """The first two numbers of a version; (0, 0) where there are none."""
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)


def torch_cuda() -> str | None:
    """CUDA version of the installed torch build, read from its version file; None for a CPU build or without torch."""
    try:
        torch = distribution("torch")
    except PackageNotFoundError:
        return None
    try:
        source = Path(str(torch.locate_file("torch/version.py"))).read_text(encoding="utf-8")
    except OSError:
        found = re.search(r"\+cu(\d+)(\d)$", torch.version)
        return f"{found[1]}.{found[2]}" if found else None
    found = re.search(r"^cuda\b[^=]*=\s*['\"]([\d.]+)['\"]", source, re.MULTILINE)
    return found[1] if found else None


def driver_fits(driver: str, cuda: str) -> bool | None:
    """Whether a driver can run a CUDA build; None for a CUDA version that is not in the table."""
    first = _FIRST_DRIVER.get(_pair(f"{cuda}.0")[0])
    return None if first is None else _pair(driver) >= first
