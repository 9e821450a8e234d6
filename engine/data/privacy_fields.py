"""The texts of a row, in one order for whoever reads or rewrites them: turns, calls, the other answer, columns."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, NamedTuple

import orjson

from engine.data.privacy import Place, places
from engine.data.privacy_phones import REGIONS
from engine.data.rows import Row

_LEAST_NUMBER = 10**6
"""A number in a column can be a phone or a card from seven digits on."""
BETWEEN = "\n\0\n"
"""Between the fields: no rule reads across it."""
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Field(NamedTuple):
    """One text of a row."""

    label: str
    """Where it stands, in words: turn 2, assistant; column note."""
    text: str
    context: str
    """What stands before it in the sense, as the name of its column: it may say what a bare number is."""


Visit = Callable[[Field], str]
"""Field -> the text that is to stand there."""


def fields(row: Row) -> list[Field]:
    """Every text of `row`: system, turns, calls, the answer not preferred, columns with their names, provenance."""
    found: list[Field] = []

    def keep(field: Field) -> str:
        found.append(field)
        return field.text

    _walked(row, keep)
    return found


def rewritten(row: Row, new: Mapping[int, str], step: str) -> Row:
    """`row` with other texts, by their number in `fields`; a row with another id has this one as its parent."""
    numbers = iter(range(10**9))

    def take(field: Field) -> str:
        return new.get(next(numbers), field.text)

    messages, rejected, meta, provenance = _walked(row, take)
    made = replace(row, rejected=rejected, meta=meta, provenance=provenance).with_messages(messages, step)
    return made if made.id != row.id else replace(made, parent=row.parent)


def row_places(texts: Sequence[Field], regions: Sequence[str] = REGIONS) -> list[tuple[int, Place]]:
    """(number of the field, place in its text) of all personal data in a row; all its fields are read at once."""
    told = [f"{one.context}: " if one.context else "" for one in texts]
    pieces = [before + one.text for before, one in zip(told, texts, strict=True)]
    found = places(BETWEEN.join(pieces), regions)
    if not found:
        return []
    starts = [0, *accumulate(len(one) + len(BETWEEN) for one in pieces)]
    made = []
    for one in found:
        at = bisect_right(starts, one.start) - 1
        start = one.start - starts[at] - len(told[at])
        end = start + one.end - one.start
        if start >= 0 and end <= len(texts[at].text):
            made.append((at, Place(start, end, one.kind)))
    return made


def row_findings(row: Row, regions: Sequence[str] = REGIONS) -> Counter[str]:
    """Places of personal data in everything that `row` holds, by kind."""
    return Counter(place.kind for _, place in row_places(fields(row), regions))


def replaced(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, what) put in; a number in JSON becomes a string, so that it stays JSON."""
    strings = [found.span() for found in _STRINGS.finditer(text)] if _is_json(text) else None
    parts, done = [], 0
    for start, end, what in sorted(spans):
        bare = strings is not None and not any(low < start and end < high for low, high in strings)
        parts += [text[done:start], f'"{what}"' if bare else what]
        done = end
    return "".join(parts) + text[done:]


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _walked(row: Row, visit: Visit) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None, Any, Any]:
    messages = list(_turns(row.messages, "turn", visit))
    rejected = None if row.rejected is None else list(_turns(row.rejected, "not preferred, turn", visit))
    meta = {
        visit(Field("name of a column", name, "")): _value(f"column {name}", value, name, visit)
        for name, value in row.meta.items()
    }
    provenance = row.provenance and {
        name: _value(f"origin, {name}", value, name, visit) for name, value in row.provenance.items()
    }
    return messages, rejected, meta, provenance


def _turns(messages: Sequence[dict[str, Any]], label: str, visit: Visit) -> Iterator[dict[str, Any]]:
    for number, message in enumerate(messages, start=1):
        where = f"{label} {number}, {message['role']}"
        made = {**message, "content": visit(Field(where, message["content"], ""))}
        if isinstance(message.get("name"), str):
            made["name"] = visit(Field(f"{where}, name", message["name"], ""))
        if message.get("tool_calls"):
            made["tool_calls"] = [_called(call, f"{where}, call", visit) for call in message["tool_calls"]]
        yield made


def _called(call: Any, label: str, visit: Visit) -> Any:
    """A call with its arguments; id and name of the tool stay, as the answer and the tools refer to them."""
    if not isinstance(call, dict) or not isinstance(call.get("function"), dict):
        return _value(label, call, "", visit)
    function = call["function"]
    kept = {name: value for name, value in function.items() if name != "name"}
    return {**call, "function": {**function, **_value(label, kept, "", visit)}}


def _value(label: str, value: Any, context: str, visit: Visit) -> Any:
    if isinstance(value, str):
        return visit(Field(label, value, context))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LEAST_NUMBER:
        made = visit(Field(label, str(value), context))
        return value if made == str(value) else made
    if isinstance(value, dict):
        return {visit(Field(label, name, "")): _value(label, inner, name, visit) for name, inner in value.items()}
    return [_value(label, inner, context, visit) for inner in value] if isinstance(value, list) else value
