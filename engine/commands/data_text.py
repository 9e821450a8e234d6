"""What the data commands say in words, line by line."""

from collections.abc import Mapping, Sequence
from textwrap import indent
from typing import Any

from engine.data.adopt import counted
from engine.data.deriving import Derived
from engine.data.overview import Overview, descent, split_counts, split_facts, went
from engine.safe_text import one_line, safe_text

_SAMPLE_CHARACTERS = 400
_CATEGORIES = 12


def looked(found: Mapping[str, Any]) -> list[str]:
    """How files would be read: format, use of each column, samples, then problems and repairs of the first records."""
    lines = [line for file in found["files"] for line in _looked_file(file)]
    lines += mendable(found["repairs"])
    error = found["error"]
    if error:
        lines += [f"cannot be imported so: {error['message']}", f"  hint: {error['hint']}"]
    if error and "option" in error:
        lines += [f"  --{error['option']} {one_line(choice)!r}" for choice in error["choices"]]
    return lines


def _looked_file(file: Mapping[str, Any]) -> list[str]:
    how = file["format"] or f"not readable in this way; columns found: {', '.join(map(one_line, file['columns']))}"
    said = "".join(f", {name} {one_line(value)!r}" for name, value in file["how"].items())
    lines = [f"{one_line(file['file'])}: {how}{said}"]
    lines += [f"  {one_line(one['column'])}: {one['use']}" for one in file["uses"]]
    for number, sample in enumerate(file["samples"], start=1):
        lines += [
            f"  sample {number} (line {sample['line']})",
            *(indent(line, "    ") for line in sample_lines(sample)),
        ]
    lines += [f"  {_first(one)} (of its first {file['records']:,} records)" for one in file["problems"]]
    return lines + [f"  repaired: {one['rows']:,} rows: {one['says']}" for one in file["repaired"].values()]


def sample_lines(sample: Mapping[str, Any]) -> list[str]:
    """A sample row: its turns, then the answer that is not preferred, or the judgement."""
    lines = [line for turn in sample["messages"] for line in _turn(turn)]
    if "more_turns" in sample:
        lines.append(f"... and {sample['more_turns']:,} more turns")
    if "rejected" in sample:
        lines += ["not preferred:", *(indent(line, "  ") for turn in sample["rejected"] for line in _turn(turn))]
    if "label" in sample:
        lines.append(f"judged: {'wanted' if sample['label'] else 'not wanted, never learned'}")
    if "tools" in sample:
        lines.append(f"tools: {', '.join(sample['tools'])}")
    return lines


def _turn(turn: Mapping[str, Any]) -> list[str]:
    name = f" ({turn['name']})" if "name" in turn else ""
    learned = " (weight 0, not learned)" if turn.get("weight") == 0 else ""
    said = safe_text(turn["content"], _SAMPLE_CHARACTERS)
    calls = [f"  calls {safe_text(call, _SAMPLE_CHARACTERS)}" for call in turn.get("calls", ())]
    return [
        *([f"{turn['role']}{name}{learned}: {said}"] if said or not calls else [f"{turn['role']}{learned}:"]),
        *calls,
    ]


def mendable(repairs: Mapping[str, Any]) -> list[str]:
    """The repairs that are offered."""
    return [f"--repair {name} would mend {one['rows']:,} rows: {one['says']}" for name, one in repairs.items()]


def fitness(found: Mapping[str, Any] | None) -> list[str]:
    """Whether a file as a whole suits the target that was named."""
    if found is None:
        return []
    lines = [f"error: {one['message']}\n    hint: {one['hint']}" for one in found["problems"]]
    return lines or [f"{found['says']}: {found['rows']:,} rows can be used there"]


def _first(problem: Mapping[str, Any]) -> str:
    place = problem["first"][0]
    where = f"{one_line(place['file'])}:{place['line']}"
    return f"{problem['severity']}: {problem['rows']:,} rows: {where}: {one_line(place['message'])}"


