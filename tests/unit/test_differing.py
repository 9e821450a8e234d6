"""What differs between two texts, and the answers of a contradiction."""

from hypothesis import given
from hypothesis import strategies as st

from engine.data.differing import differing

TEXTS = st.lists(st.sampled_from(["a", "b", "the", "parcel", "\n", " ", "  ", "é", "."]), max_size=40).map("".join)


@given(TEXTS, TEXTS)
def test_the_pieces_give_both_texts_back(text: str, other: str) -> None:
    pieces = differing(text, other)
    assert "".join(one.text for one in pieces if one.kind != "missing") == text
    assert "".join(one.text for one in pieces if one.kind != "added") == other
    assert all(one.text for one in pieces)


@given(TEXTS)
def test_equal_texts_have_one_piece(text: str) -> None:
    assert [one.kind for one in differing(text, text)] == (["same"] if text else [])


def test_only_the_words_that_differ_are_marked() -> None:
    pieces = differing("Where is my blue kettle now?", "Where is my red kettle?")
    marked = [(one.kind, one.text) for one in pieces if one.kind != "same"]
    assert ("added", "blue") in marked and ("missing", "red") in marked
    assert ("same", "Where is my ") in [(one.kind, one.text) for one in pieces]


def test_very_long_texts_are_called_different_as_a_whole_where_they_differ() -> None:
    text = "start " + " ".join(f"x{number}" for number in range(5000)) + " end"
    other = "start " + " ".join(f"y{number}" for number in range(5000)) + " end"
    assert [one.kind for one in differing(text, other)] == ["same", "missing", "added", "same"]
