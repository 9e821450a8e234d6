"""Records made into rows, as an import does it, for the tests of formats and rules."""

from typing import Any

from engine.data.formats import Layout, detect
from engine.data.mapping import Mapping
from engine.data.prepare import NO_MORE, Prepared, Rules, prepare
from engine.data.problems import Place
from engine.data.records import Record
from engine.data.rows import Row

PLACE = Place("rows.jsonl", 1, 0)
ASK = {"role": "user", "content": "Where is my order?"}
ANSWER = {"role": "assistant", "content": "On its way."}
FIND = {"type": "function", "function": {"name": "find", "parameters": {"properties": {"city": {"type": "string"}}}}}


def call(name: str = "find", arguments: Any = '{"city": "Paris"}', known: str = "call00001") -> dict[str, Any]:
    """A call in our form."""
    return {"id": known, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(text: str = "found", known: str = "call00001") -> dict[str, Any]:
    """The turn that answers a call."""
    return {"role": "tool", "content": text, "tool_call_id": known}


def prepared(
    value: Any,
    mapping: Mapping | None = None,
    form: str | None = None,
    repairs: tuple[str, ...] = (),
    rules: Rules = NO_MORE,
) -> Prepared:
    """One record, in the format that it has, or in `form`."""
    mapping = mapping or Mapping()
    layout = Layout(form, mapping) if form else detect([value], mapping, "rows.jsonl")
    return prepare(Record(PLACE, value), layout, repairs, rules)


def row(value: Any, mapping: Mapping | None = None, form: str | None = None) -> Row:
    """The row of a record that is fit."""
    made = prepared(value, mapping, form)
    assert made.row is not None, made.problems
    return made.row


def rules_of(made: Prepared, severity: str | None = None) -> list[str]:
    """The rules that a record breaks, of one severity or of all."""
    return [problem.rule for problem in made.problems if severity in (None, problem.severity)]
