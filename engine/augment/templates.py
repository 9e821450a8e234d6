"""Templates of a person: questions with {slots}, and the values that may stand in them, in a TOML file.

    [values]
    city = ["Bern", "Cork"]
    order = ["60694", "52671"]

    [[template]]
    prompt = "Where is order {order}? I live in {city}."
    answer = "Order {order} is on its way."   # without it, the parent's answer stays byte for byte
    category = "delivery"                     # without it, the parents are the rows that the prompt fits

A brace is a slot only where [values] names it, so that an answer may be JSON.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.augment.checks import Made, question
from engine.augment.lot import Lot
from engine.augment.reasons import Refusal
from engine.augment.slots import Instance, cut, matched
from engine.data.mapping import Mapping as Columns
from engine.data.rows import Row
from engine.errors import UsageError
from engine.short_file import read_short

EXAMPLE = '[values] city = ["Bern", "Cork"], then [[template]] prompt = "I live in {city}." and answer = "..."'
_NAME = re.compile(r"[A-Za-z_]\w{0,40}")
_SLOT = re.compile(r"\{([A-Za-z_]\w{0,40})\}")
_KEYS = {"prompt", "answer", "category"}


@dataclass(frozen=True, slots=True)
class Template:
    """One template, cut at its slots."""

    prompt: Sequence[tuple[bool, str]]
    answer: Sequence[tuple[bool, str]] | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Templates:
    """The method `template` with templates that a person wrote. of(parent, variant, lot)"""

    templates: Sequence[Template]
    values: Mapping[str, Sequence[str]]
    columns: Columns
    generator: str
    """template:<hash of the file>: a changed file makes new rows."""

    def of(self, parent: Row, variant: int, lot: Lot) -> Made | Refusal | None:
        """One row with other values; None where no template fits `parent`."""
        fitting = [one for one in self.templates if self._values(one, parent) is not None]
        if not fitting:
            return None
        template = lot.choice(fitting)
        values = self._values(template, parent) or {}
        instance = self._instance(template, parent, values)
        made = instance.other(lot)
        if made is None:
            return None
        asked, answer, swapped = made
        named = next((old for old in swapped if template.answer is None and old in parent.answer), None)
        if named is not None:
            return Refusal("answer", f"the answer names {named!r}, and the template says no answer")
        messages = [*parent.messages[:-2], {**parent.messages[-2], "content": asked}]
        messages.append({**parent.messages[-1], "content": answer})
        # A question of the person's own says something else than the parent's: what fits a category keeps that alone.
        return Made([parent], messages, self.generator, template.answer is None, bool(values), swapped)

    def _values(self, template: Template, parent: Row) -> dict[str, str] | None:
        """What stands in the slots of `parent`; nothing, for a template of a category; None where it does not fit."""
        if template.category is not None:
            return {} if parent.category(self.columns.category) == template.category else None
        return matched(template.prompt, question(parent))

    def _instance(self, template: Template, parent: Row, values: Mapping[str, str]) -> Instance:
        slots = {part for pieces in (template.prompt, template.answer or ()) for is_slot, part in pieces if is_slot}
        pool = {slot: self.values[slot] for slot in sorted(slots)}
        answer = [(False, parent.answer)] if template.answer is None else template.answer
        return Instance(values, pool, template.prompt, answer)


def read_templates(path: Path, columns: Columns) -> Templates:
    """The templates of a TOML file. Raises UsageError, with the place, for what cannot be meant."""
    try:
        content = read_short(path)
        said = tomllib.loads(content.decode("utf-8"))
    except FileNotFoundError as error:
        raise UsageError("no such file of templates", hint=f"a TOML file: {EXAMPLE}", where=str(path)) from error
    except (OSError, ValueError, RecursionError) as error:
        hint = f"a TOML file: {EXAMPLE}"
        raise UsageError(f"not a file of templates: {error}", hint=hint, where=str(path)) from error
    try:
        values = _values(said.get("values", {}))
        templates = [_template(one, values, columns) for one in _listed(said.get("template"))]
    except UsageError as error:
        raise UsageError(error.message, hint=error.hint, where=str(path)) from error
    return Templates(templates, values, columns, f"template:{blake2b(content, digest_size=4).hexdigest()}")


def _values(said: Any) -> dict[str, list[str]]:
    if not isinstance(said, dict) or not said:
        raise UsageError("[values] names no slot", hint=EXAMPLE)
    for slot, listed in said.items():
        texts = isinstance(listed, list) and all(isinstance(value, str) and value.strip() for value in listed)
        if not _NAME.fullmatch(slot) or not texts or len(set(listed)) < 2:
            raise UsageError(f"values of {slot!r}: expected two texts or more", hint='city = ["Bern", "Cork"]')
    return {slot: list(dict.fromkeys(listed)) for slot, listed in said.items()}


def _listed(said: Any) -> list[Any]:
    if not isinstance(said, list) or not said:
        raise UsageError("the file has no [[template]]", hint=EXAMPLE)
    return said


def _template(said: Any, values: Mapping[str, Any], columns: Columns) -> Template:
    if not isinstance(said, dict) or set(said) - _KEYS or not all(isinstance(one, str) for one in said.values()):
        raise UsageError(f"a template has the texts {', '.join(sorted(_KEYS))} and no others", hint=EXAMPLE)
    for slot in _SLOT.findall(said.get("prompt", "") + said.get("answer", "")):
        if slot not in values:
            raise UsageError(f"the slot {{{slot}}} has no values", hint=f'[values] {slot} = ["one", "another"]')
    prompt = cut(said.get("prompt", ""), values)
    if not any(is_slot for is_slot, _ in prompt):
        raise UsageError("the prompt of a template has no slot", hint=EXAMPLE)
    if any(one and other for (one, _), (other, _) in pairwise(prompt)):
        raise UsageError("two slots stand side by side: no row could be cut there", hint="put text between them")
    answer = cut(said["answer"], values) if "answer" in said else None
    invented = {part for is_slot, part in answer or () if is_slot} - {part for is_slot, part in prompt if is_slot}
    if invented:
        raise UsageError(f"the answer has the slot {{{min(invented)}}}, and the prompt has not", hint=EXAMPLE)
    category = said.get("category")
    if category is not None and (columns.category is None or "answer" not in said):
        raise UsageError("a template of a category needs rows with categories, and an answer", hint=EXAMPLE)
    return Template(prompt, answer, category)
