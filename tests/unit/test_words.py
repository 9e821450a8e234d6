"""Times and sizes in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.duration import ago, duration, roughly
from engine.sizes import size


@pytest.mark.parametrize(
    ("seconds", "exactly", "about", "past"),
    [
        (-30, "-30 s", "under 1 min", "just now"),
        (8.4, "8 s", "under 1 min", "just now"),
        (200, "3 min 20 s", "4 min", "3 min 20 s ago"),
        (59 * 60, "59 min 00 s", "60 min", "59 min 00 s ago"),
        (7500, "2 h 05 min", "2.5 h", "2 h 05 min ago"),
        (3 * 86400, "72 h 00 min", "3 days", "72 h 00 min ago"),
    ],
)
def test_times_are_said_exactly_or_about_or_as_an_age(seconds: float, exactly: str, about: str, past: str) -> None:
    assert (duration(seconds), roughly(seconds), ago(seconds)) == (exactly, about, past)


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_what_is_said_about_a_time_changes_no_more_often_than_each_minute(a: float, b: float) -> None:
    if a // 60 == b // 60 and a % 60 and b % 60:
        assert roughly(a) == roughly(b)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_234_567, "1.2 MiB"), (3 * 2**40, "3072.0 GiB")],
)
def test_sizes_are_said_in_binary_units(count: int, said: str) -> None:
    assert size(count) == said
