"""Lists of any length whose members are made when they are asked for, so that a million open as fast as ten."""

from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class OnDemand(Sequence[T_co]):
    """`count` members. A list of them overrides made(place)."""

    def __init__(self, count: int) -> None:
        self._count = count

    def made(self, place: int) -> T_co:
        """The member at `place`, from 0 to count - 1."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> T_co: ...
    @overload
    def __getitem__(self, at: slice) -> list[T_co]: ...
    def __getitem__(self, at: int | slice) -> T_co | list[T_co]:
        if isinstance(at, slice):
            return [self.made(place) for place in range(*at.indices(self._count))]
        place = at + self._count if at < 0 else at
        if not 0 <= place < self._count:
            raise IndexError(f"member {at} of {self._count}")
        return self.made(place)
