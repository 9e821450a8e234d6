"""A row: one training example, its identity and the parts that others ask for."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.data.jsontext import dumps, parse

Message = dict[str, str]
"""{"role": "system" | "user" | "assistant", "content": text}"""


@dataclass(frozen=True, slots=True)
class Row:
    """One training example as it lies in a version."""

    id: str
    """32 hex digits: BLAKE2b-128 of the normalised content. Equal content has an equal id, wherever it came from."""
    messages: list[Message]
    """The system turn first, if there is one; the last is the answer."""
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
        return dumps(document)

    def placed(self, group: str, split: str) -> "Row":
        """This row in a group and a split."""
        return replace(self, group=group, split=split, steps=[*self.steps, "split"])

    @property
    def system(self) -> str:
        first = self.messages[0]
        return first["content"] if first["role"] == "system" else ""

    @property
    def prompt(self) -> list[str]:
        """The turns between the system text and the answer."""
        return [message["content"] for message in self.messages[:-1] if message["role"] != "system"]

    @property
    def answer(self) -> str:
        return self.messages[-1]["content"]

    def category(self, name: str | None) -> str | None:
        """Value of the category column or of that key of a JSON answer; None when the row has neither."""
        if name is None:
            return None
        value = self.meta.get(name)
        if value is None and self.answer.lstrip().startswith("{"):
            answer = parse(self.answer.encode()).value
            value = answer.get(name) if isinstance(answer, dict) else None
        return None if value is None or value == "" else str(value)


def row_id(messages: Sequence[Message], tools: Any) -> str:
    """Identity of a row's content: roles and texts (NFC, line ends as \\n, outer space off) and tools."""
    turns = [[message["role"], _canonical(message["content"])] for message in messages]
    return hashlib.blake2b(dumps([turns, tools]), digest_size=16).hexdigest()


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
