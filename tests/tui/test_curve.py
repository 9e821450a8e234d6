"""The loss curve as a widget: what it says, what keys do, and how little it paints."""

import math
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.pilot import Pilot

from engine.canvas import CROSS
from engine.project import RunFolder
from engine.runs.events import EventLog
from engine.runs.watch import RunView
from tests.tui.pilot import played
from tui.widgets.curve import Curve

SIZE = (80, 24)
STEPS = 1000


class LiveCurve(App[None]):
    """The curve alone, 14 rows high, on a run that the test writes; keys as the training screen has them."""

    CSS = "Curve { height: 14; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("m", "points(100)", ""),
        ("L", "curve('logarithm')", ""),
        ("s", "curve('smooth')", ""),
        ("0", "curve('reset')", ""),
        ("left", "curve('read', -1)", ""),
        ("right", "curve('read', 1)", ""),
    ]

    def __init__(self, folder: Path, *, ascii: bool = False) -> None:  # noqa: A002 - as the wizard's
        super().__init__()
        self.ascii = ascii
        self.view = RunView(RunFolder(folder))
        self.log_of_run = EventLog(self.view.run.events)
        self._chance = random.Random(3)
        self.log_of_run.write("state", state="running", steps=STEPS, from_step=0)

    def compose(self) -> ComposeResult:
        yield Curve()

    def on_mount(self) -> None:
        self.call_later(self.action_points, 0)

    @property
    def curve(self) -> Curve:
        return self.screen.query_one(Curve)

    def action_curve(self, what: str, *given: int) -> None:
        getattr(self.curve, what)(*given)

    def action_points(self, count: int) -> None:
        """Logs `count` steps more of a falling loss."""
        for step in range(self.view.step + 1, self.view.step + 1 + count):
            loss = 0.4 + 2.6 * math.exp(-step / 150) + 0.1 * abs(self._chance.gauss(0.0, 1.0))
            self.log_of_run.write("metrics", step=step, loss=loss, learning_rate=1e-4)
            if step % 50 == 0:
                self.log_of_run.write("eval", step=step, loss=loss + 0.1)
        self.curve.show(self.view.refresh())

    def point(self, step: int, loss: float | str) -> None:
        """Logs one point and shows it."""
        self.log_of_run.write("metrics", step=step, loss=loss, learning_rate=1e-4)
        self.curve.show(self.view.refresh())


