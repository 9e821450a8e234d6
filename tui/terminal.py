"""What this terminal can do, asked before anything is drawn."""

import os
import sys
from dataclasses import dataclass

from engine.machine.session import find_terminal
from engine.recent import kept_theme

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")


@dataclass(frozen=True, slots=True)
class Terminal:
    refusal: str
    """Why no screen can be drawn here; empty when one can."""
    ascii: bool
    """Only ASCII can be shown: another locale than UTF-8, or the Linux console."""
    theme: str
    """The theme to begin with."""


def look_at_terminal() -> Terminal:
    """Reads TERM, NO_COLOR, COLORFGBG, the locale, and the theme that was chosen last."""
    found = find_terminal()
    plain = found.term == "linux" or not found.colours
    kept = kept_theme()
    bright = kept if kept in THEMES else "textual-light" if _light() else "textual-dark"
    theme = "ansi-dark" if plain else bright
    return Terminal(_refusal(found.term), not found.utf8, theme)


def _refusal(term: str) -> str:
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        return "the wizard needs a terminal, and input or output here is a file or a pipe"
    return f"the wizard cannot draw on this terminal (TERM={term})" if term in ("", "dumb") else ""


def _light() -> bool:
    """Whether the terminal says that its background is light: COLORFGBG is "foreground;background", 7 and 15 light."""
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
