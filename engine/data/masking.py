"""Secrets in rows: found by shape, replaced by <SECRET:kind:1> before anything is written.

Our own small rule set, compiled by RE2 (linear time, whatever the text). Known token shapes are exact; assignments such
as `password = ...` are judged by their value, so that "Password: forgotten" stays. A secret without any shape, such as
a password alone in a sentence, is not found.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import re2

_KEY_LABEL = r"[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_NAMES = r"pass(?:word|wd|phrase)|passwort|pwd|secret|token|(?:api|access|private|auth)[_ -]?key|credential"
_RULES = {
    # The value is the first group where there is one, else the whole match. First rules win where two overlap.
    "private_key": rf"(?s)-----BEGIN {_KEY_LABEL}.*?(?:-----END {_KEY_LABEL}|\z)",
    "jwt": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "aws_key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    "github_token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
    "gitlab_token": r"\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{16,}",
    "slack_token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bhooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
    "stripe_key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9]{16,}",
    "api_key": r"\bsk-[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{20,}",
    "google_key": r"\bAIza[0-9A-Za-z_-]{30,}",
    "url_password": r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:([^\s/@]+)@",
    "bearer_token": r"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{16,}=*)",
    "assignment": rf"(?i)(?:\b|_)(?:{_NAMES})(?:_[A-Za-z0-9_]+)?[\"'`]?\s*(?::=|=>|[:=])\s*[\"'`]?([^\s\"'`,;]{{4,}})",
    "stated": r"(?i)\b(?:password|passwort|passphrase|pin)\s+(?:is|was|ist|lautet)\s+[\"'`]?([^\s\"'`,;]{4,})",
}
_KINDS = {"assignment": "password", "stated": "password", "url_password": "password"}
_MASK = "<SECRET:"


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 * 2**20
    return options


_COMPILED = {kind: re2.compile(pattern, _options()) for kind, pattern in _RULES.items()}
# One pass over all rules and all texts of a row at once: most rows hold no secret and are done after it.
_ANY = re2.compile("|".join(f"(?:{pattern})" for pattern in _RULES.values()), _options())


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
    _distinct: Counter[str] = field(default_factory=Counter)

    def value(self, value: Any) -> Any:
        """`value` with every secret in its texts masked; keys of objects too. Anything else is returned as it is."""
        return self._walk(value) if _ANY.search("\n".join(texts(value))) else value

    def _walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self._walk(inner) for key, inner in value.items()}
        return [self._walk(inner) for inner in value] if isinstance(value, list) else value

    def text(self, text: str) -> str:
        """`text` with every secret masked."""
        if not _ANY.search(text):
            return text
        parts, done = [], 0
        for find in _finds(text):
            parts += [text[done : find.start], self._name(find.kind, text[find.start : find.end])]
            done = find.end
        return "".join(parts) + text[done:]

    def _name(self, kind: str, secret: str) -> str:
        self.found[kind] += 1
        number = self._numbers.get((kind, secret))
        if number is None:
            self._distinct[kind] += 1
            number = self._numbers[kind, secret] = self._distinct[kind]
        return f"{_MASK}{kind}:{number}>"


def texts(value: Any) -> list[str]:
    """Every text in `value`, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for inner in value.values() for text in texts(inner))]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []


def mask_text(text: str) -> str:
    """`text` on its own with its secrets masked, for messages."""
    return Mask().text(text)


def _finds(text: str) -> list[_Find]:
    """Places of secrets in order. Where two overlap they become one, under the kind of the first."""
    candidates = [
        (match.span(1 if pattern.groups else 0), order, name)
        for order, (name, pattern) in enumerate(_COMPILED.items())
        for match in pattern.finditer(text)
        if _is_secret(name, match)
    ]
    finds: list[_Find] = []
    for (start, end), _, name in sorted(candidates):
        if finds and start < finds[-1].end:
            finds[-1] = finds[-1]._replace(end=max(end, finds[-1].end))
        else:
            finds.append(_Find(start, end, _KINDS.get(name, name)))
    return finds


def _is_secret(rule: str, match: Any) -> bool:
    """Whether what is assigned or stated is more than a word: in "Password: forgotten" it is not."""
    if rule not in ("assignment", "stated", "bearer_token"):
        return True
    value, before = match[1], match[0][: -len(match[1])]
    if rule != "assignment":
        return any(character.isdigit() for character in value)
    if value.startswith((_MASK, "<", "{", "$", "***")):
        return False
    quoted = before[-1] in "\"'`"
    return quoted or "=" in before or not value.strip(".!?:()[]").replace("-", "").isalpha()
