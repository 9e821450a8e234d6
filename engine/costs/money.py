"""USD as a person reads it."""

import math


def usd(amount: float, *, sign: bool = False) -> str:
    """-$38,148 · $16.42 · $0.00116: cents below a thousand, four digits below ten cents. `sign`: a gain has a plus."""
    if not math.isfinite(amount):
        return "not known" if math.isnan(amount) else f"{'-' if amount < 0 else ''}endless $"
    size = abs(amount)
    said = f"{size:,.0f}" if size >= 999.995 else f"{size:,.2f}" if size >= 0.0995 or size == 0 else _small(size)
    return f"{'-' if amount < 0 else '+' if sign and amount > 0 else ''}${said}"


def price(amount: float) -> str:
    """A quoted price: as `usd`, with a third and fourth digit of it where it has them: $0.125, $3.995, $12.50."""
    exact = amount >= 1000 or abs(amount - round(amount, 2)) < 1e-9 or amount < 0.0995
    return usd(amount) if exact else f"${amount:,.4g}"


def _small(size: float) -> str:
    """0.00116, 0.00002415: never 2.415e-05, which few can read as money."""
    if size < 1e-9:
        return f"{size:.4g}"
    return f"{size:.{3 - math.floor(math.log10(size))}f}".rstrip("0")
