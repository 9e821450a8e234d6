"""Which process is meant: a pid alone is reused, and means nothing after a reboot."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Identity:
    """pid, its start time in clock ticks since boot (/proc/PID/stat, field 22) and the boot's id."""

    pid: int
    start_time: int
    boot_id: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Identity of the live process `pid`; None when there is none, or only its exit status is left (a zombie)."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The command's name, in brackets, may hold spaces and brackets: count from its end.
        fields = stat[stat.rindex(")") + 2 :].split()
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]), _boot_id())

    @classmethod
    def mine(cls) -> Self:
        identity = cls.of(os.getpid())
        assert identity is not None
        return identity

    @classmethod
    def saved(cls, fields: Any) -> Self | None:
        """From a state file; None when the fields are not an identity."""
        try:
            return cls(int(fields["pid"]), int(fields["start_time"]), str(fields["boot_id"]))
        except (TypeError, KeyError, ValueError):
            return None

    def alive(self) -> bool:
        return Identity.of(self.pid) == self

    def document(self) -> dict[str, Any]:
        return asdict(self)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
