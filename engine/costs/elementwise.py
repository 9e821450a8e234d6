"""Choices between two values that hold for numbers and for NumPy arrays alike, so that one model serves one case and
twenty thousand drawn ones. NumPy is imported where an array was given, which means that it is loaded already."""

from typing import Any


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`; of arrays element by element. Both have been computed by then, so
    neither may raise: divide by `ratio`."""
    if isinstance(condition, bool):
        return yes if condition else no
    import numpy

    return numpy.where(condition, yes, no)


def least(one: Any, other: Any) -> Any:
    return where(one < other, one, other)


def greatest(one: Any, other: Any) -> Any:
    return where(one > other, one, other)


def ceiling(value: Any) -> Any:
    """The next whole number at or above, as a float: floor division rounds down, of arrays too."""
    return -(-value // 1)


def ratio(over: Any, under: Any, otherwise: Any) -> Any:
    """over / under where `under` is above 0, else `otherwise`."""
    positive = under > 0
    return where(positive, over / where(positive, under, 1.0), otherwise)
