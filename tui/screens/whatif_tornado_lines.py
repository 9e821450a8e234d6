"""Tornado and risk in words and characters: a row a lever, what is said of it, and of the draws."""

from engine.costing import Case
from engine.costing.ranging import PRICE
from engine.costing.values import said_number
from engine.costs.bars import Span, bar
from engine.costs.levers import by_name
from engine.costs.money import usd
from engine.costs.monte_carlo import MonteCarlo
from engine.costs.tornado import Bar
from tui.widgets.painted import Row, row

_NAME, _END = 26, 8
"""Columns of a lever's name, and of the value at each end of its bar."""
_SWING = 8
_LEAST_BAR = 8


def heads(width: int) -> list[Row]:
    """What stands in the columns; nothing where there are none."""
    room = bar_room(width)
    said = "net: | now, : zero"
    text = f"{'':<{_NAME}} {'worse at':>{_END}} {said:^{room}.{room}} {'better':<{_END}} {'swing':>{_SWING}}"
    return [row((text, "dim"))] if room else []


def bar_room(width: int) -> int:
    """Cells of a bar between the ends of its range; 0 where only name and bar have room."""
    room = width - _NAME - 2 * _END - _SWING - 4
    return room if room >= _LEAST_BAR else 0


def line(one: Bar, net: float, span: Span, width: int, ascii_only: bool) -> Row:
    """A lever's bar in `width` cells: its worse end left, its better one right, between them what it can do."""
    ends = (one.net_low, one.net_high)
    worse, better = (one.low, one.high) if one.net_low <= one.net_high else (one.high, one.low)
    room = bar_room(width)
    if not room:
        name = max(8, min(_NAME, width // 2))
        drawn = bar(ends, net, span, width - name - 1, ascii_only=ascii_only)
        return row((f"{title(one.name):<{name}.{name}} ", "strong"), drawn)
    drawn = bar(ends, net, span, room, ascii_only=ascii_only)
    left, right = end_words(one.name, worse), end_words(one.name, better)
    swing = usd(one.swing)
    return row(
        (f"{title(one.name):<{_NAME}.{_NAME}} ", "strong"), f"{left:>{_END}} {drawn} {right:<{_END}} {swing:>{_SWING}}"
    )


def title(name: str) -> str:
    """What a lever, or the price of the baseline, is called."""
    return "price of what it replaces" if name == PRICE else by_name(name).short


def end_words(name: str, value: float) -> str:
    """One end of a range: 200,000 · 80% · $3.08 · x2."""
    if name == PRICE:
        return f"x{value:.4g}"
    if value >= 1e6:
        return f"{value / 1e6:.4g}M"
    return said_number(by_name(name), value)


def about(one: Bar, case: Case) -> list[Row]:
    """The ends of a range in words, with what each comes to, and whether the decision hangs on it."""
    now = 1.0 if one.name == PRICE else getattr(case.numbers, one.name)
    ends = [
        f"{end_words(one.name, at)}: {usd(net, sign=True)}"
        for at, net in ((one.low, one.net_low), (one.high, one.net_high))
    ]
    turns = (one.net_low > 0) != (one.net_high > 0)
    why = "gain or loss hangs on it" if turns else "alone it turns no loss into a gain, and no gain into a loss"
    own = case.scenario.ranges.get(one.name)
    wider = own is not None and own != (one.low, one.high)
    held = ", widened to what stands there" if wider else ""
    whose = f" · the range is yours{held}, r gives the usual one" if own else ""
    return [
        row((title(one.name), "strong"), f", now {end_words(one.name, now)} · net at {' · at '.join(ends)}"),
        row((why, "warn" if turns else "dim"), (whose, "dim")),
    ]


def risk_words(draws: MonteCarlo) -> Row:
    """The spread in one line: the chance first, for it is what is decided by."""
    near = 0 < draws.p_positive < 0.01 or 0.99 < draws.p_positive < 1
    chance = f"{draws.p_positive:.{2 if near else 0}%}"
    return row(
        ("Chance of a gain ", ""),
        (chance, "strong"),
        f" · P10 {usd(draws.p10)} · P50 {usd(draws.p50)} · P90 {usd(draws.p90)}",
    )
