"""Rows that a benchmark of the person's has too: which files, and whether such rows go."""

import shlex
from typing import ClassVar

from engine.data.overview import overview
from engine.data.read import check_paths, paths_in
from engine.errors import UsageError
from tui.screens.ask import Ask
from tui.screens.order import Order, Setting, turned
from tui.widgets.painted import row

_SAY, _DROP = "say which they are", "drop those of train"


class BenchmarkScreen(Order):
    """Dismissed with `data contamination FILE... [--split NAME] [--drop]`."""

    TITLE: ClassVar[str] = "Compare with benchmarks"
    ABOUT: ClassVar[str] = (
        "A model that has learned a benchmark's questions scores well on it and proves nothing. Rows are compared with "
        "the questions of your files by three methods: equal, 13 words in a row, and near. A paraphrase is not seen."
    )

    def __init__(self) -> None:
        super().__init__()
        self._files: tuple[str, ...] = ()
        self._column = ""
        self._split, self._then = "all rows", _SAY

    def settings(self) -> list[Setting]:
        files = " ".join(shlex.quote(one) for one in self._files)
        found = overview(self.project)
        splits = ("all rows", *(found.split["counts"] if found and found.split else ()))
        return [
            Setting("Compare", "the files are read first", [self.ABOUT], open=self._compare),
            Setting("Files", files or "none: enter asks for them", [_FILES], open=self._ask_files),
            Setting("Questions are in", self._column or "found by itself", [_COLUMN], open=self._ask_column),
            Setting("Compare what", self._split, [_SPLIT], lambda places: self._change_split(splits, places)),
            Setting("Then", self._then, [_THEN], self._change_then),
        ]

    def _change_split(self, splits: tuple[str, ...], places: int) -> None:
        self._split = turned(splits, self._split, places)

    def _change_then(self, places: int) -> None:
        self._then = turned((_SAY, _DROP), self._then, places)

    def _compare(self) -> None:
        if not self._files:
            raise UsageError("no file is chosen", hint="the line below asks for them")
        column = ("--column", self._column) if self._column else ()
        split = ("--split", self._split) if self._split != "all rows" else ()
        drop = ("--drop",) if self._then == _DROP else ()
        self.dismiss(("data", "contamination", *self._files, *column, *split, *drop))

    def _ask_files(self) -> None:
        why = [
            row("Paths with spaces between; quotes as in a shell. JSONL, JSON, CSV, Parquet, or .txt with a line each.")
        ]

        def typed(text: str) -> None:
            self._files = tuple(map(str, paths_in(text)))

        given = " ".join(shlex.quote(one) for one in self._files)
        self.ask(Ask("Which files of questions?", why, given, check_paths), typed)

    def _ask_column(self) -> None:
        def typed(text: str) -> None:
            self._column = text.strip()

        why = [row("Empty: turns, question, prompt, instruction and the like are found by themselves.")]
        self.ask(Ask("In which column are the questions?", why, self._column), typed)


_FILES = "A benchmark as it is published: MT-Bench, GSM8K and the like, or your own questions, one a line."
_COLUMN = "Only where it is not found by itself."
_SPLIT = "What is learned is in train. A row of test that a benchmark has too harms no model, and says less."
_THEN = "Dropping makes a new version without such rows of train; it is split as before and compared again."
