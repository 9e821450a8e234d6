"""Texts that a person writes and names: a guideline, a mapping, templates, answers."""

import os
import stat
from pathlib import Path

from engine.errors import UsageError

LONGEST = 2**20
"""Bytes: nobody writes more by hand."""


def read_short(path: Path) -> bytes:
    """The bytes of a file. Raises UsageError for a pipe, a device, a folder or more than LONGEST; OSError as it comes.

    A pipe that nobody writes into would be waited for, and a device read for ever.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError("not a regular file", hint="name a text file", where=str(path))
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise UsageError(f"longer than {LONGEST:,} bytes", hint="name a text file of your own", where=str(path))
    return content
