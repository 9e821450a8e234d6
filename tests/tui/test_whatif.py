"""The what-if by keyboard: a turn moves what it must and nothing else, nothing is lost, no old number looks new."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from engine import scenarios
from engine.costing import Found, found
from engine.costs.levers import LEVERS, by_name
from engine.costs.money import usd
from engine.project import Project
from tests.tui.pilot import played, screen_text, shown, typed, until, wizard
from tui.app import Wizard
from tui.screens import whatif
from tui.screens.ask import Ask
from tui.screens.whatif import WhatIfScreen
from tui.screens.whatif_figures import WAITING, figures
from tui.screens.whatif_turns import KEPT, Turns
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted

RISKS = ("P10", "P50", "P90", "gain chance")


class Table:
    """The screen with the hands of a person."""

    def __init__(self, app: Wizard, pilot: Pilot[str]) -> None:
        self.app, self.pilot = app, pilot
        self.screen = next(one for one in app.screen_stack if isinstance(one, WhatIfScreen))

    @property
    def turns(self) -> Turns:
        return self.screen.turns

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.simulated()

    async def simulated(self) -> None:
        """Until the simulation of what stands there is done."""
        await until(self.pilot, lambda: not self.screen._simulating, "the simulation ended")

    async def mark(self, name: str) -> None:
        lines = self.screen._lines
        at = next(number for number, one in enumerate(lines) if one and one.name == name)
        self.screen.query_one("#levers", Lines).move_to(at)
        await self.pilot.pause()

    def row(self, start: str) -> str:
        """The figure whose row begins with `start`, right of the levers."""
        rows = [line[38:] for line in screen_text(self.app)]
        return next(" ".join(line.split()) for line in rows if line.startswith(start))

    def row_of(self, name: str) -> str:
        """The row of a figure."""
        at = [one.name for one in self.screen.shown].index(name)
        return "".join(text for text, _ in self.screen.query_one("#figures", Lines).rows[at])

    def row_of_note(self) -> str:
        return "".join(text for text, _ in self.screen.query_one("#note", Painted).rows[0])

    def value(self, name: str) -> Any:
        return self.turns.case.values[name].value


@asynccontextmanager
async def table(project: Project, *, size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Table]:
    async with wizard(project, "decide", size=size) as (app, pilot):
        app.push_screen(WhatIfScreen(project, **options))
        await pilot.pause()
        made = Table(app, pilot)
        await made.simulated()
        yield made


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, list[float]]]:
    """Simulations end when the event is set; the volumes that were simulated."""
    let_go, volumes = threading.Event(), []

    def waiting(case: Any) -> Found:
        volumes.append(case.numbers.requests_per_month)
        assert let_go.wait(30)
        return found(case)

    monkeypatch.setattr(whatif, "found", waiting)
    yield let_go, volumes
    let_go.set()


def test_a_turn_moves_the_lever_and_says_in_words_what_it_did(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            before = found(what.turns.case)
            upfront = what.row("upfront")
            await what.press("right")
            after = found(what.turns.case)
            assert what.value("requests_per_month") == 200_000 and after.outcome.net > before.outcome.net
            saved = usd(after.outcome.net - before.outcome.net)
            assert what.row("net, 12 mo") == f"net, 12 mo {usd(after.outcome.net)} {saved} better"
            assert what.row("upfront") == upfront and " once" in upfront
            assert after.monte_carlo and before.monte_carlo
            assert what.row("P50").startswith(f"P50 {usd(after.monte_carlo.p50)} ") and "better" in what.row("P50")
            assert "200,000 y" in shown(what.app) and "100,000 d" not in shown(what.app)
            await what.press("u")
            assert what.value("requests_per_month") == 100_000 and not what.turns.scenario.settings
            assert what.row("net, 12 mo") == f"net, 12 mo {usd(before.outcome.net)} {saved} worse"
            await what.press("u")
            assert "there is nothing to take back" in shown(what.app)

    played(scene)


def test_figures_that_no_lever_moved_are_not_painted_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.press("right")
            painted: list[int] = []
            lines = what.screen.query_one("#figures", Lines)
            monkeypatch.setattr(lines, "refresh_row", painted.append)
            before = list(lines.rows)
            await what.press("right")
            moved = {at for at, one in enumerate(lines.rows) if one != before[at]}
            still = {"upfront", "per_request_tuned", "per_request_baseline", "break_even"}
            names = [one.name for one in what.screen.shown]
            assert {at for at in painted if at < len(names)} >= moved
            assert not {names[at] for at in painted} & still

    played(scene)


def test_until_it_is_simulated_no_old_risk_is_shown_and_of_a_storm_only_the_last_is_simulated(
    project: Project, held: tuple[threading.Event, list[float]]
) -> None:
    let_go, volumes = held
    let_go.set()

    async def scene() -> None:
        async with table(project) as what:
            assert WAITING not in " ".join(what.row(name) for name in RISKS)
            let_go.clear()
            await what.pilot.press(*["right"] * 9)
            for name in RISKS:
                assert what.row(name).startswith(f"{name} {WAITING}")
            assert what.row("net, 12 mo").startswith(f"net, 12 mo {usd(what.turns.found.outcome.net)}")  # type: ignore[union-attr]
            let_go.set()
            await what.simulated()
            assert volumes == [100_000, 200_000, 100_000_000]
            assert WAITING not in " ".join(what.row(name) for name in RISKS)

    played(scene)


def test_a_typed_value_is_checked_in_its_box_and_is_not_lost(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            for wrong, said in (
                ("-5", "not possible"),
                ("many", "no number"),
                ("0", "1 or more"),
                ("1.000", "two ways"),
            ):
                await what.press("enter", *typed(wrong), "enter")
                assert isinstance(what.app.screen, Ask)
                assert said in shown(what.app) and wrong in shown(what.app)
                assert what.value("requests_per_month") == 100_000
                await what.press("escape")
            await what.press("enter", *"2.5M", "enter")
            assert what.value("requests_per_month") == 2_500_000 and "2,500,000 y" in shown(what.app)
            assert scenarios.load(project, KEPT).settings == {"requests_per_month": 2_500_000}

    played(scene)


def test_values_against_each_other_are_refused_in_the_box(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.mark("dynamic_prompt_tokens")
            await what.press("enter", "0", "enter")
            await what.mark("static_prompt_tokens")
            await what.press("enter", "0", "enter")
            assert isinstance(what.app.screen, Ask) and "a request without a prompt" in shown(what.app)
            await what.press("escape")
            assert what.value("static_prompt_tokens") == 2000 and what.value("dynamic_prompt_tokens") == 0

    played(scene)


def test_back_to_the_default_of_one_lever_and_of_all_and_back_again(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.press("right", "j", "right", "r")
            assert what.turns.scenario.settings == {"requests_per_month": 200_000}
            assert "back to its default" in shown(what.app)
            await what.press("r")
            assert "it stands at its default" in shown(what.app)
            await what.press("u", "R")
            assert not what.turns.scenario.settings
            await what.press("u")
            assert set(what.turns.scenario.settings) == {"requests_per_month", "static_prompt_tokens"}

    played(scene)


def test_every_turn_is_kept_and_found_again_and_damage_is_named(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.press("right")
        async with table(project) as what:
            assert what.value("requests_per_month") == 200_000
            file = project.scenarios / f"{KEPT}.toml"
            file.write_text(file.read_text("utf-8").replace("200000", "-1"), encoding="utf-8")
        async with table(project) as what:
            assert "That did not work" in shown(what.app) and "requests_per_month: -1" in shown(what.app)
            await what.press("escape")
            assert what.value("requests_per_month") == 100_000 and "What if?" in shown(what.app)
        async with table(project, destination="cohere") as what:
            assert "Cohere" in shown(what.app) and "closed" in shown(what.app)
            await what.press("escape")
            assert "requests_per_month: -1" in shown(what.app)

    played(scene)


def test_what_cannot_be_kept_is_told_and_nobody_is_held(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scenarios, "save", full)

    async def scene() -> None:
        async with table(project) as what:
            await what.press("right")
            await until(what.pilot, lambda: "No space left" in what.row_of_note(), "it is told")
            assert what.value("requests_per_month") == 200_000
            await what.pilot.press("escape")
            await until(what.pilot, lambda: "That did not work" in shown(what.app), "it is told again")
            await what.pilot.press("escape")
            assert "What if?" not in shown(what.app)

    played(scene)


def test_choices_turn_through_what_is_possible_and_are_found_in_a_list_with_prices(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.mark("baseline_model")
            await what.press("enter")
            assert "gpt-6-luna" in shown(what.app) and "in $0.10, cached $0.01, out $0.50" in shown(what.app)
            await what.press("slash")
            await what.press(*"haiku-4-5")
            assert "gpt-6-luna" not in shown(what.app)
            await what.press("enter")
            assert what.value("baseline_model") == "claude-haiku-4-5"
            await what.press("right", "left")
            assert what.value("baseline_model") == "claude-haiku-4-5"
            await what.mark("destination")
            await what.press("enter", "slash")
            await what.press(*"tinker", "enter")
            await what.mark("tuned_model")
            await what.press("right")
            tuned = what.value("tuned_model")
            assert tuned in {one.model for one in what.turns.case.destination.models}
            await what.mark("serving_quantisation")
            await what.press("right")
            assert what.value("serving_quantisation") == "fp8"

    played(scene)


def test_every_destination_can_be_turned_to_and_round_again(project: Project) -> None:
    turns = Turns(project)
    where, seen = by_name("destination"), list[str]()
    first = turns.case.values["destination"].value
    while not seen or turns.case.destination.id != first:
        assert len(seen) < 200
        turns.turn(where, 1)
        seen.append(turns.case.destination.id)
        turns.turn(by_name("tuned_model"), 1)
    assert len(seen) == len(set(seen)) > 12
    for _ in range(2 * len(seen)):
        turns.undo()
    assert not turns.undo() and not turns.scenario.settings


def test_a_figure_that_no_source_gives_is_named_and_typed(project: Project) -> None:
    async def scene() -> None:
        async with table(project, destination="nebius") as what:
            assert what.turns.found is None and "train_price" in what.turns.case.missing
            assert what.row("net").startswith("net not known")
            assert WAITING not in shown(what.app)
            await what.mark("train_price")
            assert "not found as of 2026-11-21: type your own (Enter)" in shown(what.app)
            await what.press("v")
            assert isinstance(what.app.screen, WhatIfScreen) and "not before there is a figure" in shown(what.app)
            await what.press("enter", *"0.5", "enter")
            assert what.value("train_price") == 0.5 and "train_price" not in what.turns.case.missing

    played(scene)


def test_the_gravest_note_is_in_sight_and_all_are_one_key_away(project: Project) -> None:
    async def scene() -> None:
        async with table(project, destination="bedrock-provisioned") as what:
            notes = what.turns.case.notes
            assert notes[0].severity != "note" and what.row_of_note().startswith(
                f"{notes[0].severity}: {notes[0].text[:30]}"
            )
            await what.press("i")
            for one in notes:
                assert one.text[:40] in shown(what.app).replace("stop: ", "")

    played(scene)


def test_the_marked_lever_or_figure_is_explained_and_copied(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            assert "nothing moves the result more" in shown(what.app)
            await what.press("y")
            assert what.app.clipboard == "requests_per_month=100000"
            await what.press("tab", "g")
            assert "Upfront = training" in shown(what.app)
            await what.press("y")
            assert what.app.clipboard == f"upfront: {usd(what.turns.found.outcome.upfront)} once"  # type: ignore[union-attr]
            await what.press("question_mark")
            assert "Upfront = training" in shown(what.app) and "every lever back" not in shown(what.app)
            await what.press("G")
            assert "every lever back" in shown(what.app)

    played(scene)


def test_a_lever_without_effect_says_so(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.mark("error_rate_drop")
            await what.press("right")
            assert "no figure changes" in what.row_of_note() and what.value("error_rate_drop") == 0.01
            await what.mark("value_per_avoided_error")
            await what.press("enter", "2", "enter")
            assert "no figure changes" not in what.row_of_note()
            assert "better" not in what.row_of("net") and "$24,000 better" in what.row_of("net_with_value")

    played(scene)


def test_scenarios_views_and_prices_are_one_key_away_and_what_they_change_is_taken(project: Project) -> None:
    async def scene() -> None:
        async with table(project) as what:
            await what.press("right", "s", *"base", "enter")
            assert "base, 1 set" in shown(what.app) and scenarios.names(project) == (KEPT, "base")
            await what.press("right", "o", "j", "enter")
            assert what.turns.scenario.settings == {"requests_per_month": 200_000} and "opened: base" in shown(what.app)
            for key in "vtdoxi":
                await what.press(key)
                assert what.app.screen is not what.screen, key
                await what.press("escape")
                assert what.app.screen is what.screen, key
            before = what.row("a request")
            await what.press("d", "enter", *"7", "enter", "escape")
            assert "with your price" in shown(what.app)
            assert what.row("a request") == before and "cheaper" not in what.row_of("per_request_baseline")
            assert "dearer" in what.row_of("per_request_baseline")

    played(scene)


@pytest.mark.parametrize(
    ("size", "ascii_only"), [((20, 5), True), ((60, 15), False), ((80, 24), True), ((120, 36), False)]
)
def test_it_can_be_used_in_any_terminal(project: Project, size: tuple[int, int], ascii_only: bool) -> None:
    async def scene() -> None:
        async with wizard(project, "decide", size=size, ascii=ascii_only) as (app, pilot):
            app.push_screen(WhatIfScreen(project))
            await pilot.pause()
            what = Table(app, pilot)
            await what.press("j", "right")
            text = "\n".join(screen_text(app))
            assert "5,000 y" in text and "net, 12" in text and usd(what.turns.found.outcome.net)[:6] in text  # type: ignore[union-attr]
            assert not ascii_only or text.isascii()

    played(scene)


def test_each_lever_can_be_turned_both_ways_and_stops_at_its_ends(project: Project) -> None:
    turns = Turns(project)
    for lever in LEVERS:
        before = turns.case.values[lever.name].value
        turns.turn(lever, 1)
        assert turns.case.values[lever.name].value != before, lever.name
        turns.turn(lever, -1)
    turns.turn(by_name("batch_share"), 20)
    assert turns.case.numbers.batch_share == 1
    assert "stands at its end" in turns.turn(by_name("batch_share"), 1)


def test_every_crossing_is_shown_where_a_further_replica_undoes_the_gain(project: Project) -> None:
    turns = Turns(project, "runpod-h100-sxm-secure")
    assert turns.found is not None
    first, *later = turns.found.crossings
    assert [one.way for one in later[:4]] == ["stops", "pays", "stops", "pays"]
    shown_figures = {one.name: one for one in figures(turns.case, turns.found)}
    assert shown_figures["break_even"].value == f"{first.requests:,.0f}"
    gaps = shown_figures["crossings"].unit.split(", ")
    assert gaps[0] == f"{later[0].requests / 1e6:.3g}M-{later[1].requests / 1e6:.3g}M" and len(gaps) == 2
    assert len(shown_figures["break_even"].about) == len(turns.found.crossings) == 5
