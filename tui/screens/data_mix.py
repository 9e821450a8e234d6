"""General rows: which file of the person's own, and how large a share of all rows trained on."""

from typing import ClassVar

from engine.data.general import SHARE, chosen_general, wanted_rows
from engine.data.overview import overview
from engine.data.read import check_paths, paths_in
from engine.errors import UsageError
from engine.sample import proposed
from tui.screens.ask import Ask
from tui.screens.order import Order, Setting, turned
from tui.widgets.painted import row

_SHARES = tuple(f"{share} %" for share in (5, 10, 15, 20, 25, 30, 40, 50))


class MixScreen(Order):
    """Dismissed with `data mix FILE --share N`, or with `data mix --none`."""

    TITLE: ClassVar[str] = "Mix in general rows"
    ABOUT: ClassVar[str] = (
        "A model that is tuned on one task alone forgets others. Rows of a general kind, mixed in at a fifth, keep "
        "most of that. They come from a file of yours, which is read by every rule: rows with errors, doubles, and "
        "rows that validation or test has too are named and left out. The plan takes them over from here."
    )

    def __init__(self) -> None:
        super().__init__()
        self._file = ""
        self._share = f"{SHARE:.0%}".replace("%", " %")

    def on_mount(self) -> None:
        if general := chosen_general(self.project):
            self._file, self._share = general.file, f"{general.share * 100:g} %"
        else:
            self._file = proposed(self.project).general_file or ""
        super().on_mount()

    def settings(self) -> list[Setting]:
        general = chosen_general(self.project)
        now = (
            f"now {general.share:.0%}: {general.rows:,} rows of {general.file}"
            if general
            else "nothing is mixed in now"
        )
        settings = [
            Setting("Mix them in", "the file is read first", [self.ABOUT], open=self._mix),
            Setting("File", self._file or "none: enter asks for it", [_FILE, now], open=self._ask_file),
            Setting("Share of all rows", self._share, [_SHARE, self._wanted()], self._change_share),
        ]
        none = Setting(
            "Mix nothing in", "", ["The rows are taken out of the plan again; your file stays."], open=self._none
        )
        return [*settings, *([none] if general else [])]

    def _wanted(self) -> str:
        found = overview(self.project)
        if found is None or found.split is None:
            return "How many rows that is follows from the split: split first."
        train = found.split["counts"]["train"]
        return f"Beside {train:,} rows of train that is {wanted_rows(train, self._number()):,} general ones."

    def _number(self) -> float:
        return float(self._share.removesuffix(" %")) / 100

    def _change_share(self, places: int) -> None:
        self._share = turned(_SHARES, self._share, places)

    def _mix(self) -> None:
        if not self._file:
            raise UsageError("no file is chosen", hint="the line below asks for it")
        self.dismiss(("data", "mix", self._file, "--share", f"{self._number():g}"))

    def _none(self) -> None:
        self.dismiss(("data", "mix", "--none"))

    def _ask_file(self) -> None:
        why = [row("Its path; quotes as in a shell, ~ is your home folder. In any format that import reads.")]

        def typed(text: str) -> None:
            self._file = str(paths_in(text)[0])

        self.ask(Ask("Which file of general rows?", why, self._file, check_paths), typed)


_FILE = "Chat rows of other skills: a public instruction set, or rows of another task of yours. Mind its licence."
_SHARE = "Left and right change it. A fifth is the field's rule; 5 to 20 % are common, more slows the task down."
