"""One look at all texts of a record, for secrets and for personal data at once: most records hold neither."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.data import masking, privacy
from engine.data.formats_rendered import Rendered
from engine.data.patterns import one_pass
from engine.data.privacy_fields import BETWEEN
from engine.data.rows import ROLES


class Suspected(NamedTuple):
    """What a record may hold; False is certain."""

    secret: bool
    private: bool


_ANYTHING = Suspected(secret=True, private=True)
_NOTHING = Suspected(secret=False, private=False)
_PLAIN = {"role", "content"}
_FILTER = one_pass((*masking.FIRES, *privacy.FIRES))


def suspected(rendered: Rendered) -> Suspected:
    """What may be found in `rendered`, by the rules that fire in it; anything where more than plain text is in it."""
    texts = _texts(rendered)
    if texts is None:
        return _ANYTHING
    whole = BETWEEN.join(texts)
    if "\\" in whole:
        # Secrets are sought in the text as it is, personal data in what its escapes stand for.
        whole += BETWEEN + privacy.seen(whole)
    fired: Sequence[int] = _FILTER.Match(masking.encodable(whole)) or ()
    if not fired:
        return _NOTHING
    return Suspected(min(fired) < len(masking.FIRES), max(fired) >= len(masking.FIRES))


def _texts(rendered: Rendered) -> list[str] | None:
    """Turns and columns as both kinds of rules read them; None where they are more than text and numbers."""
    found: list[str] = []
    for turn in (*rendered.messages, *(rendered.rejected or ())):
        if turn.keys() != _PLAIN or turn["role"] not in ROLES or not isinstance(turn["content"], str):
            return None
        found.append(turn["content"])
    for name, value in rendered.meta.items():
        found.append(name)
        if isinstance(value, str):
            found += (value, f"{name}: {value}")
        elif isinstance(value, int):
            found.append(f"{name}: {value}")
        elif value is not None and not isinstance(value, float):
            return None
    return found
