"""A row: one training example, its identity and the parts that others ask for."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.data.jsontext import dumps, parse

Message = dict[str, Any]
"""One turn: `role` (one of ROLES) and `content` (text; may be empty beside tool_calls).

An assistant turn may also have `tool_calls` ([{"id", "type": "function", "function": {"name", "arguments"}}], arguments
a JSON text) and `weight` 0 (not learned); a tool turn `tool_call_id`; any turn a `name`. Nothing else is in it.
"""

ROLES = ("system", "developer", "user", "assistant", "tool")
SYSTEM = ("system", "developer")
"""Roles of the text that stands before a conversation."""


@dataclass(frozen=True, slots=True)
class Row:
    """One training example as it lies in a version."""

    id: str
    """32 hex digits: BLAKE2b-128 of the normalised content. Equal content has an equal id, wherever it came from."""
    messages: list[Message]
    """The system turn first, if there is one; the last is the answer (of a preference: the preferred one)."""
    meta: dict[str, Any]
    """What else the source said about the row, unchanged but for masked secrets."""
    source: dict[str, Any]
    """{"file": name, "line": from 1, "byte": offset}"""
    steps: list[str]
    """Commands that the row has come through."""
    parent: str | None = None
    """Id of the row that this one was made from."""
    group: str | None = None
    """Rows of one group are always in one split."""
    split: str | None = None
    """train, validation or test, once split."""
    rejected: list[Message] | None = None
    """Of a preference: the turns that are not preferred, after the same prompt."""
    label: bool | None = None
    """Of a judged answer (KTO): whether the answer is wanted; one that is not is never learned."""
    provenance: dict[str, Any] | None = None
    """Of a made-up row: {"method", "parent_id", "generator", "seed", "time"}"""

    def to_json(self) -> bytes:
        """The row as one line of rows.jsonl, without its newline."""
        document: dict[str, Any] = {
            "id": self.id,
            "messages": self.messages,
            "meta": self.meta,
            "source": self.source,
            "steps": self.steps,
            "parent": self.parent,
        }
        if self.split:
            document |= {"group": self.group, "split": self.split}
        rare = {"rejected": self.rejected, "label": self.label, "provenance": self.provenance}
        return dumps(document | {name: value for name, value in rare.items() if value is not None})

    def placed(self, group: str, split: str) -> "Row":
        """This row in a group and a split."""
        return replace(self, group=group, split=split, steps=[*self.steps, "split"])

    def with_messages(self, messages: list[Message], step: str) -> "Row":
        """The row that `step` makes of this one: other turns, so another id, and this one as its parent."""
        made = row_id(messages, self.meta.get("tools"), self.rejected, self.label)
        return replace(self, id=made, messages=messages, parent=self.id, steps=[*self.steps, step])

    @property
    def kind(self) -> str:
        """sft (learn the answer), preference (this answer rather than that) or judged (an answer and its label)."""
        return "preference" if self.rejected is not None else "sft" if self.label is None else "judged"

    @property
    def wanted(self) -> bool:
        """Whether the answer may be learned as it is."""
        return self.label is not False

    @property
    def system(self) -> str:
        first = self.messages[0]
        said: str = first["content"] if first["role"] in SYSTEM else ""
        return said

    @property
    def prompt(self) -> list[str]:
        """The turns between the system text and the answer."""
        return [turn["content"] for turn in self.messages[:-1] if turn["role"] not in SYSTEM]

    @property
    def answer(self) -> str:
        said: str = self.messages[-1]["content"]
        return said

    def category(self, name: str | None) -> str | None:
        """Value of the category column or of that key of a JSON answer; None when the row has neither."""
        if name is None:
            return None
        value = self.meta.get(name)
        if value is None and self.answer.lstrip().startswith("{"):
            answer = parse(self.answer.encode()).value
            value = answer.get(name) if isinstance(answer, dict) else None
        return None if value is None or value == "" else str(value)


_FIELDS = {"id", "messages", "meta", "source", "steps"}


def parse_row(line: bytes) -> Row | None:
    """The row that Row.to_json wrote, its newline included; None when `line` is torn or something else."""
    value = parse(line).value
    return Row(**value) if isinstance(value, dict) and value.keys() >= _FIELDS and line.endswith(b"\n") else None


ID = slice(len(b'{"id":"'), len(b'{"id":"') + 32)
"""Where a line of Row.to_json has its id."""


def find_rows(path: Path, ids: Iterable[str]) -> dict[str, Row]:
    """Rows of a file of such lines by their ids; only their lines are parsed. Ids that are not there are left out."""
    wanted = {one.encode() for one in ids}
    found: dict[str, Row] = {}
    with open(path, "rb") as file:
        for line in file:
            if line[ID] in wanted and (row := parse_row(line)):
                found[row.id] = row
    return found


def row_id(
    messages: Sequence[Message], tools: Any, rejected: Sequence[Message] | None = None, label: bool | None = None
) -> str:
    """Identity of a row: roles and texts (NFC, line ends as \\n, outer space off), calls, tools, judgement."""
    content: list[Any] = [[_turn(message) for message in messages], tools]
    if rejected is not None or label is not None:
        content += [rejected and [_turn(message) for message in rejected], label]
    return hashlib.blake2b(dumps(content), digest_size=16).hexdigest()


def _turn(message: Message) -> list[Any]:
    turn: list[Any] = [message["role"], _canonical(message["content"])]
    if len(message) == 2:
        return turn
    rare = [_called(message.get("tool_calls")), message.get("tool_call_id"), message.get("weight")]
    return turn if rare == [None, None, None] else turn + rare


def _called(calls: list[dict[str, Any]] | None) -> list[Any] | None:
    """Calls with their arguments as the values that they say: space in a JSON text is no difference."""
    if not calls:
        return None
    said = [(call["id"], call["function"]) for call in calls]
    return [[known, one["name"], parse(one["arguments"].encode()).value] for known, one in said]


def _canonical(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip()
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)
