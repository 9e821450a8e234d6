"""Ship: an export that is proved to answer as the trained model did."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.exports import FORMS, Form, Shipped, contents, export_folder, forms_of, how_to_run, shipped
from engine.findings import standing
from engine.journey import STEPS
from engine.project import RunFolder
from engine.sizes import size
from tui.keys import Key, bindings
from tui.screens.measured import tried
from tui.screens.run_choice import RunChoice
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, paragraphs, row
from tui.widgets.prose import Prose

_MOST_FILES = 12


class ShipScreen(StepScreen):
    """Enter exports the marked form (`ship`); below it is told where it lies and how it is run."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "ship.tcss"]
    STEP = "ship"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("r", "choose_run", "run", "look at another run"),
        Key("y", "copy", "copy", "copy the export's path and the lines that run it (OSC 52)"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "The export is loaded anew in a process of its own and answers the validation prompts; parity means that "
        "every answer is the very text that the trained model gave. GGUF, Ollama, vLLM, the model card and "
        "monitoring are not built yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self._choice = RunChoice()
        self._run: RunFolder | None = None
        self._forms: Sequence[Form] = ()

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="forms")
        yield Prose(id="found")

    def reload_body(self) -> None:
        run = self._run = self._choice.of(self)
        self._forms = forms_of(run) if run and run.model.exists() else ()
        said = f"   {run.id}" if run else ""
        self.query_one("#title", Painted).show([row((STEPS[self.STEP].asks, "head"), said)])
        lines = [self._line(form) for form in self._forms]
        self.query_one("#forms", Lines).show(lines or [row(("Go to Train", "strong"))])
        self._show_marked()

    @property
    def _marked(self) -> Form | None:
        cursor = self.query_one("#forms", Lines).cursor
        return self._forms[cursor] if cursor < len(self._forms) else None

    def _line(self, form: Form) -> Row:
        assert self._run is not None
        found, _ = self._read(form)
        mark = ("✓ ", "good") if found and found.parity else ("✗ ", "bad") if found else ("  ", "")
        return row(mark, (f"{form:<9}", "strong"), FORMS[form])

    @on(Lines.Highlighted, "#forms")
    def _show_marked(self) -> None:
        self.query_one("#found", Prose).show(self._text())

    def _text(self) -> list[Row]:
        form, run = self._marked, self._run
        if run is None:
            return [row("There is no run yet: step 7 trains one, and its model is shipped from here.")]
        if form is None:
            return [row(f"{run.id} has no model yet: it is {standing(run)}. Step 7 shows it.")]
        (found, problem), folder = self._read(form), export_folder(run, form)
        told = _parity(found) if found else problem or _not_shipped(folder)
        lines = paragraphs(how_to_run(run, form))
        # In the same rows for every form and state: moving between them repaints little.
        return [*told, row(""), row(("To run it in Python (y copies):", "strong")), *lines, row(""), *_files(folder)]

    def _read(self, form: Form) -> tuple[Shipped | None, list[Row]]:
        run = self._run
        return tried(lambda: shipped(run, form) if run else None)

    def copied(self) -> str:
        run, form = self._run, self._marked
        if run is None or form is None or self._read(form)[0] is None:
            return super().copied()
        return f"# {export_folder(run, form)}\n{how_to_run(run, form)}"

    @on(Lines.Chosen, "#forms")
    def _chosen(self) -> None:
        if self._run is None or self._marked is None:
            self.wizard.jump("train")
        else:
            self.act("ship", self._run.id, "--to", self._marked)

    def action_choose_run(self) -> None:
        self._choice.ask(self, self.reload)


def _parity(found: Shipped) -> list[Row]:
    glyph, role = ("✓", "good") if found.parity else ("✗", "bad")
    text = f"{found.same} of {found.rows} validation answers identical when loaded anew (measured)"
    bytes_of = [count for _, count in contents(Path(found.folder))]
    whole = row((size(sum(bytes_of)), "strong"), f" on disk, {len(bytes_of)} files, listed below")
    wrong = row(("Do not use it: ", "bad"), "parity.json there has the rows; serve the adapter on its base")
    return [
        row((f"{glyph} Parity: ", role), text),
        row("Lies in ", (found.folder, "strong")),
        whole if found.parity else wrong,
    ]


def _not_shipped(folder: Path) -> list[Row]:
    there = row(("There, but not compared with what was trained:", "warn"))
    first = there if folder.exists() else row(("Not shipped yet.", "strong"))
    where = row("Lies in " if folder.exists() else "Will lie in ", (str(folder), "strong"))
    return [first, where, row("Enter writes it, loads it anew and compares its answers.")]


def _files(folder: Path) -> list[Row]:
    files = contents(folder)
    named = ", ".join(f"{name} {size(count)}" for name, count in files[:_MOST_FILES])
    more = f" and {len(files) - _MOST_FILES} more" if len(files) > _MOST_FILES else ""
    return [row(("In the folder: ", "strong"), f"{named}{more}")] if files else []
