"""Mending a row from its card: which text, where it is edited, and what becomes of it when others write meanwhile."""

from engine.asking import in_editor
from engine.errors import UsageError
from engine.mending import ANSWER, Part, parts
from engine.review.verdicts import Decision
from engine.reviewing import Card
from tui.screens.ask import Choose
from tui.screens.edit import EditScreen, editable
from tui.screens.review_cards import CardScreen
from tui.widgets.painted import row


class MendingScreen(CardScreen):
    """`e` mends in a box, `E` in $EDITOR; a text that could not be saved is offered again."""

    def __init__(self) -> None:
        super().__init__()
        self._draft: tuple[str, str, str] = ("", "", "")
        """(row id, part, text) that could not be saved."""

    def action_edit(self) -> None:
        if card := self._the_card():
            self._which(card, editor=False)

    def action_editor(self) -> None:
        if card := self._the_card():
            self._which(card, editor=True)

    def _which(self, card: Card, *, editor: bool) -> None:
        """Asks for the text where a row has several that are learned."""
        known = parts(card.row)
        mend = self._in_editor if editor else self._in_box
        # The last one is the whole row: where there is one answer, that is what is meant.
        if len(known) <= 2:
            mend(card, known[0])
            return
        rows = [row((one.title, "strong"), f"  {one.text[:200]}") for one in known]
        self.choose(Choose("Which text is to be mended?", rows), lambda number: mend(card, known[number]))

    def _in_box(self, card: Card, part: Part) -> None:
        text = self._text_of(card, part)
        if not editable(text):
            self.wizard.say("it holds characters that cannot be shown, or is very long: E opens it in $EDITOR")
            return
        title = "The answer as it should be" if part.name == ANSWER else f"As it should be: {part.title}"
        clash: list[Decision] = []

        def save(new: str) -> None:
            if meanwhile := self._save(card, part, new):
                clash.append(meanwhile)

        def left(saved: bool | None) -> None:
            if saved and clash:
                self._settle(card, part, clash[-1])

        self.app.push_screen(EditScreen(text, save, title, given=part.text), left)

    def _in_editor(self, card: Card, part: Part) -> None:
        with self.app.suspend():
            new = in_editor(self._text_of(card, part))
        if new == part.text:
            self.wizard.say("the text is as it was: no verdict")
        elif meanwhile := self._save(card, part, new):
            self._settle(card, part, meanwhile)

    def _text_of(self, card: Card, part: Part) -> str:
        *where, text = self._draft
        return text if where == [card.row.id, part.name] else part.text

    def _save(self, card: Card, part: Part, new: str, *, over: bool = False) -> Decision | None:
        """Raises what keeps it from being saved; the text is offered again then."""
        self._draft = (card.row.id, part.name, new)
        if self._review is None:
            raise UsageError("the data was changed while you were editing", hint="copy your text, then leave: n")
        name = None if part.name == ANSWER else part.name
        meanwhile = self.write("edit", card, after=new, part=name, over=over)
        if meanwhile is None:
            self._draft = ("", "", "")
        return meanwhile

    def _settle(self, card: Card, part: Part, meanwhile: Decision) -> None:
        """Somebody else has judged the card while it was edited: the person says which of the two holds."""
        rows = [
            row(("Keep your text", "strong"), ": it becomes the newer verdict on this row"),
            row(("Leave theirs", "strong"), ": u takes it back, and brings the card with your text again"),
        ]
        why = [row(f"In another window this card was given: {meanwhile.said}. Your text is not saved yet.")]
        question = Choose("The card was judged while you were editing", rows, why)
        text = self._draft[2]
        self.choose(question, lambda number: None if number else self._keep(card, part, text))

    def _keep(self, card: Card, part: Part, text: str) -> None:
        self._save(card, part, text, over=True)
        self.tell("your text is saved; theirs stays in the log")
