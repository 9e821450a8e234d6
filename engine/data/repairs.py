"""Repairs of conversations: offered, counted, and made only when a person asks for them by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import ne
from typing import Any

from engine.data.formats_rendered import Rendered, Turns
from engine.data.rows import SYSTEM
from engine.errors import UsageError

JOINT = "\n\n"
"""Between two texts that become one: a blank line."""


@dataclass(frozen=True, slots=True)
class Repair:
    """`mend` gives the repaired turns, or None where there is nothing to repair."""

    says: str
    mend: Callable[[Turns], Turns | None]


def repaired(rendered: Rendered, names: Sequence[str]) -> tuple[Rendered, tuple[str, ...]]:
    """The conversation after the repairs called `names`, and those of them that changed it."""
    made = []
    for name in REPAIRS:
        if name in names and (mended := _mended(rendered, name)):
            rendered = mended
            made.append(name)
    return rendered, tuple(made)


def offered(rendered: Rendered, names: Sequence[str]) -> tuple[str, ...]:
    """The repairs besides `names` that would change the conversation."""
    if rendered.rejected is None and _in_order([turn["role"] for turn in rendered.messages]):
        return ()
    return tuple([name for name in REPAIRS if name not in names and _mended(rendered, name)])


def _in_order(roles: Sequence[Any]) -> bool:
    """Whether no repair can change turns of these roles, as in nearly all rows."""
    ends = bool(roles) and roles[-1] == "assistant"
    return ends and all(map(ne, roles, roles[1:])) and all([role not in SYSTEM for role in roles[1:]])


def counted(rows: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Repair -> {"rows" that it changes, "says" what it does}, for those that change any."""
    return {name: {"rows": rows[name], "says": one.says} for name, one in REPAIRS.items() if rows.get(name)}


def repairs_named(text: str) -> tuple[str, ...]:
    """The repairs in a text such as "merge,tail", in their order. Raises UsageError for an unknown one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = next((name for name in names if name not in REPAIRS), None)
    if unknown is not None or not names:
        raise UsageError(f"no repair {unknown or text!r}", hint=f"any of: {', '.join(REPAIRS)}")
    return tuple(name for name in REPAIRS if name in names)


def _mended(rendered: Rendered, name: str) -> Rendered | None:
    """Of a preference both conversations are repaired: the prompt is the same in both, and stays so."""
    mend, messages = REPAIRS[name].mend, rendered.messages
    if rendered.rejected is None:
        made = mend(messages)
        return replace(rendered, messages=made) if made else None
    prompt = messages[: after_prompt(messages)]
    chosen, other = mend(messages), mend([*prompt, *rendered.rejected])
    if not chosen and not other:
        return None
    chosen, other = chosen or messages, other or [*prompt, *rendered.rejected]
    return replace(rendered, messages=chosen, rejected=other[after_prompt(chosen) :])


def after_prompt(messages: Turns) -> int:
    """Where the answer of a preference begins: after the last user turn, which both answers share."""
    return max((at for at, turn in enumerate(messages) if turn["role"] == "user"), default=-1) + 1


def _merge(messages: Turns) -> Turns | None:
    if not any([_joinable(one, other) for one, other in pairwise(messages)]):
        return None
    runs: list[Turns] = []
    for turn in messages:
        if runs and _joinable(runs[-1][-1], turn):
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return [_join(run) if len(run) > 1 else run[0] for run in runs]


def _joinable(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Turns of the same speaker that are learned alike."""
    if one["role"] != other["role"] or one["role"] not in ("user", "assistant"):
        return False
    texts = isinstance(one["content"], str) and isinstance(other["content"], str)
    return texts and all(one.get(key) == other.get(key) for key in ("name", "weight"))


def _join(run: Turns) -> dict[str, Any]:
    text = JOINT.join([turn["content"] for turn in run if turn["content"]])
    calls = [call for turn in run for call in turn.get("tool_calls", ())]
    return {**run[0], "content": text, **({"tool_calls": calls} if calls else {})}


def _system(messages: Turns) -> Turns | None:
    places = [at for at, turn in enumerate(messages) if turn["role"] in SYSTEM]
    system = [messages[at] for at in places]
    if places in ([], [0]) or not all(isinstance(turn["content"], str) for turn in system):
        return None
    text = JOINT.join(turn["content"] for turn in system if turn["content"])
    return [{**system[0], "content": text}, *(turn for turn in messages if turn["role"] not in SYSTEM)]


def _tail(messages: Turns) -> Turns | None:
    if not messages or messages[-1]["role"] == "assistant":
        return None
    answers = [at for at, turn in enumerate(messages) if turn["role"] == "assistant"]
    return messages[: answers[-1] + 1] if answers else None


REPAIRS = {
    "system": Repair("move the system turn to the front, joined with one that is there", _system),
    "merge": Repair("join consecutive turns of the same speaker with a blank line", _merge),
    "tail": Repair("drop what follows the last answer", _tail),
}
"""In the order in which they are made: a moved system turn leaves neighbours to join."""
