"""The one way by which text from outside reaches a terminal.

Rows, file names, column names, model cards and error messages that quote them can hold escape sequences that move the
cursor, write the clipboard (OSC 52) or retitle the window, and characters that reorder or hide text.
"""

import re

MAX_CHARACTERS = 4000

# ECMA-48 sequences, 7-bit (ESC x) and 8-bit (C1) forms, unterminated ones too: strings (DCS SOS OSC PM APC), then CSI,
# then the two- and three-character escapes.
_SEQUENCES = re.compile(
    "(?:\x1b[PX\\]^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c|(?=\n)|(?=\x1b)|$)"
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|\x1b[ -/]*[0-~]?"
)
# Bidirectional controls, zero-width and invisible characters, line separators, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_CONTROLS_IN_JSON = re.compile("[\x7f-\x9f]")


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def safe_text(text: object, limit: int = MAX_CHARACTERS) -> str:
    """`text` with nothing left in it that a terminal would obey or that the eye would miss.

    Escape sequences are removed whole; other controls (all but newline and tab), bidirectional and invisible characters
    become visible marks. More than `limit` characters are cut, and the cut says how many are missing.
    """
    whole = str(text)
    cut = whole[:limit]
    shown = _CONTROLS.sub(_visible, _INVISIBLE.sub(_visible, _SEQUENCES.sub("", cut)))
    missing = len(whole) - len(cut)
    return f"{shown}… {missing:,} more" if missing else shown


def safe_json(document: str) -> str:
    """JSON text with every character that a terminal obeys, or that the eye misses, written as an escape."""
    return _INVISIBLE.sub(_escaped, _CONTROLS_IN_JSON.sub(_escaped, document))


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def one_line(text: object, limit: int = 200) -> str:
    """`safe_text` on a single line: newlines and tabs become their visible pictures."""
    return safe_text(text, limit).replace("\n", "\u240a").replace("\t", "\u2409")
