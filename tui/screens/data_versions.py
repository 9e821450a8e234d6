"""Every version of the data, what made it and whether its rows are there; old rows can be deleted for good."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from engine.sizes import size
from tui.keys import Key, bindings
from tui.screens.drill import KEYS, Drill
from tui.widgets.painted import Row, row


class VersionsScreen(Drill[Mapping[str, Any]]):
    """The newest first, as engine.data.history lists them; `purge` asks, and deletes the rows of the old ones."""

    OWN: ClassVar[Sequence[Key]] = (
        Key("x", "purge", "delete old rows", "delete the rows of old versions for good; what made them stays noted"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN, *KEYS))
    ABOUT = (
        "Each step of the data makes a new version and changes none, so that everything can be traced back. Old rows "
        "may have to go, where somebody asks for erasure: their manifests stay, and nothing brings the rows back."
    )

    def __init__(self, versions: Sequence[Mapping[str, Any]], purge: Callable[[], None]) -> None:
        super().__init__("Versions", versions)
        self._purge = purge

    def line(self, item: Mapping[str, Any]) -> Row:
        mark = ">" if item["current"] else " "
        gone = f"rows deleted on {str(item['purged'])[:10]}" if item["purged"] else size(item["bytes"])
        return row((f"{mark} {item['name']:<6}{item['step']:<14} ", "strong"), f"{item['rows']:>9,} rows  {gone}")

    def detail(self, item: Mapping[str, Any]) -> list[Row]:
        parent = f"made from {item['parent']}" if item["parent"] else "made from files"
        now = "; it is the current one" if item["current"] else ""
        return [row(f"{parent} on {str(item['created'])[:16]}{now}")]

    def action_purge(self) -> None:
        self.dismiss()
        self._purge()
