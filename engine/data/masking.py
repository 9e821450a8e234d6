"""Secrets in rows: found by shape, replaced by <SECRET:kind:1> before anything is written.

A secret without any shape, such as a password alone in a sentence, is not found.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import re2

from engine.data.masking_rules import MASK, NAMED_FIRES, RULES, is_named, is_secret
from engine.data.patterns import one_pass, options

FIRES = (*(rule.fires for rule in RULES), NAMED_FIRES)
"""Where none of these is in any text of a row, the row holds no secret."""
_FILTER = one_pass(FIRES)
"""Over all texts of a row at once: most rows hold no secret and are done after it."""
_SHORTEST = 8
"""No rule finds anything in a text with fewer characters: role, content."""
_MASKED = re2.compile(MASK + r"[\w-]+:\d+>", options())
_PATTERNS = [re2.compile(rule.pattern, options()) for rule in RULES]


class _Find(NamedTuple):
    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Mask:
    """Masks the texts of one row; the same secret gets the same number wherever it stands in the row."""

    found: Counter[str] = field(default_factory=Counter)
    """Places masked, by kind."""
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _distinct: dict[str, int] = field(default_factory=dict)

    def value(self, value: Any) -> Any:
        """`value` with every secret in its texts masked; keys of objects too. Anything else is returned as it is."""
        return self._walk(value) if _FILTER.Match(encodable("\n".join(texts(value)))) else value

    def _walk(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return self._name("password", value) if is_named(key, value) else self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self._walk(inner, name) for name, inner in value.items()}
        return [self._walk(inner, key) for inner in value] if isinstance(value, list) else value

    def text(self, text: str) -> str:
        """`text` with every secret masked."""
        parts, done = [], 0
        for find in _finds(text):
            parts += [text[done : find.start], self._name(find.kind, text[find.start : find.end])]
            done = find.end
        return "".join(parts) + text[done:]

    def _name(self, kind: str, secret: str) -> str:
        self.found[kind] += 1
        number = self._numbers.get((kind, secret))
        if number is None:
            number = self._distinct[kind] = self._distinct.get(kind, 0) + 1
            self._numbers[kind, secret] = number
        return f"{MASK}{kind}:{number}>"


def texts(value: Any) -> list[str]:
    """Every text in `value`, keys included."""
    found: list[str] = []
    _collect([value], found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    # Texts are taken where they are met: a call for each would take as long again.
    if isinstance(value, dict):
        for name, inner in value.items():
            found.append(name)
            if isinstance(inner, str):
                found.append(inner)
            else:
                _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, str):
                found.append(inner)
            else:
                _collect(inner, found)


def mask_text(text: str) -> str:
    """`text` on its own with its secrets masked, for messages."""
    return Mask().text(text)


def encodable(text: str) -> str:
    """`text`, as long as it is, with half surrogate pairs replaced: RE2 reads UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _finds(text: str) -> list[_Find]:
    """Places of secrets in order. Where two overlap they become one, under the kind of the first."""
    if len(text) < _SHORTEST:
        return []
    seen = encodable(text)
    candidates = [
        (span, number)
        for number in sorted(_FILTER.Match(seen) or ())
        if number < len(RULES)
        for span in _spans(number, seen)
    ]
    finds: list[_Find] = []
    # What was masked before stays as it is: "api_key:1" inside a mask looks like an assignment.
    masked = [match.span() for match in _MASKED.finditer(seen)] if MASK in seen else []
    candidates = [one for one in candidates if not any(start <= one[0][0] < end for start, end in masked)]
    for (start, end), number in sorted(candidates):
        if finds and start < finds[-1].end:
            finds[-1] = finds[-1]._replace(end=max(end, finds[-1].end))
        else:
            finds.append(_Find(start, end, RULES[number].kind))
    return finds


def _spans(number: int, text: str) -> Iterator[tuple[int, int]]:
    for match in _PATTERNS[number].finditer(text):
        group = next((one for one in range(1, match.re.groups + 1) if match[one] is not None), 0)
        value = match[group]
        if not value.startswith(MASK) and (not RULES[number].judged or is_secret(match, value)):
            yield match.span(group)
