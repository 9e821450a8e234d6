"""Judged answers (KTO): a conversation and whether its answer is wanted, as `label` or `kto_tag`."""

from dataclasses import replace
from typing import Any

from engine.data.formats_chat import CHAT, has_turns
from engine.data.formats_pairs import ALPACA, PROMPT_COMPLETION
from engine.data.formats_rendered import Format, Rendered, missing
from engine.data.formats_sharegpt import SHAREGPT
from engine.data.mapping import Mapping
from engine.data.problems import Problem
from engine.safe_text import one_line

_LABELS = ("kto_tag", "label")
_HINT = "say true for a wanted answer, false for an unwanted one"
_WORDS = {"true": True, "false": False}
_UNDER = (PROMPT_COMPLETION, ALPACA, SHAREGPT)
"""What lies under the label where it is not turns with role and content."""


def _fits(record: dict[str, Any]) -> bool:
    tagged = isinstance(record.get("label"), bool) or _judgement(record.get("kto_tag")) is not None
    return tagged and (has_turns(record) or any(one.fits(record) for one in _UNDER))


def _judgement(value: Any) -> bool | None:
    """A truth value, or its name as a table holds it."""
    return value if isinstance(value, bool) else _WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def _render(record: dict[str, Any], mapping: Mapping) -> Rendered:
    under = CHAT if has_turns(record) else next((one for one in _UNDER if one.fits(record)), CHAT)
    rendered = under.render(record, mapping)
    column = next((name for name in _LABELS if record.get(name) is not None), None)
    if column is None:
        problem = missing("label", "there", _HINT)
    elif (label := _judgement(record[column])) is not None:
        return replace(rendered, used={*rendered.used, column}, label=label)
    else:
        message = f"{column!r} is {one_line(record[column], 40)}, where true or false belongs"
        problem = Problem("label-not-bool", message, _HINT)
    return replace(rendered, problems=(*rendered.problems, problem))


JUDGED = Format(
    "judged answers (KTO): a conversation and a `label` or `kto_tag` that is true or false",
    _fits,
    _render,
    {**CHAT.uses, **ALPACA.uses, **PROMPT_COMPLETION.uses}
    | dict.fromkeys(("output", "completion"), "the answer that is judged")
    | dict.fromkeys(_LABELS, "whether the answer is wanted; one that is not is never learned"),
)
