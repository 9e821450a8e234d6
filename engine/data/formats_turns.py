"""Turns as OpenAI's chat format and LLaMA-Factory's v1 write them, as turns of a row."""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.data.formats_calls import calls_of
from engine.data.formats_nested import decoded
from engine.data.formats_rendered import Turns, note, text_of
from engine.data.problems import Problem
from engine.safe_text import one_line

_PLAIN = {"role", "content"}
_WEIGHTS = ("weight", "loss_weight", "train")
"""How much a turn counts: OpenAI's 0 or 1, LLaMA-Factory's 0.0 or 1.0, Axolotl's true or false."""
_THOUGHTS = ("reasoning_content", "thinking")
_KNOWN = {*_PLAIN, *_WEIGHTS, *_THOUGHTS, "tool_calls", "tool_call_id", "function_call", "name"}
_CHANGES_TRAINING = ("train_detail", "prefix", "audio")
"""Keys that say what is learned, or hold an answer that is no text: without them the row teaches something else."""
_RIGHT = "nothing, if the samples are right"
_PICTURES = {"image_url", "image", "input_image", "input_audio", "audio", "video", "video_url", "audio_url", "file"}


def read_turns(turns: Sequence[dict[str, Any]]) -> tuple[Turns, list[Problem]]:
    """`turns` with their calls, weights and ids in our form; what cannot be read stays as it is, for the rules."""
    made: Turns = []
    problems: list[Problem] = []
    for number, turn in enumerate(turns, start=1):
        if turn.keys() == _PLAIN and isinstance(turn["content"], str):
            made.append({"role": turn["role"], "content": turn["content"]})
            continue
        message, said = _turn(number, turn)
        made.append(message)
        problems += said
    return made, problems


def _turn(number: int, turn: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    role = turn.get("role")
    content, calls, problems = _content(number, turn.get("content"))
    calls += _calls(turn, problems)
    thoughts = next((turn[key] for key in _THOUGHTS if isinstance(turn.get(key), str) and turn[key]), None)
    if thoughts and isinstance(content, str | None):
        content = thought(thoughts, content or "")
        problems.append(_thought_kept(number))
    message: dict[str, Any] = {"role": "tool" if role == "function" else role, "content": content}
    if calls:
        message |= {"content": "" if content is None else content, "tool_calls": calls}
    message |= {key: turn[key] for key in ("tool_call_id", "name") if isinstance(turn.get(key), str) and turn[key]}
    problems += [*_weighed(number, turn, message), *_left_out(number, turn)]
    return message, problems


def _calls(turn: dict[str, Any], problems: list[Problem]) -> list[dict[str, Any]]:
    """Of `tool_calls`, or of the one call that `function_call` of 2023 holds."""
    value = turn.get("tool_calls")
    if isinstance(value, str) and (found := decoded(value)):
        value = found[0]
    if not value and turn.get("function_call"):
        value = turn["function_call"]
        problems.append(note("old-function-call", "`function_call` of 2023 is read as a tool call", _RIGHT))
    if not value:
        return []
    calls, said = calls_of(value)
    problems += said
    return calls


def _content(number: int, content: Any) -> tuple[Any, list[dict[str, Any]], list[Problem]]:
    """(text, calls, problems) of a content that is text, null or a list of typed parts."""
    if not isinstance(content, list) or not content:
        return content, [], []
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for part in content:
        kind, value = _part(part)
        if kind == "tool_call":
            found = decoded(value) if isinstance(value, str) else None
            made, said = calls_of(found[0] if found else value)
            calls, problems = calls + made, problems + said
        elif not isinstance(value, str):
            problems.append(_not_text(number, kind, value))
        else:
            (thoughts if kind == "reasoning" else texts).append(value)
    problems += _joined(number, texts, thoughts)
    text = "\n".join(texts) if texts or not calls else None
    return thought("\n".join(thoughts), text or "") if thoughts else text, calls, problems


def _part(part: Any) -> tuple[str, Any]:
    """(kind, value) of one part: OpenAI keeps the value under the kind's name, LLaMA-Factory under `value`."""
    if isinstance(part, str):
        return "text", part
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(kind, str):
        return "unknown", None
    return kind, part.get("value", part.get(kind if kind in part else "text"))


def _not_text(number: int, kind: str, value: Any) -> Problem:
    if kind in _PICTURES:
        what = "an image" if "image" in kind else "a recording" if "audio" in kind else f"a {kind.split('_')[0]}"
        message = f"turn {number} holds {what}: text alone is trained here, and without it the answer makes no sense"
        return Problem("not-only-text", message, "leave such rows out, or describe it in words")
    message = f"turn {number} holds a part of the type {one_line(kind, 40)!r} without text"
    return Problem("part-shape", message, 'write {"type": "text", "text": ...}')


def _joined(number: int, texts: Sequence[str], thoughts: Sequence[str]) -> Iterable[Problem]:
    if len(texts) > 1:
        yield note("parts-joined", f"turn {number}: {len(texts)} text parts, joined with a line break each", _RIGHT)
    if thoughts:
        yield _thought_kept(number)


def thought(thoughts: str, text: str) -> str:
    """An answer with the thoughts before it, in the writing of Qwen 3, DeepSeek R1 and LLaMA-Factory."""
    return f"<think>\n{thoughts.strip(chr(10))}\n</think>\n\n{text.lstrip(chr(10))}"


def _thought_kept(number: int) -> Problem:
    message = f"turn {number}: the reasoning is kept before the answer, between <think> and </think>"
    return note("reasoning-kept", message, "leave the reasoning out of the file, if it should not be learned")


def _weighed(number: int, turn: dict[str, Any], message: dict[str, Any]) -> Iterable[Problem]:
    """Sets the weight 0 of an answer that is not learned; an answer without a weight is."""
    for key in _WEIGHTS:
        value = turn.get(key)
        if value is None:
            continue
        if value not in (0, 1):
            text = f"turn {number} has {key} {one_line(text_of(value), 40)}, where 0 or 1 belongs"
            yield Problem("weight-not-0-1", text, "use 0 (not learned) or 1 (learned); nothing between is trained")
        elif message["role"] != "assistant" and value == 1 and key != "weight":
            text = f"turn {number} ({one_line(message['role'], 40)}) has {key} 1: here answers alone are learned"
            yield Problem("learned-prompt", text, f"write {key} 0, or make what should be learned an answer", "warning")
        elif message["role"] == "assistant" and value == 0:
            message["weight"] = 0


def _left_out(number: int, turn: dict[str, Any]) -> Iterable[Problem]:
    for key, value in turn.items():
        if value is None or key in _KNOWN:
            continue
        if key in _CHANGES_TRAINING:
            text = f"turn {number} carries {key!r}, which training here would ignore"
            yield Problem("turn-key", text, "leave such rows out, or write the turn as plain text")
        else:
            text = f"turn {number} carries {one_line(key, 60)!r}, which is left out"
            yield Problem("turn-key-dropped", text, "move it beside the turns to keep it", "warning")
