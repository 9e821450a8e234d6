"""Which format the records of a file have, and how they are read in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.data.formats_calls import tools_of
from engine.data.formats_chat import CHAT, V1
from engine.data.formats_judged import JUDGED
from engine.data.formats_nested import opened
from engine.data.formats_pairs import ALPACA, COLUMNS, PROMPT_COMPLETION
from engine.data.formats_parts import GEMINI, NOVA
from engine.data.formats_preference import PREFERENCE, beside_messages, is_whole
from engine.data.formats_rendered import Rendered, Turns, note
from engine.data.formats_sharegpt import SHAREGPT
from engine.data.mapping import Mapping
from engine.data.masking import mask_text
from engine.data.problems import Problem
from engine.data.rows import SYSTEM
from engine.errors import ChoiceNeeded, DataError, UsageError
from engine.safe_text import one_line

SAMPLE = 200
"""Records looked at to find the format."""
MIXED = 0.1
"""Share of records in a second format from which a file is refused: fewer are odd rows, and are left out by name."""

FORMATS = {
    "chat": CHAT,
    "sharegpt": SHAREGPT,
    "alpaca": ALPACA,
    "prompt-completion": PROMPT_COMPLETION,
    "preference": PREFERENCE,
    "judged": JUDGED,
    "llamafactory": V1,
    "bedrock": NOVA,
    "google": GEMINI,
    "columns": COLUMNS,
}
_TOOLS = ("tools", "functions")
_BESIDE = frozenset({"system", *_TOOLS})
_ALWAYS = {"system": "the system text", **dict.fromkeys(_TOOLS, "the tools that the model may call")}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of a file are to be read."""

    format: str
    """A key of FORMATS."""
    mapping: Mapping

    def render(self, record: dict[str, Any]) -> Rendered:
        """The conversation in `record`; what the format does not use becomes meta."""
        if self.format == "columns":
            return self._with_meta(COLUMNS.render(record, self.mapping), *_without_other_tools(record, self.mapping))
        inner, notes = opened(record)
        beside = beside_messages(inner)
        inner = {**inner, **beside} if beside else inner
        rendered = FORMATS[self.format].render(inner, self.mapping)
        if any([problem.rule == "missing-column" for problem in rendered.problems]):
            rendered = replace(rendered, problems=_other_format(inner, self.format) or rendered.problems)
        if not _BESIDE.isdisjoint(inner):
            rendered = _with_system(_with_tools(rendered, inner), inner)
        return self._with_meta(rendered, {**record, **beside} if beside else record, notes)

    def _with_meta(self, found: Rendered, record: dict[str, Any], notes: tuple[Problem, ...] = ()) -> Rendered:
        """With the columns that are not in the conversation, as the file has them, or that rows are told apart by."""
        kept = {*self.mapping.group, self.mapping.category}
        meta = {key: value for key, value in record.items() if key not in found.used or key in kept}
        if found.tools:
            meta["tools"] = found.tools
        messages = _with_text(found.messages, self.mapping.system)
        # Not replace(), which takes 10 microseconds a row.
        problems = (*notes, *found.problems)
        return Rendered(messages, problems, found.used, meta, found.rejected, found.label, found.tools)

    def use(self, column: str) -> str | None:
        """What a column that this format uses is used for."""
        mapping = self.mapping
        if self.format == "columns":
            part = "the answer that is learned" if len(mapping.answer) == 1 else "a field of the answer that is learned"
            return "the question" if column == mapping.prompt else part
        return FORMATS[self.format].uses.get(column, _ALWAYS.get(column))


