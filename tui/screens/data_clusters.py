"""Duplicates: the clusters, the rows of each one below another, and which of them stays."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType

from engine.data.choices import RULES
from engine.data.differing import differing
from engine.data.opposing import READ, read_rows
from engine.data.report import Member
from engine.data.rows import Row as Example
from engine.data.words import words
from engine.keeping import Listing, keep_by
from tui.keys import Key, bindings
from tui.screens.ask import Choose
from tui.screens.data_choices import CLEAN, UNDO, ChoicesScreen
from tui.screens.data_pick import CLOSING, Option, Pages, PickScreen
from tui.screens.drill import KEYS, OPEN
from tui.widgets.card import origin
from tui.widgets.painted import Part, Row, row

_ABOUT = (
    "A cluster is a row and all that are equal or nearly equal to it (Jaccard 0.85 and more over three words in a row, "
    "verified pair by pair). Rows that count twice make the model lean towards them. Nothing goes before you clean."
)


class ClustersScreen(ChoicesScreen):
    """All clusters."""

    OWN: ClassVar[Sequence[Key]] = (
        OPEN,
        Key("r", "rule", "rule", "which row stays where you have not chosen: the first, the longest, a reviewed one"),
        UNDO,
        CLEAN,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN[1:], *KEYS))
    ABOUT = f"{_ABOUT} Enter shows the rows of a cluster and lets you choose the one that stays."

    def detail(self, item: Member) -> list[Row]:
        choice, first = self.choice(item), self.version.row(item.rows[0])
        if choice is None:
            said = f"not chosen: {RULES[self.choices.rule]} stays"
        elif choice.keep:
            source = self.version.row(choice.stays[0]).source
            said = f"chosen: {source.get('file')}:{source.get('line')} stays"
        else:
            said = "chosen: all stay"
        return [row((said, "strong")), row(" ".join(first.prompt)), row(("answer: ", "dim"), first.answer)]

    def opened(self, number: int) -> None:
        pages = Pages(self.items, self.shown, self.shown.index(number))
        self.app.push_screen(ClusterScreen(self.project, self.version, pages), self.answered(self.move_to))

    def action_rule(self) -> None:
        names = list(RULES)

        def chosen(number: int) -> None:
            with self.project.changing("data keep"):
                keep_by(self.project, names[number])
            self.decided(f"where you have not chosen: {RULES[names[number]]} stays")

        rows = [row((f"{name:<9} ", "strong"), says) for name, says in RULES.items()]
        why = [row("Where you have chosen a row yourself, that one stays.")]
        question = "Which row of a cluster stays where you have not chosen?"
        self.app.push_screen(Choose(question, rows, why, names.index(self.choices.rule)), self.answered(chosen))


class ClusterScreen(PickScreen):
    """The rows of one cluster; what differs from the first is marked."""

    TITLE = "Duplicates"
    LISTING: ClassVar[Listing] = "cluster"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("enter", "choose", "it stays", "the marked row stays; the others go when you clean"),
        *(Key(str(n), f"pick({n})", f"{n} stays", f"row {n} stays", shown=False) for n in range(1, 10)),
        Key("a", "keep_all", "all stay", "they are no duplicates: all of them stay"),
        *CLOSING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS[1:])
    ABOUT = (
        f"{_ABOUT} Below, the rows stand one below another. What a row has and the first one lacks is marked [+so]; "
        "what it lacks and the first one has, [-so]."
    )
    _read: Sequence[tuple[int, Example]] = ()

    def options(self, member: Member) -> list[Option]:
        self._read = list(read_rows(self.version, member.rows))
        first = self._read[0][1]
        name = self.version.manifest["mapping"]["category"]
        return [
            Option((number,), " · ".join([*origin(example, example.category(name)), alike(example, first)]))
            for number, example in self._read
        ]

    def text(self) -> list[Row]:
        first = self._read[0][1]
        rows: list[Row] = []
        for number, (_, example) in enumerate(self._read, start=1):
            rows.append(row((f"{number} {' · '.join(origin(example, None))}", "head")))
            rows += [*turns_against(example, None if number == 1 else first), row("")]
        more = len(self.member.rows) - len(self._read)
        return [*rows, row((f"and {more:,} rows more than the {READ} that are shown", "dim"))] if more else rows

    def action_keep_all(self) -> None:
        self.decide(None, "all stay")


def alike(example: Example, first: Example) -> str:
    """How a row of a cluster stands to the first one."""
    if example is first:
        return "the first"
    if example.messages == first.messages:
        return "equal, character by character"
    return "equal word by word" if _words(example) == _words(first) else "differs"


def _words(example: Example) -> list[list[str]]:
    return [words(turn["content"]) for turn in example.messages]


def turns_against(example: Example, first: Example | None) -> Iterator[Row]:
    """Every turn under its role; what differs from the same turn of `first` is marked."""
    for number, turn in enumerate(example.messages):
        if first is None:
            yield row((f"{turn['role']}: ", "dim"), turn["content"])
            continue
        other = first.messages[number]["content"] if number < len(first.messages) else ""
        if turn["role"] != "system" or turn["content"] != other:
            yield row((f"{turn['role']}: ", "dim"), *marked(turn["content"], other))


def marked(text: str, other: str) -> Iterator[Part]:
    """`text` with what differs from `other`: [+added] and [-missing]; bare where they have less than a third in common,
    as one word of each in turn can be read by nobody."""
    pieces = differing(text, other)
    if 3 * sum(len(piece.text.strip()) for piece in pieces if piece.kind == "same") < len(text):
        yield text, ""
        return
    for piece in pieces:
        if piece.kind == "same":
            yield piece.text, ""
        else:
            yield f"[{'+' if piece.kind == 'added' else '-'}{piece.text}]", "mark" if piece.kind == "added" else "dim"
