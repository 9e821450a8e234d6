"""The stop request, as the training loop sees it: a signal, or the request file of the run."""

import os
import signal
from pathlib import Path

_asked = False
_parent = os.getppid()


def listen() -> None:
    """SIGTERM and SIGINT ask for a stop; a second one leaves at once. SIGHUP, the closing terminal, is ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _ask)
    signal.signal(signal.SIGINT, _ask)


def asked(request: Path) -> bool:
    """Whether a stop was asked for, by signal or by the file `request`."""
    return _asked or request.exists()


def orphaned() -> bool:
    """Whether the process that started us is gone. A run goes on then; work that somebody waits for does not."""
    return os.getppid() != _parent


def _ask(number: int, frame: object) -> None:
    global _asked
    if _asked:
        os._exit(128 + number)
    _asked = True