def imported(made: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """What an import took, left out, masked and found."""
    lines = problems(facts["problems"])
    if made["left_out"]:
        lines.append(f"left out rows are listed in data/{made['version']}/left_out.jsonl")
    lines.append(f"{made['version']}: {made['rows']:,} rows; {made['left_out']:,} left out")
    lines += [f"repaired: {one['rows']:,} rows: {one['says']}" for one in facts["repairs"]["made"].values()]
    lines += [f"{line}; import again with it to take them in" for line in mendable(facts["repairs"]["offered"])]
    lines.append(f"secrets masked: {counted(facts['secrets'])}")
    lines.append(f"personal data, unchanged: {counted(facts['privacy'])}")
    return [*lines, "next: tunewright data clean --drop duplicates,conflicts, then tunewright data split"]


def splitted(document: Mapping[str, Any], proof: str) -> list[str]:
    """The splits, their proof, and whether every category has enough."""
    kept = f", of which {document['kept_their_split']:,} rows kept theirs" if document["kept_their_split"] else ""
    lines = [f"{document['version']}: {split_counts(document)}{kept}"]
    if document["left_out"]:
        lines.append(f"{document['left_out']:,} rows link groups of two splits: left out, listed in left_out.jsonl")
    return [*lines, *split_facts(document, document["test_precision_points"], proof), *sizing(document["sizing"])]


def standing(found: Overview) -> list[str]:
    """The current version, how it came about, what was found in it."""
    manifest, split = found.manifest, found.split
    lines = [descent(found), f"left out at import: {manifest['invalid']:,} of {manifest['read']:,} records"]
    lines += problems(manifest["problems"])
    lines += [f"secrets masked: {counted(manifest['secrets'])}", f"personal data: {counted(manifest['privacy'])}"]
    if found.dropped is not None:
        lines.append(f"cleaned: {went(found.dropped)}")
    if split:
        lines += [split_counts(split), *split_facts(split, found.precision, split["shown"])]
    return [*lines, *(sizing(manifest["sizing"]) if "sizing" in manifest else [])]


def report(found: Mapping[str, Any]) -> list[str]:
    """The report on files, problems first."""
    from engine.commands.output import table

    rows, tokens, duplicates = found["rows"], found["tokens"], found["duplicates"]
    twins = f"{duplicates['exact']:,} exact and {duplicates['near']:,} near (Jaccard >= {duplicates['threshold']})"
    unsought = ", ".join(found["privacy"]["not_scanned"])
    facts = [
        ("format", found["format"]),
        ("rows", f"{rows['read']:,} read, {rows['valid']:,} valid, {rows['invalid']:,} with errors"),
        ("duplicates", f"{twins} would go, in {duplicates['clusters']:,} clusters"),
        *(("", f"equal or near: {', '.join(places)}") for places in duplicates["first"]),
        (
            "contradictions",
            f"{found['conflicts']['prompts']:,} prompts with different answers, {found['conflicts']['near']:,} nearly "
            "equal ones in different categories",
        ),
        *(("", ", ".join(places)) for places in found["conflicts"]["first"]),
        ("secrets", f"{counted(found['secrets'])}; masked at import"),
        ("personal data", f"{counted(found['privacy'])}; not scanned for: {unsought}"),
        *(("", f"{one['file']}:{one['line']}: {', '.join(one['kinds'])}") for one in found["privacy"]["first"]),
        (
            "tokens",
            f"{tokens['total']:,}; a row {tokens['p50']:,} (p50), {tokens['p95']:,} (p95), {tokens['max']:,} (max)",
        ),
        ("", tokens["method"]),
        *(("", f"max length {cut['max_length']:,} would cut {cut['rows']:,} rows") for cut in tokens["cut_at"]),
        ("test", f"{found['test']['rows']:,} rows, a tenth: a score within {found['test']['points'] or 100:g} points"),
        *(("balance", warning) for warning in [(found["balance"] or {}).get("warning")] if warning),
        *(("sizing", line) for line in sizing(found["sizing"])),
        ("verdict", "; ".join([found["verdict"], *found["reasons"]])),
    ]
    return [*problems(found["problems"]), table(("", "what was found"), facts)]


def sizing(sizes: Mapping[str, Any]) -> list[str]:
    """What the task needs, then the categories, the first of many."""
    needs = f"{sizes['task']} needs {sizes['minimum']} per category, better {sizes['recommended']}"
    states = [f"{name}: {one['groups']:,} groups, {one['state']}" for name, one in sizes["categories"].items()]
    more = [f"and {len(states) - _CATEGORIES} more categories"] if len(states) > _CATEGORIES else []
    return [f"{needs} ({sizes['counted']})", *states[:_CATEGORIES], *more]


def problems(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """`FILE:LINE: what is wrong` for the first places of every rule."""
    lines = []
    for problem in found:
        lines.append(f"{problem['severity']}: {problem['rule']}: {problem['rows']:,} rows")
        for place in problem["first"]:
            where = f"{one_line(place['file'])}:{place['line']}"
            lines.append(f"  {where}: {one_line(place['message'])}\n    hint: {place['hint']}")
    return lines


def derived(made: Derived) -> list[str]:
    """What became of the rows, and the split that was made again."""
    changed = ", ".join(f"{count:,} {name}" for name, count in made.changed.items())
    lines = [f"{made.version.name}: {len(made.version):,} rows; {changed}; what is gone is listed in {made.listed}"]
    if split := made.split:
        counts = ", ".join(f"{name} {count:,}" for name, count in split.counts.items())
        lines += [
            f"split as before: {counts}",
            f"proof {'passed' if split.proof.passed else 'FAILED'}: {split.proof.text}",
        ]
    return lines
