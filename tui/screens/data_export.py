"""Which form, which splits, where to: the export of the current version, as a command to run."""

from typing import ClassVar

from engine.data.export_forms import FORMS
from engine.data.overview import overview
from engine.project import typed_folder
from tui.screens.ask import Ask
from tui.screens.order import Order, Setting, turned
from tui.widgets.painted import row

_PARTS = {"all splits": (), "train and validation": ("train", "validation"), "train": ("train",)}
_STOP, _LEAVE = "stop, and list them", "leave them out"
_YES, _NO = "yes", "no"


class ExportScreen(Order):
    """Dismissed with `data export --to FORM ...`."""

    TITLE: ClassVar[str] = "Export this version for another tool"
    ABOUT: ClassVar[str] = (
        "Each split becomes a file of its own, beside a manifest that names the version, its hash and its counts. A "
        "row that the form cannot hold is never dropped silently. An import of what is written gives the same rows."
    )

    def __init__(self) -> None:
        super().__init__()
        self._form = next(iter(FORMS))
        self._parts = next(iter(_PARTS))
        self._unfit, self._meta, self._bom = _STOP, _YES, _NO
        self._folder = ""

    def settings(self) -> list[Setting]:
        form, found = FORMS[self._form], overview(self.project)
        what = f"{found.version.name}, {len(found.version):,} rows" if found else "there are no rows yet"
        held = f"What it holds: {form.holds}"
        settings = [
            Setting("Export", what, [form.about, held], open=lambda: self.dismiss(self.command())),
            Setting("Form", f"{self._form}: {form.title}", [form.about, held], self._change_form),
            Setting("Rows of", self._parts, ["One file a split. Test rows are for the measurement alone."], self._part),
            Setting("Rows that do not fit", self._unfit, _UNFIT, self._change_unfit),
        ]
        if form.room:
            settings.append(Setting("Other columns", self._meta, [_META], self._change_meta))
        if form.bom:
            settings.append(Setting("Byte order mark", self._bom, [_BOM], self._change_bom))
        where = self._folder or "exports/, in the project"
        return [*settings, Setting("Folder", where, [_FOLDER], open=self._ask_folder)]

    def command(self) -> tuple[str, ...]:
        """The command as it is ordered now."""
        form = FORMS[self._form]
        parts = ("--split", *_PARTS[self._parts]) if _PARTS[self._parts] else ()
        leave = ("--leave-out",) if self._unfit == _LEAVE else ()
        meta = ("--no-meta",) if form.room and self._meta == _NO else ()
        bom = ("--azure-bom",) if form.bom and self._bom == _YES else ()
        out = ("--out", self._folder) if self._folder else ()
        return ("data", "export", "--to", self._form, *parts, *leave, *meta, *bom, *out)

    def _change_form(self, places: int) -> None:
        self._form = turned(tuple(FORMS), self._form, places)

    def _part(self, places: int) -> None:
        self._parts = turned(tuple(_PARTS), self._parts, places)

    def _change_unfit(self, places: int) -> None:
        self._unfit = turned((_STOP, _LEAVE), self._unfit, places)

    def _change_meta(self, places: int) -> None:
        self._meta = turned((_YES, _NO), self._meta, places)

    def _change_bom(self, places: int) -> None:
        self._bom = turned((_YES, _NO), self._bom, places)

    def _ask_folder(self) -> None:
        why = [row("A folder outside the project may hold other files; none of yours is replaced. Empty: exports/.")]

        def typed(text: str) -> None:
            self._folder = str(typed_folder(text).absolute()) if text.strip() else ""

        self.ask(Ask("Export into which folder?", why, self._folder), typed)


_UNFIT = [
    "A form that knows no tools, or only one system text, cannot hold every row. By default nothing is written then, "
    "and the rows are named. Left out, they are listed beside the export."
]
_META = "Columns beside the turns go along as they are: ids and categories, and personal data if there is any in them."
_BOM = (
    "Azure OpenAI asks for files that begin with a byte order mark. OpenAI itself refuses them: say yes for Azure only."
)
_FOLDER = "Where the files go. Nothing is written through a symbolic link, and no file of yours is replaced."
