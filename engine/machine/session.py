"""The terminal, and whether what is started in it outlives the login."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SYSTEMD = Path("/run/systemd/system")


@dataclass(frozen=True, slots=True)
class Terminal:
    term: str
    utf8: bool
    """Other characters than ASCII can be shown: not in a C locale, and too few on the Linux console."""
    colours: int
    """0 where none are wanted or shown."""


def find_terminal(environment: Mapping[str, str] = os.environ) -> Terminal:
    """What the environment says of the terminal; NO_COLOR (no-color.org) is obeyed."""
    term = environment.get("TERM", "")
    return Terminal(term, _utf8(environment) and term != "linux", _colours(term, environment))


def _utf8(environment: Mapping[str, str]) -> bool:
    language, ctype = environment.get("LANG", ""), environment.get("LC_CTYPE", "")
    # Python itself writes this one where the locale is C, whatever the terminal can show (PEP 538).
    coerced = ctype == "C.UTF-8" and language in ("", "C", "POSIX")
    named = environment.get("LC_ALL") or ("" if coerced else ctype) or language
    return "utf" in named.lower()


def _colours(term: str, environment: Mapping[str, str]) -> int:
    if term in ("", "dumb") or environment.get("NO_COLOR"):
        return 0
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return 2**24
    return 256 if "256color" in term else 8


def survives_logout(systemd: Path = _SYSTEMD) -> bool | None:
    """Whether systemd lets a detached process live on after logout; None where it could not be asked.

    Without systemd nothing kills it. With it, KillUserProcesses=yes does, unless the user lingers.
    """
    if not systemd.is_dir():
        return True
    kills = _ask_login("show-user", "--property=KillUserProcesses", "--value")
    if kills is None:
        return None
    return kills == "no" or _ask_login("show-user", str(os.getuid()), "--property=Linger", "--value") == "yes"


def _ask_login(*arguments: str) -> str | None:
    command = shutil.which("loginctl")
    if command is None:
        return None
    try:
        found = subprocess.run([command, *arguments], capture_output=True, text=True, timeout=10, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    return found.stdout.strip() or None
