"""The rows that others may be made from, and everything that a made-up row must not be close to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from engine.augment.checks import COPY, Made, question
from engine.augment.neighbours import Neighbours, Passages, jaccard
from engine.augment.reasons import Refusal
from engine.data.adopt import current
from engine.data.groups import Recorded
from engine.data.mapping import Mapping
from engine.data.masking import texts
from engine.data.near import GROUP
from engine.data.privacy import findings
from engine.data.privacy_scan import regions_of
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.validate_text import text_problems
from engine.data.versions import Version, last_record
from engine.errors import DataError, UsageError
from engine.project import Project

UNFIT = {
    "made-up": "made-up themselves",
    "kind": "preferences or judged answers, whose question belongs to several answers",
    "turn": "whose last turn before the answer is no question of a user",
    "private": "with personal data, which are not sent to another machine",
    "category": "of another category",
    "flawed": "with an unfilled placeholder, a stock phrase or special tokens, which their copies would have too",
}
"""Why a train row is no parent -> in words, after "rows"."""
_FLAWS = frozenset(("placeholder", "boilerplate", "foreign-token"))
"""Rules that a copy would break like its parent."""


@dataclass(slots=True)
class Source:
    """A split version: its parents in train, and what every made-up row is compared with.

    Validation and test rows are never handed out: they are only in what a row must not be close to.
    """

    version: Version
    mapping: Mapping
    parents: list[tuple[str, int]] = field(default_factory=list)
    """(id, number in the version), in the order of the file."""
    unfit: Counter[str] = field(default_factory=Counter)
    """Train rows that are no parents, by the keys of UNFIT."""
    train: set[str] = field(default_factory=set)
    """Ids of the train rows that no one made up."""
    made_up: set[str] = field(default_factory=set)
    """Ids of the candidates that are in train, perhaps mended."""
    children: Counter[str] = field(default_factory=Counter)
    """Parent -> made-up rows in train."""
    known: Neighbours = field(default_factory=Neighbours)
    """Questions of train rows and candidates."""
    passages: Passages | None = None
    _held: tuple[Neighbours, Neighbours] = field(default_factory=lambda: (Neighbours(), Neighbours()))
    """Questions, and questions with answers, of validation and test."""

    def row(self, number: int) -> Row:
        """One train row."""
        return self.version.row(number)

    def ordered(self, seed: int) -> list[tuple[str, int]]:
        """The parents in the order that `seed` draws; a new parent moves no other."""
        return sorted(self.parents, key=lambda one: blake2b(f"{seed} {one[0]}".encode(), digest_size=8).digest())

    def refusal(self, made: Made) -> Refusal | None:
        """What a made-up row is too close to, if anything."""
        if jaccard(question(made.parent), made.question) >= COPY:
            return Refusal("copy", "the same words in the same order")
        if self.too_close("\n".join(_as_asked(made)), made.messages[-1]["content"]):
            return Refusal("held-out", "it would give the test away")
        if self.known.nearest(made.question) >= COPY:
            return Refusal("known", "another row asks the same in the same words")
        return None

    def too_close(self, asked: str, answer: str) -> bool:
        """Whether a question with this answer is near a validation or test row, or shares a passage with one."""
        assert self.passages
        questions, whole = self._held
        near = max(questions.nearest(asked), whole.nearest(f"{asked}\n{answer}"))
        return near >= GROUP or self.passages.shared(asked)

    def hold(self, row: Row) -> None:
        """Takes in a row of validation or test."""
        asked = "\n".join(row.prompt)
        self._held[0].add(asked)
        self._held[1].add(f"{asked}\n{row.answer}")


def open_source(
    project: Project, *, sending: bool = False, category: str | None = None, progress: Progress = no_progress
) -> Source:
    """The project's current version as a source; one pass over its rows, `progress` gets their number.

    With `sending` rows with personal data are no parents; `category` keeps to the rows of one. Raises UsageError when
    the version is not split, or its rows have no categories; DataError when train has no row that can be a parent.
    """
    version = current(project)
    if "split" not in version.manifest:
        raise UsageError(
            f"{version.name} is not split yet: made-up rows come from train alone, and there is no train",
            hint="tunewright data split, then augment: rows made before it could end up in the test",
        )
    source = Source(version, Mapping.from_document(version.manifest["mapping"]))
    if category is not None and source.mapping.category is None:
        raise UsageError("the rows have no categories", hint="leave --category out, or import with --category COLUMN")
    questions: list[str] = []
    regions = regions_of(project) if sending else ()
    for number, row in enumerate(version.rows()):
        progress(number)
        if row.split == "train":
            _take(source, number, row, regions, category)
        else:
            source.hold(row)
            questions.append("\n".join(row.prompt))
    folder = last_record(project.data)
    recorded = Recorded.read(folder) if folder else Recorded.none()
    source.passages = Passages(questions, recorded.templates)
    if not source.parents:
        said = ", ".join(f"{count:,} {UNFIT[name]}" for name, count in source.unfit.items())
        raise DataError(
            f"no train row can be a parent: {said}",
            hint="parents end in a question and its answer; tunewright data show",
        )
    return source


def _as_asked(made: Made) -> list[str]:
    """The turns before the answer, as Row.prompt has them."""
    return Row("", made.messages, {}, {}, []).prompt


def _take(source: Source, number: int, row: Row, regions: Sequence[str], category: str | None) -> None:
    if len(row.messages) > 1:
        source.known.add(question(row))
    if row.provenance:
        parent = str(row.provenance.get("parent_id"))
        # A mended row names the one it was made from.
        source.made_up |= {row.id, str(row.parent), str(row.provenance.get("candidate"))}
        source.children[parent] += 1
    else:
        source.train.add(row.id)
    if why := _unfit(source.mapping, row, regions, category):
        source.unfit[why] += 1
    else:
        source.parents.append((row.id, number))


def _unfit(mapping: Mapping, row: Row, regions: Sequence[str], category: str | None) -> str | None:
    """Why a row is no parent. `regions` of the phone numbers to look for, where rows are sent; else empty."""
    if row.provenance:
        return "made-up"
    if row.kind != "sft":
        return "kind"
    if len(row.messages) < 2 or row.messages[-2]["role"] != "user" or row.messages[-1].get("tool_calls"):
        return "turn"
    if category is not None and row.category(mapping.category) != category:
        return "category"
    if not _FLAWS.isdisjoint(problem.rule for problem in text_problems(row.messages)):
        return "flawed"
    return "private" if regions and findings("\n".join(texts(row.messages)), regions) else None
