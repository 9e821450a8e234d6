"""Lists whose members are made when they are asked for: to whoever reads them, plain lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.on_demand import OnDemand


class Squares(OnDemand[int]):
    def made(self, place: int) -> int:
        return place**2


PLACES = st.none() | st.integers(-12, 12)


@given(st.integers(0, 9), PLACES, PLACES, st.none() | st.integers(-3, 3).filter(bool))
def test_it_reads_like_a_list(count: int, start: int | None, stop: int | None, step: int | None) -> None:
    lazy, plain = Squares(count), [place**2 for place in range(count)]
    assert (len(lazy), list(lazy), lazy[start:stop:step]) == (count, plain, plain[start:stop:step])
    assert [lazy[at] for at in range(-count, count)] == plain * 2


@pytest.mark.parametrize("at", [3, -4])
def test_there_is_nothing_beyond_its_ends(at: int) -> None:
    with pytest.raises(IndexError, match=f"member {at} of 3"):
        Squares(3)[at]