def _without_other_tools(record: dict[str, Any], mapping: Mapping) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Of named columns one may be called `tools` and hold hammers: beside a row that name means what a model calls."""
    if "tools" not in record or "tools" in (mapping.prompt, *mapping.answer):
        return record, ()
    tools, problems = tools_of(opened({"tools": record["tools"]})[0])
    rest = {key: value for key, value in record.items() if key != "tools"}
    if tools or not problems:
        return {**rest, "tools": tools} if tools else rest, tuple(problems)
    text = "the column 'tools' holds no tools that a model could call, and is kept as 'tools_'"
    return {**rest, "tools_": record["tools"]}, (note("other-tools", text, "rename the column to choose its name"),)


def _with_tools(rendered: Rendered, record: dict[str, Any]) -> Rendered:
    tools, problems = tools_of(record)
    used = {*rendered.used, *(name for name in _TOOLS if name in record)}
    return replace(rendered, tools=tools, used=used, problems=(*rendered.problems, *problems))


def _with_system(rendered: Rendered, record: dict[str, Any]) -> Rendered:
    """The column `system` as the system turn, where the conversation has none of its own."""
    text, messages = record.get("system"), rendered.messages
    if not messages or not isinstance(text, str):
        return rendered
    used = {*rendered.used, "system"}
    if not text.strip():
        return replace(rendered, used=used)
    if any(turn.get("role") in SYSTEM for turn in messages):
        message = "a system turn, and another system text in the column `system`: the turn is used"
        problem = Problem("two-system-texts", message, "keep one of the two", "warning")
        return replace(rendered, problems=(*rendered.problems, problem))
    return replace(rendered, messages=_with_text(messages, text), used=used)


def _with_text(messages: Turns, system: str | None) -> Turns:
    if not system or any(turn.get("role") in SYSTEM for turn in messages):
        return messages
    return [{"role": "system", "content": system}, *messages]


def _other_format(record: dict[str, Any], layout: str) -> tuple[Problem, ...]:
    """The problem of a record in another format than its file; none where it fits that, or no other."""
    fitting = fits(record)
    if layout in fitting or not fitting:
        return ()
    message = f"the record is in the format {' or '.join(fitting)}, its file in {layout}"
    return (Problem("other-format", message, f"put such records into a file of their own: --format {fitting[0]}"),)


def fits(record: dict[str, Any]) -> list[str]:
    """The formats that an opened record looks like. A preference or a judgement hides what lies under it."""
    preference, judged = PREFERENCE.fits(record), JUDGED.fits(record)
    plain = [name for name, one in FORMATS.items() if one not in (PREFERENCE, JUDGED) and one.fits(record)]
    if preference:
        # A whole conversation beside whole conversations is nobody's prompt.
        spare = ("chat", "sharegpt", "llamafactory") if is_whole(record) else ()
        plain = [name for name in plain if name in (*spare, "alpaca", "prompt-completion")]
    elif judged:
        plain = []
    return [*plain, *(["preference"] if preference else []), *(["judged"] if judged else [])]


def detect(records: Sequence[Any], mapping: Mapping, file: str, name: str | None = None) -> Layout:
    """The format called `name`, else the columns that `mapping` names, else the one that fits most of `records`.

    Raises ChoiceNeeded (option `format`) when several fit or two are mixed, DataError listing the columns when none
    does or no record is in the named one; UsageError for a name that is none.
    """
    rows = [opened(record)[0] for record in records if isinstance(record, dict)]
    found = Counter(one for row in rows for one in fits(row))
    if name:
        return _named(name, rows, mapping, file, found)
    fitting = [one for one in FORMATS if found[one] * 2 > len(records)]
    if mapping.prompt:
        absent = _absent_column(rows, mapping)
        if absent is None:
            return Layout("columns", mapping)
        if len(fitting) != 1:
            _refuse(f"no column {absent!r}; columns found: {_columns(rows)}", rows, file)
    if len(fitting) > 1:
        message = f"fits several formats ({', '.join(fitting)}); columns found: {_columns(rows)}"
        hint = f"say which: --format {fitting[0]}"
        raise ChoiceNeeded(message, option="format", choices=tuple(fitting), hint=hint, where=file)
    _refuse_mixed(rows, fitting, file)
    if not fitting:
        if rows and all(map(_is_raw, rows)):
            raise DataError(_RAW, hint=_RAW_HINT, where=file)
        _refuse(f"fits no known format; columns found: {_columns(rows)}", rows, file)
    return Layout(fitting[0], mapping)


def _named(name: str, rows: Sequence[dict[str, Any]], mapping: Mapping, file: str, found: Counter[str]) -> Layout:
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}", hint=f"one of: {', '.join(FORMATS)}")
    if name == "columns":
        if not mapping.prompt:
            raise UsageError("the format columns needs the names of two", hint="add --prompt COL --answer COL[,COL]")
        absent = _absent_column(rows, mapping)
        if absent is not None:
            _refuse(f"no column {absent!r}; columns found: {_columns(rows)}", rows, file)
    elif not any(FORMATS[name].fits(row) for row in rows):
        best = found.most_common(1)[0][0] if found else None
        hint = f"say --format {best}, or leave --format out" if best else _how_to_say(rows)
        looks = f"it looks like {best}; " if best else ""
        message = f"no record is in the format {name}; {looks}columns found: {_columns(rows)}"
        raise DataError(message, hint=hint, where=file)
    return Layout(name, mapping)


def _refuse_mixed(rows: Sequence[dict[str, Any]], fitting: Sequence[str], file: str) -> None:
    """Raises ChoiceNeeded where more than MIXED of the records are in another format than most."""
    kinds = Counter(next(iter(set(fits(row)) & set(fitting) or fits(row)), None) for row in rows)
    named = {name: count for name, count in kinds.most_common() if name}
    if len(named) < 2 or sum(named.values()) - max(named.values()) <= MIXED * len(rows):
        return
    counts = ", ".join(f"{name} ({count} of the first {len(rows)} records)" for name, count in named.items())
    hint = f"write one file for each; or leave the others out, each by name: --format {next(iter(named))}"
    raise ChoiceNeeded(f"holds two formats: {counts}", option="format", choices=tuple(named), hint=hint, where=file)


def _refuse(message: str, rows: Sequence[dict[str, Any]], file: str) -> None:
    raise DataError(message, hint=_how_to_say(rows), where=file)


def _absent_column(rows: Sequence[dict[str, Any]], mapping: Mapping) -> str | None:
    present = {key for row in rows for key in row}
    return next((column for column in (mapping.prompt, *mapping.answer) if column and column not in present), None)


def _columns(rows: Iterable[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(key for row in rows for key in row))
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return (", ".join(one_line(mask_text(name), 60) for name in names[:20]) or "none") + more


def _how_to_say(rows: Sequence[dict[str, Any]]) -> str:
    example = [one_line(mask_text(name), 30) for name in list(rows[0])[:2]] if rows else []
    prompt, answer = example if len(example) == 2 else ("COLUMN", "COLUMN")
    return f"say which columns to learn from, for example: --prompt {prompt!r} --answer {answer!r}"


_CRAWLED = {"text", "id", "url", "timestamp", "date", "source", "title", "meta", "metadata", "added", "created"}
_RAW = "plain text (only `text`) cannot teach a chat model: nothing says what is asked and what is answered"
_RAW_HINT = "write questions and answers from it; where facts are to be looked up, retrieval does it without training"


def _is_raw(row: dict[str, Any]) -> bool:
    return isinstance(row.get("text"), str) and row.keys() <= _CRAWLED
