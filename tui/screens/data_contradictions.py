"""Contradictions: one prompt and its different answers, beside each other where there is room; which is right."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from engine.data.opposing import Opposed, opposed
from engine.data.report import Member
from engine.data.versions import Version
from engine.keeping import Listing
from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.data_choices import ChoicesScreen
from tui.screens.data_clusters import marked
from tui.screens.data_pick import CLOSING, Option, Pages, PickScreen
from tui.widgets.columns import beside
from tui.widgets.painted import Row, row
from tui.widgets.prose import Prose

WIDE = 110
"""Columns from which answers stand beside each other."""
_EACH = 34
"""Columns that an answer needs there."""
_ABOUT = (
    "One prompt with several answers teaches none of them: of labels one must be wrong, of texts several may be right. "
    "Name the right answer and the rows with another one go when you clean; or all go; or all stay, where the variety "
    "is wanted."
)


class ContradictionsScreen(ChoicesScreen):
    """All of them; those from the place `near` on are of prompts that are only nearly equal."""

    ABOUT = f"{_ABOUT} Where you decide nothing, all rows of a contradiction go; those of nearly equal prompts stay."

    def __init__(
        self, members: Sequence[Member], near: int, project: Project, version: Version, clean: Callable[[], None]
    ) -> None:
        super().__init__("Contradictions", members, project, version, clean)
        self._near = near

    def detail(self, item: Member) -> list[Row]:
        choice, first = self.choice(item), self.version.row(item.rows[0])
        if choice is None:
            said = "not decided"
        elif choice.keep:
            said = f"right: {self.version.row(choice.stays[0]).answer}"
        else:
            said = "all go" if choice.keep is not None else f"all stay: {choice.reason}"
        return [row((said, "strong")), row(("asked: ", "dim"), " ".join(first.prompt))]

    def opened(self, number: int) -> None:
        pages = Pages(self.items, self.shown, self.shown.index(number))
        screen = ContradictionScreen(self.project, self.version, pages, near=self._near)
        self.app.push_screen(screen, self.answered(self.move_to))


class ContradictionScreen(PickScreen):
    """One contradiction: what was asked, then the answers."""

    TITLE = "Contradictions"
    LISTING: ClassVar[Listing] = "conflict"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("enter", "choose", "it is right", "the marked answer is right: rows with another one go when you clean"),
        *(Key(str(n), f"pick({n})", f"{n} is right", f"answer {n} is right", shown=False) for n in range(1, 10)),
        Key("x", "drop_all", "all go", "no answer is right: all rows go when you clean"),
        Key("a", "keep_all", "all stay", "the variety is wanted: all rows stay, for a reason that you write"),
        *CLOSING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS[1:])
    ABOUT = f"{_ABOUT} What an answer has and the first one lacks is marked [+so]; what it lacks, [-so]."

    def __init__(self, project: Project, version: Version, pages: Pages, *, near: int) -> None:
        super().__init__(project, version, pages)
        self._near = near
        self._answers: list[Opposed] = []
        self._reason = "several answers are right"

    def options(self, member: Member) -> list[Option]:
        self._answers = opposed(self.version, member.rows, by_category=self.number >= self._near)
        return [Option(tuple(one.numbers), said(one)) for one in self._answers]

    def text(self) -> list[Row]:
        first = self._answers[0].row
        asked = [row((f"{turn['role']}: ", "dim"), turn["content"]) for turn in first.messages[:-1]]
        texts = [
            [row((f"{number} answer", "head")), *self._asked_otherwise(one), self._answer(one)]
            for number, one in enumerate(self._answers, start=1)
        ]
        width = self.query_one("#text", Prose).size.width
        if self.size.width < WIDE:
            return [*asked, row(""), *(line for text in texts for line in (*text, row("")))]
        many = max(1, width // _EACH)
        bands = [beside(texts[at : at + many], width) for at in range(0, len(texts), many)]
        return [*asked, row(""), *(line for band in bands for line in (*band, row("")))]

    def _answer(self, one: Opposed) -> Row:
        first = self._answers[0]
        return row(*(((one.row.answer, ""),) if one is first else marked(one.row.answer, first.row.answer)))

    def _asked_otherwise(self, one: Opposed) -> list[Row]:
        """The prompt, where it is not the very one that stands above."""
        if one.row.prompt == self._answers[0].row.prompt:
            return []
        return [row(("asked: ", "dim"), " ".join(one.row.prompt))]

    def action_drop_all(self) -> None:
        self.decide((), "all go")

    def action_keep_all(self) -> None:
        why = [row("It is kept beside the decision. Enter takes the same reason as before.")]

        def given(reason: str) -> None:
            self._reason = reason
            self.decide(None, "all stay", reason)

        self.app.push_screen(Ask("All stay. Why?", why, self._reason), self.answered(given))


def said(one: Opposed) -> str:
    """An answer in the list: how many rows give it, the first of them, the category."""
    rows = f"{len(one.numbers):,} rows" if len(one.numbers) > 1 else "1 row"
    category = [f"category {one.category}"] if one.category else []
    return " · ".join([rows, f"{one.row.source.get('file')}:{one.row.source.get('line')}", *category])
