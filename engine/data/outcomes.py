"""What an export, a mix, a comparison, a proof and a purge came to, in words: for commands and screens alike.

Each takes the document that the command prints with --json.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.safe_text import one_line, safe_text
from engine.sizes import size

_LISTED = 12
_ROW = 70
"""Characters of a question in a list."""
Document = Mapping[str, Any]


def exported(document: Document) -> list[str]:
    """Files with their rows, what was left out and why, and what to know before they leave the machine."""
    lines = [f"{document['version']} as {document['form']} in {document['folder']}"]
    for file in document["files"]:
        kind = "" if file["kind"] == "sft" else f", {file['kind']}"
        lines.append(f"  {file['file']}: {file['rows']:,} rows{kind}, {size(file['bytes'])}")
    left = document["left_out"]
    if left["rows"]:
        lines.append(f"{left['rows']:,} rows left out, listed in left_out.jsonl:")
        lines += [f"  {count:,}: {why}" for why, count in left["reasons"].items()]
    behind = document["columns_left_behind"]
    if behind:
        names = ", ".join(one_line(name, 40) for name in [*behind][:_LISTED])
        lines.append(f"columns that do not go along: {names}{' ...' if len(behind) > _LISTED else ''}")
    found = document["personal_data"]
    if found["findings"]:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in found["by_kind"].items())
        lines.append(f"note: personal data is in this version ({kinds}); look before the files leave this machine")
    beside = {"llamafactory": "dataset_info.json names the files", "axolotl": "datasets.yaml is its stanza"}
    return [*lines, *([beside[document["form"]]] if document["form"] in beside else [])]


def mixed(document: Document) -> list[str]:
    """The general rows there are against those that the share wants, and what was left out."""
    if document["file"] is None:
        return ["no general rows are mixed in"]
    tokens, share = document["tokens"], document["share"]
    lines = [
        f"{document['rows']:,} of {document['read']:,} rows of {document['file']} are fit",
        f"a share of {share:.0%} beside {document['train']:,} train rows wants {document['wanted']:,}: "
        f"{document['taken']:,} are taken, {document['share_of_rows']:.1%} of the rows",
        f"tokens: {tokens['general']:,} to {tokens['train']:,} of yours, {tokens['share']:.1%} ({tokens['method']})",
    ]
    if document["taken"] < document["wanted"]:
        lines.append("note: the file has fewer rows than the share wants; all are taken, and none twice")
    lines += [f"{problem['severity']}: {problem['rule']}: {problem['rows']:,} rows" for problem in document["problems"]]
    if document["secrets"]["findings"]:
        lines.append(f"secrets masked: {document['secrets']['findings']:,}")
    if document["left_out"]:
        lines.append(
            f"{document['left_out']:,} rows left out; compared with validation and test of {document['against']}:"
        )
        lines += [f"  line {one['line']:,}: {one['why']}" for one in document["first_left_out"][:_LISTED]]
        more = document["left_out"] - _LISTED
        lines += [f"  and {more:,} more"] if more > 0 else []
    return [*lines, "the plan takes them from here: tunewright plan"]


def contaminated(document: Document) -> list[str]:
    """How many rows a benchmark has too, by method and split, and which."""
    files = ", ".join(f"{one['file']} ({one['questions']:,} from {one['column']})" for one in document["files"])
    whose = f"{document['rows']:,} rows of {document['version']}" + (
        f" ({document['split']})" if document["split"] else ""
    )
    lines = [f"{document['name']}: {document['questions']:,} questions of {files} against {whose}"]
    lines += [f"  {kind:<8} {document['by_kind'].get(kind, 0):>7,}  {how}" for kind, how in document["methods"].items()]
    unread = sum(one["unread"] for one in document["files"])
    lines += [f"note: {unread:,} records hold no question"] if unread else []
    lines += [f"note: {document['templates']:,} passages are in too many rows or questions to say anything"] * bool(
        document["templates"]
    )
    if not document["hits"]:
        return [*lines, "no row is known from it; a paraphrase is seen by none of the methods"]
    splits = ", ".join(f"{name} {count:,}" for name, count in document["by_split"].items())
    lines.append(f"{document['contaminated']:,} rows are known from it: {splits}")
    lines += [_hit(hit) for hit in document["hits"][:_LISTED]]
    more = len(document["hits"]) - _LISTED
    return [*lines, *([f"  and {more:,} more; --json lists them all"] if more > 0 else [])]


def _hit(hit: Document) -> str:
    near = f" {hit['jaccard']}" if hit["jaccard"] else ""
    where = f"  row {hit['row']:,} ({hit['split'] or 'not split'}), {'+'.join(hit['kinds'])}{near}, {hit['place']}"
    return f"{where}: {one_line(hit['question'], _ROW)}"


def proven(document: Document) -> list[str]:
    """What was looked for, what was found, and the texts of what two splits share."""
    counts = ", ".join(f"{name} {count:,}" for name, count in document["counts"].items())
    made = "made again" if document["again"] else "made with the split"
    lines = [
        f"{document['version']}: {counts}, in {document['groups']:,} groups",
        f"proof {'passed' if document['passed'] else 'FAILED'} ({made}, {document['when']}): {document['text']}",
    ]
    for kind, how in document["checked"].items():
        found = document["found"].get(kind, 0)
        lines.append(f"  {kind:<8} {document['leaks'][kind]:,} across splits, of {found:,} that rows share: {how}")
    return [*lines, *(line for pair in document["shown"] for line in _pair(pair))]


def _pair(pair: Document) -> Iterator[str]:
    yield f"{pair['kind']}:"
    for side in ("left", "right"):
        yield f"  {pair[f'{side}_split']} {pair[side][:8]}: {one_line(pair[f'{side}_text'], 400)}"


def listed(document: Document) -> list[str]:
    """All versions, the newest first."""
    lines = []
    for one in document["versions"]:
        mark = "*" if one["current"] else " "
        parent = f" from {one['parent']}" if one["parent"] else ""
        gone = f", rows deleted on {one['purged'][:10]}" if one["purged"] else f", {size(one['bytes'])}"
        lines.append(f"{mark} {one['name']}: {one['step']}{parent}, {one['rows']:,} rows, {one['created'][:16]}{gone}")
    return lines


def purged(document: Document) -> list[str]:
    """What goes, what rests on it, and where else rows lie."""
    lines = [
        f"{one['version']}: {one['rows']:,} rows ({one['step']}), {size(one['bytes'])}" for one in document["going"]
    ] or ["no old version has rows to delete"]
    lines += [f"{document['current']} is the current version, and stays; manifests stay"]
    lines += [f"stays for the review: {', '.join(document['kept'])} (its sample is drawn from it)"] * bool(
        document["kept"]
    )
    lines += [f"rests on it: {line}" for line in document["resting"]]
    return [*lines, *(f"not touched: {line}" for line in document["elsewhere"])]


TITLES: Mapping[str, tuple[str, Callable[[Document], list[str]]]] = {
    "export": ("Exported", exported),
    "mix": ("General rows", mixed),
    "contamination": ("Compared with benchmarks", contaminated),
    "proof": ("The proof of the split", proven),
    "purge": ("Old rows are deleted", purged),
}
"""Verb -> its title on a screen, and its words."""


def told(verb: str, document: Document) -> tuple[str, Sequence[str]] | None:
    """(title, lines) of what a command of this group came to; None for another command."""
    if verb not in TITLES:
        return None
    title, words = TITLES[verb]
    return title, [safe_text(line) for line in words(document)]
