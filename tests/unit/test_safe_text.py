import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.safe_text import one_line, safe_json, safe_text

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


@given(st.text(st.characters(max_codepoint=0x2100)) | st.text())
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    assert not OBEYED.search(safe_text(text))
    assert not re.search("[\n\t]", one_line(text))


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]52;c;aGk=\x07hi", "hi"),
        ("\x1b]52;c;aGk=\x1b\\hi", "hi"),
        ("\x9d52;c;aGk=\x9chi", "hi"),
        ("\x1b[2J\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1bP1;2qimage\x1b\\after", "after"),
        ("\x1b]0;a title that never ends\nnext line", "\nnext line"),
        ("\x1b", ""),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("abc\u202exe.txt", "abc<U+202E>xe.txt"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("[/bold] [red]markup stays[/red]", "[/bold] [red]markup stays[/red]"),
    ],
)
def test_hostile_text_is_made_harmless(hostile: str, shown: str) -> None:
    assert safe_text(hostile) == shown


def test_a_cut_says_how_much_is_missing() -> None:
    assert safe_text("x" * 5_000, 4_000) == "x" * 4_000 + "… 1,000 more"


@given(st.text(st.characters(max_codepoint=0x2100)) | st.text(st.characters(exclude_categories=["Cs"])))
def test_json_says_the_same_without_a_character_that_a_terminal_obeys(text: str) -> None:
    shown = safe_json(json.dumps({"text": text}, ensure_ascii=False))
    assert not OBEYED.search(shown)
    assert json.loads(shown) == {"text": text}
