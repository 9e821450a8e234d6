"""Which column means what, asked one after the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.data.mapping import Mapping as Columns
from tui.screens.ask import Ask, Choose
from tui.screens.data_confirm import columns_of
from tui.screens.step import StepScreen
from tui.widgets.painted import Row, row

_OWN = "a format that is found by itself: chat, ShareGPT, Alpaca ..."
_ANSWER = "One column is the answer; several become one JSON object, its keys in the order in which you choose them."
_GROUP = (
    "Rows with the same value stay together in train, validation or test: a customer, a document, a conversation. "
    "Without it a model is tested on what it has seen of the same customer."
)
_CATEGORY = "What rows are counted by, and spread evenly over train, validation and test: the label, a topic."
_SYSTEM = "It is put before every row that has no system text of its own. Empty: none."


class ColumnChoice:
    """Asks for prompt, answer, group, category and system text; `then` gets the mapping. Esc at any point ends it, and
    calls `ended`."""

    def __init__(
        self,
        screen: StepScreen,
        found: Mapping[str, Any],
        then: Callable[[Columns], None],
        ended: Callable[[], None],
    ) -> None:
        """`found` is the document of `data look`; what is in force there is marked first."""
        self._screen = screen
        self._columns = columns_of(found)
        self._keys = [key for file in found["files"] for key in file["answer_keys"]]
        self._own = [file["format"] for file in found["files"] if file["format"] not in (None, "columns")]
        self._mapping = Columns.from_document(found["mapping"])
        self._then = then
        self._ended = ended

    def _choose(self, question: Choose, then: Callable[[int], None]) -> None:
        self._screen.app.push_screen(question, self._screen.answered(then, self._ended))

    def start(self) -> None:
        """Asks the first question."""
        said = ", ".join(dict.fromkeys(self._own)) or _OWN
        own = [row(("the files say it themselves: ", "strong"), said)] if self._own or self._mapping.prompt else []
        names = list(self._columns)

        def chosen(number: int) -> None:
            if number < len(own):
                self._mapping = replace(self._mapping, prompt=None, answer=())
                self._ask_group()
            else:
                self._mapping = replace(self._mapping, prompt=names[number - len(own)])
                self._ask_answer()

        at = names.index(self._mapping.prompt) + len(own) if self._mapping.prompt in names else 0
        why = [row("The prompt is what the model will be given.")]
        self._choose(Choose("Which column holds the prompt?", [*own, *self._rows(names)], why, at), chosen)

    def _ask_answer(self) -> None:
        names = [name for name in self._columns if name != self._mapping.prompt]
        picked = [name for name in self._mapping.answer if name in names]

        def then(answer: Sequence[str]) -> None:
            self._mapping = replace(self._mapping, answer=tuple(answer))
            self._ask_group()

        self._several("Which column holds the answer?", _ANSWER, names, picked, 1, then)

    def _ask_group(self) -> None:
        names = list(self._columns)
        picked = [name for name in self._mapping.group if name in names]

        def then(group: Sequence[str]) -> None:
            self._mapping = replace(self._mapping, group=tuple(group))
            self._ask_category()

        self._several("Which column keeps rows together?", _GROUP, names, picked, 0, then)

    def _ask_category(self) -> None:
        keys = [*self._mapping.answer, *self._keys] if len(self._mapping.answer) != 1 else self._keys
        names = list(dict.fromkeys([*self._columns, *keys]))

        def chosen(number: int) -> None:
            self._mapping = replace(self._mapping, category=names[number - 1] if number else None)
            self._ask_system()

        at = names.index(self._mapping.category) + 1 if self._mapping.category in names else 0
        rows = [row(("none", "strong")), *self._rows(names)]
        self._choose(Choose("By what are rows counted?", rows, [row(_CATEGORY)], at), chosen)

    def _ask_system(self) -> None:
        def answered(text: str) -> None:
            self._then(replace(self._mapping, system=text.strip() or None))

        question = Ask("System text?", [row(_SYSTEM)], self._mapping.system or "")
        self._screen.app.push_screen(question, self._screen.answered(answered, self._ended))

    def _several(
        self,
        question: str,
        why: str,
        names: Sequence[str],
        picked: Sequence[str],
        least: int,
        then: Callable[[Sequence[str]], None],
    ) -> None:
        """Asks for any number of `names`, at least `least`: Enter picks or drops one, the first line ends it."""
        done = [row(("done: ", "strong"), ", ".join(picked) or "none")] if len(picked) >= least else []

        def chosen(number: int) -> None:
            if number < len(done):
                then(picked)
            else:
                self._several(question, why, names, _toggled(picked, names[number - len(done)]), least, then)

        rows = [*done, *self._rows(names, picked)]
        self._choose(Choose(question, rows, [row(why)]), chosen)

    def _rows(self, names: Sequence[str], picked: Sequence[str] = ()) -> list[Row]:
        """A row a column, with its first value; the picked are numbered in their order."""
        order = {name: f"{number} " for number, name in enumerate(picked, start=1)}
        marked = {name: f"{order.get(name, '  ')}{name:<18} " for name in names}
        return [row((marked[name], "strong"), self._columns.get(name, "a key of the answer")) for name in names]


def _toggled(picked: Sequence[str], name: str) -> list[str]:
    """`picked` without `name`, or with it at the end."""
    return [one for one in picked if one != name] if name in picked else [*picked, name]
