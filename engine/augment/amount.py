"""How many rows a person asks for, as it is typed."""

from engine.errors import UsageError


def amount_flags(text: str) -> tuple[str, str]:
    """The flags of `augment make` for a typed number (40) or share of train (10 %). Raises UsageError."""
    typed = text.strip()
    share = typed.endswith("%")
    digits = typed.removesuffix("%").strip()
    known = digits.isascii() and digits.isdigit() and len(digits) < 9
    if not known or not int(digits) > 0 or (share and int(digits) > 99):
        raise UsageError(f"{typed or 'nothing'} is no number of rows", hint="40, or 10 % of train")
    return ("--share", str(int(digits) / 100)) if share else ("--count", str(int(digits)))