Scene = Callable[[LiveCurve, "Pilot[None]"], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "runs" / "run-1"
    made.mkdir(parents=True)
    (made / "recipe.toml").write_bytes(b"")
    return made


def play(folder: Path, scene: Scene, size: tuple[int, int] = SIZE, *, ascii: bool = False) -> None:  # noqa: A002
    async def whole() -> None:
        app = LiveCurve(folder, ascii=ascii)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scene(app, pilot)
            await pilot.pause()
            assert rows(app) == from_scratch(app), "what was painted bit by bit is what is painted at once"

    played(whole)


def rows(app: LiveCurve) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def from_scratch(app: LiveCurve) -> list[str]:
    app.curve._styles_cache.clear()
    return rows(app)


def test_it_shows_the_curve_its_axes_and_its_validations(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        assert "".join(rows(app)).split() == ["loss", "1", "1000", "steps"]
        await pilot.press("m", "m")
        text = rows(app)
        assert text[0].split() == ["loss", "◆", "validation"]
        assert text[13].split() == ["1", "1000", "steps"]
        labels = [float(one) for row in text[1:13] for one in [row[:8].strip()] if one]
        assert len(labels) == 3 and labels == sorted(labels, reverse=True) and labels[0] >= 3
        plot = [row[8:] for row in text[1:13]]
        assert "".join(plot).count("◆") == 4
        assert not "".join(row[16:] for row in plot).strip(), "200 of 1000 steps fill a fifth of the width"

    play(folder, scene)


def test_numbers_are_read_column_by_column(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m", "left")
        assert rows(app)[0].startswith("step 100  loss ") and " validation " in rows(app)[0]
        assert rows(app)[0].rstrip().endswith("lr 1e-4")
        assert reversed_columns(app) == {15}
        await pilot.press("left")
        assert reversed_columns(app) == {14} and "step 97 " in rows(app)[0]
        await pilot.press(*["left"] * 20)
        assert rows(app)[0].startswith("step 1") and "validation" not in rows(app)[0]
        await pilot.press(*["right"] * 20)
        assert rows(app)[0].startswith("step 98 ") and reversed_columns(app) == {15}
        await pilot.press("L", "s", "0")
        assert rows(app)[0].startswith("loss  ◆") and app.curve.smoothed and not reversed_columns(app)

    play(folder, scene)


def reversed_columns(app: LiveCurve) -> set[int]:
    """Columns of the plot that stand in reverse video."""
    found, curve = set(), app.curve
    for y in range(1, 13):
        at = 0
        for text, style, _ in curve.render_line(y):
            found |= set(range(at, at + len(text))) if style is not None and style.reverse else set()
            at += len(text)
    return found


@pytest.mark.parametrize(
    ("loss", "words"), [("nan", "NaN at step 3"), ("inf", "infinite at step 3"), ("-inf", "infinite")]
)
def test_a_loss_that_is_no_number_is_a_cross_and_a_word(folder: Path, loss: str, words: str) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        for step, one in ((1, 2.0), (2, 1.0), (3, loss), (4, loss), (5, 1.5)):
            app.point(step, one)
            await pilot.pause()
        assert rows(app)[0].startswith(words) and CROSS in rows(app)[1]
        await pilot.press("s", "L", "s", "left", "left", "left")
        assert CROSS in rows(app)[1]

    play(folder, scene)


def test_a_stream_of_nan_alone_is_shown(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        for step in range(1, 30):
            app.point(step, "nan")
        await pilot.press("L", "left", "s")
        assert "NaN at step 1" in rows(app)[0] and "loss nan" in rows(app)[0]

    play(folder, scene)


def test_zero_on_a_logarithmic_axis_is_a_cross_and_a_word(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        for step, loss in ((1, 10.0), (2, 1.0), (3, 0.0), (4, 0.1)):
            app.point(step, loss)
        await pilot.pause()
        assert CROSS not in rows(app)[1]
        await pilot.press("L")
        assert "zero or less at step 3" in rows(app)[0] and "log axis" in rows(app)[0] and CROSS in rows(app)[1]
        await pilot.press("L")
        assert CROSS not in rows(app)[1]

    play(folder, scene)


def test_ascii_is_ascii(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m")
        app.point(101, "nan")
        await pilot.press("left")
        assert "".join(rows(app)).isascii() and "x" in rows(app)[1][8:] and "|" in "".join(rows(app))

    play(folder, scene, ascii=True)


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (8, 3), (30, 4), (300, 60)])
def test_any_size_will_do(folder: Path, size: tuple[int, int]) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m", "left", "L", "m", "s")
        assert all(len(row) == size[0] for row in rows(app))

    play(folder, scene, size)


def test_a_storm_of_sizes_ends_in_the_right_picture(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m", "left")
        before = rows(app)
        for width, height in ((20, 5), (200, 50), (3, 2), (81, 25), (79, 23), (1, 1)) * 3:
            await pilot.resize_terminal(width, height)
            app.action_points(1)
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert rows(app)[0].startswith("step 100 ") and rows(app)[13] == before[13]

    play(folder, scene)


def test_a_new_point_repaints_a_few_cells(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Region | None] = []
    refresh = Curve.refresh

    def noted(self: Curve, *regions: Region, **options: bool) -> Curve:
        painted.extend(regions or [None])
        return refresh(self, *regions, **options)

    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m", "m", "m")
        await pilot.pause()
        monkeypatch.setattr(Curve, "refresh", noted)
        for _ in range(20):
            painted.clear()
            app.action_points(1)
            assert None not in painted
            assert sum(region.area for region in painted if region) <= 40
        app.curve.show(app.view.refresh())
        painted.clear()
        app.curve.show(app.view.refresh())
        assert painted == [], "nothing new, nothing painted"

    play(folder, scene)


def test_other_runs_are_laid_over_by_their_glyphs(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m")
        others = [other(folder, f"run-\x1b[31m{number}\u4e00", number) for number in (2, 3)]
        app.curve.overlay(others)
        await pilot.pause()
        text = "".join(rows(app))
        assert "+ run-2? ~ run-3?" in " ".join(rows(app)[0].split()) and "\x1b" not in text
        assert "".join(rows(app)[1:13]).count("~") >= 20
        app.curve.overlay([])
        await pilot.pause()
        assert "~" not in "".join(rows(app))

    play(folder, scene)


def other(folder: Path, name: str, loss: float) -> RunView:
    made = folder.parent / name
    made.mkdir()
    view = RunView(RunFolder(made))
    view.metrics.add([{"step": step, "loss": loss + math.sin(step)} for step in range(1, 401)])
    return view


def test_a_resumed_run_is_drawn_anew_from_its_checkpoint(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        await pilot.press("m", "m", "left")
        app.log_of_run.write("state", state="running", steps=1000, from_step=50)
        app.curve.show(app.view.refresh())
        await pilot.pause()
        assert not "".join(row[13:] for row in rows(app)[1:13]).strip()
        await pilot.press("0", "left")
        assert rows(app)[0].startswith("step 50 ")

    play(folder, scene)


def test_a_run_beyond_its_plan_stays_on_the_axis(folder: Path) -> None:
    async def scene(app: LiveCurve, pilot: "Pilot[None]") -> None:
        for step in (1, 500, 1000, 1500):
            app.point(step, 1.0 + step)
        await pilot.pause()
        assert rows(app)[13].split() == ["1", "2048", "steps"]

    play(folder, scene)
