"""What nobody foresaw: its trace goes into a file, never onto the screen."""

import os
import traceback
from datetime import UTC, datetime

from platformdirs import user_log_path

from engine.safe_text import safe_text


def unforeseen(error: BaseException) -> tuple[str, str]:
    """(what happened and where its trace lies, what to do); the trace is written before this returns."""
    trace = user_log_path("tunewright") / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    where = f"the trace is in {trace}"
    try:
        trace.parent.mkdir(parents=True, exist_ok=True)
        trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError as refused:
        where = f"no trace could be written ({refused.strerror})"
    return safe_text(f"unexpected {type(error).__name__}: {error}; {where}", 1000), "report it with that file"
