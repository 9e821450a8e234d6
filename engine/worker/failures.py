"""What libraries raise, in our words."""

import errno
import shutil
from pathlib import Path
from typing import Literal

from engine.errors import DataError, MissingDependencyError, ModelError, ResourceError, TrainingError, TunewrightError

_NO_SPACE = "no space left on device"


def explained(error: Exception, folder: Path) -> TunewrightError:
    """`error` as one of ours; `folder` is where the work was writing."""
    if isinstance(error, TunewrightError):
        return error
    if isinstance(error, ModuleNotFoundError):
        return MissingDependencyError(
            f"the package {error.name} is not installed", hint='pip install "tunewright[train]" -c constraints.txt'
        )
    if _is_memory(error):
        return ResourceError(
            "out of memory",
            hint="plan again with half the micro_batch and double accumulation (the same training), or method lora",
        )
    if _is_disk(error, folder):
        return ResourceError(
            "the disk is full", hint=f"free some space at {folder}, then resume: nothing saved is lost"
        )
    if type(error).__module__.startswith("jinja2"):
        return ModelError(f"the chat template: {error}", hint="mend chat_template.jinja, or take the model's own")
    if type(error).__name__ == "SafetensorError":
        return ModelError(f"a weight file is damaged: {error}", hint="restore it from a copy, or train again")
    return TrainingError(f"{type(error).__name__}: {error}", hint=f"the whole trace is in {folder / 'log.txt'}")


def way_after(error: Exception, known: TunewrightError) -> Literal["resume", "plan"]:
    """What comes after `error`, explained as `known`: a full disk or a damaged file is mended and the run resumed; what
    comes of the plan itself (memory, numbers that are none) would happen again."""
    return "plan" if _is_memory(error) or isinstance(known, TrainingError | DataError) else "resume"


def _is_memory(error: Exception) -> bool:
    # torch.OutOfMemoryError is a RuntimeError; the CPU allocator says "can't allocate memory".
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def _is_disk(error: Exception, folder: Path) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    text = str(error).lower()
    # safetensors raises its own type; torch says only that a write failed.
    return _NO_SPACE in text or ("write" in text and shutil.disk_usage(folder).free < 1 << 20)
