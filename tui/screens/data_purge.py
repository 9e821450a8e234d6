"""What deleting the rows of old versions would take away, before it is done."""

from typing import ClassVar

from engine.data.outcomes import purged
from engine.purging import purgeable
from tui.screens.order import Order, Setting

_YES, _NO = "yes", "no"


class PurgeScreen(Order):
    """Dismissed with `data purge --yes`, or with None."""

    TITLE: ClassVar[str] = "Delete the rows of old versions"
    ABOUT: ClassVar[str] = (
        "Every change of the data makes a new version, and the old ones stay until you delete them: for erasure, or "
        "for the disk. Manifests stay, so that it can still be told how the rows came about. It cannot be undone."
    )

    def __init__(self) -> None:
        super().__init__()
        self._all = _NO

    def settings(self) -> list[Setting]:
        found = purgeable(self.project, self._all == _YES)
        said, rows = purged(found.document()), sum(one.rows for one in found.going)
        what = f"{rows:,} rows of {len(found.going)} versions" if found.going else "there is nothing to delete"
        settings = [Setting("Leave them", "", said, open=lambda: self.dismiss(None))]
        if found.going:
            settings.append(Setting("Delete for good", what, said, open=self._delete))
        if found.kept or self._all == _YES:
            settings.append(Setting("The review's, too", self._all, said, self._change_all))
        return settings

    def _change_all(self, places: int) -> None:
        self._all = _NO if self._all == _YES else _YES

    def _delete(self) -> None:
        self.dismiss(("data", "purge", "--yes", *(("--all",) if self._all == _YES else ())))
