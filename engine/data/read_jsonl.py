"""JSON lines as records: one value a line."""

from collections.abc import Iterator
from typing import BinaryIO

from engine.data.jsontext import parse
from engine.data.problems import Place
from engine.data.records import Record, lines, too_long


def json_lines(file: BinaryIO, name: str) -> Iterator[Record]:
    """One JSON value a line; blank lines are nothing."""
    for line in lines(file):
        place = Place(name, line.number, line.byte)
        if line.text is None:
            yield Record(place, None, (too_long(),))
        elif text := line.text.strip(b" \t\r\n"):
            value, problems = parse(text)
            yield Record(place, value, problems)
