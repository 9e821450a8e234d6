"""What lists of clusters and of contradictions share: what was decided stands in each line, and can be taken back."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from engine.data.choices import Choice
from engine.data.report import Member
from engine.data.versions import Version
from engine.keeping import choices, take_back
from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.data_findings import placed
from tui.screens.drill import KEYS, OPEN, Drill
from tui.widgets.painted import Row, row

UNDO = Key("u", "undo", "undo", "take the last decision back, as often as you like, also after a restart")
CLEAN = Key("c", "clean", "clean", "ask what is to be dropped, and make the version without it")


class ChoicesScreen(Drill[Member]):
    """A line a member. A list of choices overrides ABOUT and detail(); `clean` drops what does not stay."""

    OWN: ClassVar[Sequence[Key]] = (OPEN, UNDO, CLEAN)
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN[1:], *KEYS))

    def __init__(
        self,
        title: str,
        members: Sequence[Member],
        project: Project,
        version: Version,
        clean: Callable[[], None],
    ) -> None:
        super().__init__(title, members)
        self.project, self.version, self._clean = project, version, clean
        self.choices = choices(project)

    def choice(self, item: Member) -> Choice | None:
        """What was decided about it."""
        return self.choices.of(item)

    def line(self, item: Member) -> Row:
        mark = "✓" if self.choice(item) else " "
        return row((f"{mark} {placed(item.place)} ", "strong"), item.message)

    def on_screen_resume(self) -> None:
        # Before the same handler of the list, which shows what was decided.
        self.choices = choices(self.project)

    def decided(self, said: str) -> None:
        """Shows the list again after a decision."""
        self.choices = choices(self.project)
        self.show_items()
        self.say(said)

    def action_undo(self) -> None:
        with self.project.changing("data keep"):
            taken = take_back(self.project)
        self.decided(f"taken back: a decision about a {taken.kind}")

    def action_clean(self) -> None:
        self.dismiss()
        self._clean()
