"""What a terminal is sent, cut into text and escape sequences (ECMA-48), and which of them Textual never sends."""

import re
from collections.abc import Iterator

_STRING = r"[PX\]^_][^\x07\x1b\x9c]*"
_TOKEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    rf"|\x1b{_STRING}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b(?:[ -/]+[0-~]|[0-OQ-WYZ\\`-~])"
    r"|[^\x1b]+|\x1b"
)
_UNFINISHED = re.compile(rf"\x1b(?:\[[0-?]*[ -/]*|{_STRING}\x1b?|[ -/]*)")
# The screen model draws what it does not know: private forms, colons, strings.
_DRAWABLE = re.compile(r"[^\x1b]|\x1b(?:\[\??[0-9;]*[@-~]|[0-OQ-WYZ`-~])\Z")

_COLOUR = r"[34]8;(?:5;\d+|2;\d+;\d+;\d+)"
_STYLE = rf"(?:[0-479]|21|53|[39][0-79]|10[0-7]|4[0-79]|{_COLOUR})"
_TEXTUAL = re.compile(
    rf"\x1b\[{_STYLE}(?:;{_STYLE})*m"
    # The cursor: home, a place.
    r"|\x1b\[(?:\d+;\d+)?H"
    # Modes: wrap, cursor, mouse, focus, alternate screen, paste, synchronised, size reports; and the questions for two.
    r"|\x1b\[\?(?:7|25|100[0346]|101[56]|1049|2004|2026|2048)[hl]|\x1b\[\?20(?:26|48)\$p"
    # The keyboard protocol, on and off; the plain mouse pointer.
    r"|\x1b\[(?:>\d+|<)u|\x1b\]22;default\x07"
)
_COPY = re.compile(r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
# Surrogates: bytes that are no UTF-8, such as a naked C1 byte. \r\n: what the pty makes of a newline.
_CONTROL = re.compile("(?!\r\n)[\x00-\x1f\x7f-\x9f\ud800-\udfff](?<!\r\n)")


def tokens(text: str) -> Iterator[str]:
    """Runs of text (C0 and C1 controls in them) and whole sequences, in order; an ESC that begins none stands alone."""
    return (found[0] for found in _TOKEN.finditer(text))


def split_off_unfinished(text: str) -> tuple[str, str]:
    """(what can be shown, the beginning of a sequence whose rest has not come yet)."""
    at = 0
    for token in tokens(text):
        if token == "\x1b" and _UNFINISHED.fullmatch(text, at):
            return text[:at], text[at:]
        at += len(token)
    return text, ""


def drawable(token: str) -> bool:
    """Whether pyte understands it."""
    return _DRAWABLE.match(token) is not None


def hostile(raw: bytes, *, copied: bool = False) -> list[str]:
    """Every control and escape sequence in `raw` that Textual does not send by itself: those came with data.

    `copied`: text was copied, so the clipboard may be written (OSC 52). A colour or a cursor position that data brings
    along looks like Textual's own: let hostile data ask for something else, such as a title, a blink or a reset.
    """
    found = []
    for token in tokens(raw.decode("utf-8", "surrogateescape")):
        if not token.startswith("\x1b"):
            found += _CONTROL.findall(token)
        elif not (_TEXTUAL.fullmatch(token) or (copied and _COPY.fullmatch(token))):
            found.append(token)
    return found
