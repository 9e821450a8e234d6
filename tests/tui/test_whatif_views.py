"""The views of the what-if by keyboard: curves, tornado and risk, prices, scenarios, side by side, export."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from engine import scenarios
from engine.clock import today
from engine.costing import Case, ProjectFacts, Scenario, case, facts, found
from engine.costs.levers import by_name
from engine.costs.money import usd
from engine.costs.plot import meetings
from engine.project import Project
from engine.providers import catalogue
from engine.providers.entries import PricedModel
from tests.market import MARKET, figure, source
from tests.tui.pilot import played, screen_text, shown, typed, until, wizard
from tests.tui.test_whatif_budget import NAVIGATION, at_where
from tui.app import Wizard
from tui.screens.ask import Ask
from tui.screens.panel import Panel
from tui.screens.whatif_compare import CompareScreen
from tui.screens.whatif_curve import CurveScreen
from tui.screens.whatif_export import CostExportScreen
from tui.screens.whatif_prices import PricesScreen
from tui.screens.whatif_scenarios import SaveScreen, ScenariosScreen
from tui.screens.whatif_tornado import TornadoScreen
from tui.screens.whatif_turns import KEPT
from tui.widgets.lines import Lines
from tui.widgets.prose import Prose

TODAY = date(2026, 11, 21)
ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e"
OLD = source("a page of July", date(2026, 7, 1), "single source")
DEAR = PricedModel(
    "dear",
    f"Dear{ATTACK}",
    "dear",
    figure(2.0, "USD per 1M tokens"),
    figure(10.0, "USD per 1M tokens"),
    cached_input=figure(0.2, "USD per 1M tokens", OLD),
)
WORLD = replace(MARKET, models=(DEAR,))
PAYS: dict[str, Any] = {
    "destination": "tokens",
    "tuned_model": "small-8b",
    "baseline_model": "dear",
    "requests_per_month": 1_000_000.0,
}


def made(**settings: Any) -> Case:
    """A case of the made-up market: it pays back within the horizon."""
    return case(Scenario("", {**PAYS, **settings}), WORLD, ProjectFacts(), TODAY)


class Opened:
    """A view over the wizard, and what it was left with."""

    def __init__(self, app: Wizard, pilot: Pilot[str], screen: ModalScreen[Any]) -> None:
        self.app, self.pilot, self.screen = app, pilot, screen
        self.left: list[Any] = []
        app.push_screen(screen, self.left.append)

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return shown(self.app)

    async def typed(self, text: str) -> str:
        self.app.screen.query_one(Input).value = text
        return await self.press("enter")

    async def to(self, start: str) -> str:
        """Marks the line that begins with `start`."""
        lines = self.app.screen.query_one("#list", Lines)
        texts = ["".join(part for part, _ in lines.rows[at]) for at in range(len(lines.rows))]
        lines.move_to(next(at for at, text in enumerate(texts) if text.lstrip("[123] ").startswith(start)))
        return await self.press()


@asynccontextmanager
async def opened(project: Project, screen: ModalScreen[Any], **options: Any) -> AsyncIterator[Opened]:
    async with wizard(**options) as (app, pilot):
        app.project = project
        view = Opened(app, pilot, screen)
        await pilot.pause()
        yield view


def safe(app: Wizard) -> bool:
    return not [sign for sign in "\x1b\x9b\x07\u202e" if sign in "".join(screen_text(app))]


# The curves.


def test_the_curves_say_where_they_meet_and_are_read_month_by_month(project: Project) -> None:
    it = made()
    result = found(it, simulate=False)
    (meeting,) = meetings(result.months)

    async def scene() -> None:
        async with opened(project, CurveScreen(it, result)) as view:
            text = await view.press()
            assert f"they meet in month {meeting.month:.1f} ({usd(meeting.cost)})" in text and safe(view.app)
            last, before = result.months[-1], result.months[-2]
            assert f"month 12: tuned {usd(last.tuned)}" in text and f"as now {usd(last.baseline)}" in text
            assert f"{usd(last.baseline - last.tuned)} saved" in text
            assert f"month 11: tuned {usd(before.tuned)}" in await view.press("left")
            text = await view.press("home", "left")
            assert f"month 0: tuned {usd(result.outcome.upfront)}" in text and "not yet earned back" in text
            assert "month 12:" in await view.press("end", "right")
            await view.press("y")
            lines = view.app.clipboard.splitlines()
            assert len(lines) == 1 + len(result.months) and lines[1] == f"0\t{result.outcome.upfront:.2f}\t0.00"
            assert "Cash alone is drawn" in await view.press("question_mark")
            await view.press("escape", "v")
            assert view.left == [None]

    played(scene)


def test_curves_that_do_not_meet_or_end_early_say_why(project: Project) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"requests_per_month": 10.0}, "cannot pay back on cost"),
        ({"requests_per_month": 300_000.0, "retrain_every_months": 0.0}, "not meet in this time: it would take"),
        ({"destination": "soon"}, "its base is shut down in month 1."),
        ({"horizon_months": 1.0}, "over 1 month"),
    ]

    async def scene() -> None:
        async with wizard(ascii=True) as (app, pilot):
            for settings, said in cases:
                it = made(**settings)
                view = Opened(app, pilot, CurveScreen(it, found(it, simulate=False)))
                assert said in await view.press() and "".join(screen_text(app)).isascii()
                await view.press("escape")

    played(scene)


# Tornado and risk.


def test_the_tornado_names_what_decides_and_the_risk_follows_by_itself(project: Project) -> None:
    it = made()
    result, whole = found(it, simulate=False), found(it)
    assert result.monte_carlo is None and whole.monte_carlo is not None
    bars = [one for one in result.tornado if one.low != one.high]

    async def scene() -> None:
        async with opened(project, TornadoScreen(it, result)) as view:
            await until(view.pilot, lambda: "Chance of a gain" in shown(view.app), "the draws are made")
            draws = whole.monte_carlo
            assert draws and f"P10 {usd(draws.p10)} · P50 {usd(draws.p50)} · P90 {usd(draws.p90)}" in shown(view.app)
            assert f"{draws.p_positive:.0%}" in shown(view.app)
            rows = screen_text(view.app)[3 : 3 + len(bars)]
            swings = [float(row.split("$")[-1].replace(",", "")) for row in rows]
            assert swings == sorted(swings, reverse=True) and len(bars) >= 8
            assert "GPU by the hour" not in shown(view.app), "nothing is paid by the hour there"
            await view.to("requests a month")
            one = next(one for one in bars if one.name == "requests_per_month")
            text = shown(view.app)
            assert "now 1M" in text and f"at 400,000: {usd(one.net_low, sign=True)}" in text
            assert f"at 2M: {usd(one.net_high, sign=True)}" in text
            hangs = (one.net_low > 0) != (one.net_high > 0)
            assert ("gain or loss hangs on it" in text) == hangs
            await view.press("y")
            assert "requests a month" in view.app.clipboard and "Chance of a gain" in view.app.clipboard
            row = next(" ".join(row.split()) for row in screen_text(view.app) if row.startswith("prompt found in the"))
            # A baseline that finds more in its cache is cheaper, and harder to beat: the worse end stands left.
            assert row.index("98%") < row.index("50%")
            await view.press("t")
            assert view.left == [None]

    played(scene)


def test_a_range_of_ones_own_is_typed_simulated_and_given_back(project: Project) -> None:
    it = made()

    async def scene() -> None:
        async with opened(project, TornadoScreen(it, found(it))) as view:
            before = await view.press()
            await view.to("requests a month")
            text = await view.press("enter")
            assert "requests a month: between what and what?" in text and "400000 to 2000000" in text
            for bad in ("5", "2M to 1M", "few to many", "0..1", "1 2 3"):
                await view.typed(bad)
                assert isinstance(view.app.screen, Ask), bad
            await view.typed("900k to 1.1M")
            own = Scenario("", PAYS, {"requests_per_month": (900_000.0, 1_100_000.0)})
            draws = found(case(own, WORLD, ProjectFacts(), TODAY)).monte_carlo
            assert draws is not None
            await until(view.pilot, lambda: f"P10 {usd(draws.p10)}" in shown(view.app), "it is simulated anew")
            text = shown(view.app)
            assert "at 900,000" in text and "the range is yours" in text and text != before
            await view.press("enter")
            await view.typed("2M to 3M")
            assert "widened to what stands there" in shown(view.app) and "at 1M" in shown(view.app)
            await view.press("enter")
            await view.typed("0.9M 1.1M")
            await view.press("escape")
            assert view.left == [own]
            view = Opened(view.app, view.pilot, TornadoScreen(replace(it, scenario=own), found(it)))
            await view.press()
            await view.to("requests a month")
            await view.press("r")
            await until(view.pilot, lambda: "P10" in shown(view.app), "it is simulated anew")
            assert "the range is yours" not in shown(view.app) and "at 400,000" in shown(view.app)
            await view.press("escape")
            assert view.left == [Scenario("", PAYS)]

    played(scene)


def test_the_chance_of_a_gain_is_there_in_a_small_terminal(project: Project) -> None:
    it, result = made(), found(made())

    async def scene() -> None:
        async with wizard(size=(40, 12), ascii=True) as (app, pilot):
            for size in ((40, 12), (20, 5)):
                await pilot.resize_terminal(*size)
                risk = Opened(app, pilot, TornadoScreen(it, result))
                text = await risk.press()
                assert "Chance of a gain" in text and text.isascii()
                await risk.press("escape")
                curve = Opened(app, pilot, CurveScreen(it, result))
                assert "month 12: tuned" in await curve.press()
                await curve.press("escape")

    played(scene)


# Scenarios.


def saved(project: Project, name: str, **settings: Any) -> None:
    scenarios.save(project, Scenario(name, {**PAYS, **settings}))


def test_scenarios_are_listed_compared_opened_and_deleted_with_a_way_back(project: Project) -> None:
    saved(project, "half", requests_per_month=500_000.0)
    saved(project, "twice", requests_per_month=2_000_000.0)
    saved(project, KEPT)
    it = made()

    async def scene() -> None:
        async with opened(project, ScenariosScreen(project, it)) as view:
            text = await view.press()
            assert "the levers as they stand" in text and "half" in text and "twice" in text and KEPT not in text
            assert usd(found(made(requests_per_month=2_000_000.0)).outcome.net, sign=True) in text
            assert "not saved" in await view.press("x")
            await view.to("half")
            assert "requests a month 500,000" in shown(view.app)
            assert "deleted half · u brings it back" in await view.press("x")
            assert scenarios.names(project) == (KEPT, "twice")
            assert "half is there again" in await view.press("u")
            assert scenarios.load(project, "half").settings["requests_per_month"] == 500_000
            assert "nothing was deleted" in await view.press("u")
            await view.to("twice")
            await view.press("enter")
            assert view.left[0].name == "twice" and view.left[0].settings["requests_per_month"] == 2_000_000

    played(scene)


def test_up_to_three_are_marked_and_stand_side_by_side_with_the_best_in_words(project: Project) -> None:
    for name, volume in (("half", 5e5), ("twice", 2e6), ("tenth", 1e5)):
        saved(project, name, requests_per_month=volume)
    it = made()

    async def scene() -> None:
        async with opened(project, ScenariosScreen(project, it)) as view:
            assert "mark two or three with m" in await view.press("c")
            await view.press("m", "down", "m", "down", "m", "down")
            assert "3 are marked already" in await view.press("m")
            assert "[1] the levers as they stand" in shown(view.app)
            text = await view.press("c")
            assert isinstance(view.app.screen, CompareScreen)
            rows = [" ".join(row.split()) for row in screen_text(view.app)]
            assert rows[2] == "now half tenth"
            assert rows[3] == "requests a month 1,000,000 500,000 100,000", "levers that differ come first"
            nets = [usd(found(made(requests_per_month=one)).outcome.net) for one in (1e6, 5e5, 1e5)]
            assert f"net {nets[0]} best {nets[1]} {nets[2]}" in text
            monthly = [usd(found(made(requests_per_month=one)).outcome.monthly_tuned) for one in (1e6, 5e5, 1e5)]
            assert f"a month, tuned {' '.join(monthly)} best" in text, "less is better there"
            baseline = next(row for row in rows if row.startswith("a month, baseline"))
            assert "best" not in baseline, "a dear baseline is no merit"
            assert "labelling" not in text and "labelling" in await view.press("a")
            await view.press("y")
            assert view.app.clipboard.startswith("\tnow\thalf\ttenth\n")
            await view.press("escape", "escape")
            assert view.left == [None]

    played(scene)


def test_side_by_side_in_a_narrow_terminal_is_one_below_the_other(project: Project) -> None:
    saved(project, "half", requests_per_month=500_000.0)

    async def scene() -> None:
        async with opened(project, ScenariosScreen(project, made()), size=(40, 24)) as view:
            await view.to("half")
            text = await view.press("c")
            assert "requests a month now: 1,000,000 half: 500,000" in text

    played(scene)


def test_what_is_damaged_is_named_and_deleted_only_after_a_yes(project: Project) -> None:
    saved(project, "good")
    (project.scenarios / "bad.toml").write_text(f"[levers]\nrows = '{ATTACK.encode().hex()}'\n", encoding="utf-8")
    (project.scenarios / "gone.toml").write_text("[levers]\ndestination = 'closed'\n", encoding="utf-8")
    (project.scenarios / f"evil{ATTACK.replace('/', '')}.toml").write_text("", encoding="utf-8")
    (project.scenarios / f"{'n' * 240}.toml").write_text("", encoding="utf-8")

    async def scene() -> None:
        async with opened(project, ScenariosScreen(project, made())) as view:
            text = await view.to("bad")
            assert "cannot be reckoned" in text and "rows" in text and safe(view.app) and "evil" not in text
            assert "cannot be opened" in await view.press("enter")
            await view.to("gone")
            assert "closed" in shown(view.app)
            await view.press("x")
            assert "which is damaged?" in shown(view.app)
            await view.press("enter")
            assert "gone" in scenarios.names(project)
            await view.press("x", "down", "enter")
            assert "gone" not in scenarios.names(project) and "deleted gone" in shown(view.app)
            assert "nothing was deleted" in await view.press("u")

    played(scene)


def test_a_name_that_cannot_be_is_refused_at_the_field(project: Project) -> None:
    async def scene() -> None:
        async with opened(project, SaveScreen(project, Scenario("", PAYS))) as view:
            for name in ("", "../up", "a/b", ".hidden", "x" * 300, f"a{ATTACK}b", "con:"):
                text = await view.typed(name)
                assert "is no name for a scenario" in text and "up to 40" in text and view.left == []
                said = "".join(part for one in view.app.screen.query_one("#problem", Prose).rows for part, _ in one)
                assert not set("\x1b\x9b\x07\u202e") & set(said)
            view.app.screen.query_one(Input).value = ""
            await view.press(*typed("good x m u"), "enter")
            assert view.left == ["good x m u"], "what is typed is no key of the view"

    played(scene)
    assert sorted(path.name for path in project.root.rglob("*.toml")) == ["good x m u.toml", "project.toml"]


def test_a_name_that_is_taken_is_replaced_by_a_second_enter_and_ones_own_at_once(project: Project) -> None:
    saved(project, "mine", rows=100.0)
    saved(project, "other", rows=200.0)

    async def scene() -> None:
        async with opened(project, SaveScreen(project, Scenario("mine", {**PAYS, "rows": 300.0}))) as view:
            await view.press("enter")
            assert view.left == ["mine"] and scenarios.load(project, "mine").settings["rows"] == 300
            view = Opened(view.app, view.pilot, SaveScreen(project, Scenario("mine", {**PAYS, "rows": 400.0})))
            await view.press()
            assert "there is a scenario 'other' already" in await view.typed("other")
            assert scenarios.load(project, "other").settings["rows"] == 200
            await view.press("enter")
            assert view.left == ["other"] and scenarios.load(project, "other").settings["rows"] == 400

    played(scene)


# Prices.


def shipped(project: Project) -> Case:
    """The case of the defaults by the catalogue that ships."""
    now = catalogue.for_project(project, today())
    return case(Scenario("", {"destination": by_name("destination").default}), now, facts(project), today())


def test_a_price_of_ones_own_is_marked_and_taken_back(project: Project) -> None:
    it = shipped(project)
    price = it.prices[0]
    catalogues = price.figure.value  # type: ignore[union-attr]

    async def scene() -> None:
        async with opened(project, PricesScreen(project, it)) as view:
            text = await view.press()
            assert price.name in text and f"${catalogues:.2f} per 1M tokens" in text and "yours" not in text
            assert "the catalogue's price already" in await view.press("r")
            await view.press("enter")
            for bad in ("cheap", "-1", "nan", "1e9", "1,5"):
                text = await view.typed(bad)
                assert "is no price" in text, bad
            assert project.settings().get("prices") is None
            text = await view.typed("$7.25")
            assert "$7.25 per 1M tokens" in text and "yours" in text and "your price holds" in text
            assert f"The catalogue says: ${catalogues:.2f} per 1M tokens" in text
            assert project.settings()["prices"] == {price.id: {price.field: 7.25}}
            assert "the catalogue's price again" in await view.press("r")
            assert not project.settings().get("prices")
            assert "taken back" in await view.press("u") and "$7.25" in shown(view.app)
            await view.press("u")
            assert "$7.25" not in shown(view.app) and "no price was changed" in await view.press("u")
            await view.press("enter")
            assert "In USD per 1M tokens" in shown(view.app)
            await view.press("escape", "escape")
            assert view.left == [True]
            view = Opened(view.app, view.pilot, PricesScreen(project, it))
            await view.press("down", "escape")
            assert view.left == [False], "only looked at"

    played(scene)


def test_what_is_stale_of_one_source_or_not_found_is_marked_in_words(project: Project) -> None:
    it = made()
    unpriced = case(
        Scenario("", {**PAYS, "destination": "preview", "tuned_model": "unpriced"}), WORLD, ProjectFacts(), TODAY
    )

    async def scene() -> None:
        async with opened(project, PricesScreen(project, it), size=(100, 24)) as view:
            await view.press("down")
            row = next(row for row in screen_text(view.app) if "cached prompt" in row)
            assert "143 d" in row and "one source, stale" in row
            assert "single source, 2026-07-01 (143 days old, stale): a page of July" in shown(view.app)
            assert safe(view.app)
            await view.press("escape")
            view = Opened(view.app, view.pilot, PricesScreen(project, unpriced))
            await view.press()
            row = next(row for row in screen_text(view.app) if "training" in row)
            assert "not found as of 2026-11-20" in row
            await view.to("tuned Unpriced: training")
            assert "No source that we trust" in shown(view.app)

    played(scene)


# Export.


def test_an_export_is_ordered_written_and_not_written_over(project: Project, tmp_path: Path) -> None:
    scenarios.save(project, Scenario("beside", {"destination": "tinker", "requests_per_month": 2e6}))
    it = Scenario("", {"destination": "tinker", "error_rate_drop": -0.25, "requests_per_month": 1e6})
    out = tmp_path / "out put"

    async def scene() -> None:
        async with opened(project, CostExportScreen(project, it)) as view:
            text = await view.press()
            assert "exports/cost/, in the project" in text and "Beside it" in text
            await view.to("Folder")
            await view.press("enter")
            assert "no such user" in await view.typed("~nobody-at-all/x")
            await view.typed(str(out))
            await view.to("Beside it")
            assert "beside" in await view.press("right")
            await view.to("Export")
            await view.press("enter")
            assert "being written" in shown(view.app)
            await until(view.pilot, lambda: isinstance(view.app.screen, Panel), "it was written")
            assert "cost.md" in await view.press() and "cost-months.csv" in shown(view.app)
            await view.press("escape")
            await view.to("Export")
            await view.press("enter")
            await until(view.pilot, lambda: isinstance(view.app.screen, Panel), "it was refused")
            assert "there already: cost-figures.csv" in await view.press()
            await view.press("escape", "escape")
            assert view.left == [None] and view.app.work is None

    played(scene)
    levers = (out / "cost-levers.csv").read_text(encoding="utf-8")
    assert "now,errors that tuning avoids" in levers or "now,error_rate_drop" in levers
    assert "-25" in levers and "beside" in levers


def test_the_command_of_an_export_says_all_that_was_turned(project: Project) -> None:
    scenarios.save(project, Scenario("one", {}))
    turned = Scenario("", {"rows": 250.0, "destination": "tinker"})
    ranged = replace(turned, ranges={"requests_per_month": (1.0, 9e6)})

    async def scene() -> None:
        async with opened(project, CostExportScreen(project, turned)) as view:
            screen = view.screen
            assert isinstance(screen, CostExportScreen)
            folder = str(project.exports / "cost")
            levers = ("--set", "rows=250.0", "--set", "destination=tinker")
            assert screen.command() == ("cost", *levers, "--export", folder)
            await view.to("Files that are there")
            await view.press("right")
            await view.to("Beside it")
            await view.press("right")
            await view.to("Format")
            await view.press("right", "right")
            export = ("--export", folder, "--format", "markdown", "--replace")
            assert screen.command() == ("cost", *levers, "--compare", "now", "one", *export)
            await view.press("escape")
            screen = CostExportScreen(project, ranged)
            await Opened(view.app, view.pilot, screen).press()
            assert isinstance(screen, CostExportScreen)
            assert screen.command()[5:7] == ("--range", "requests_per_month=1.0..9000000.0")

    played(scene)


def test_an_export_is_cancelled_by_escape_and_the_screen_stays(project: Project) -> None:
    async def scene() -> None:
        async with opened(project, CostExportScreen(project, Scenario("", {"destination": "tinker"}))) as view:
            await view.press("enter")
            await view.press("escape")
            await until(view.pilot, lambda: isinstance(view.app.screen, Panel), "it was cancelled")
            assert "Cancelled" in await view.press() and view.left == []

    played(scene)


def test_what_the_views_send_over_the_line(project: Project) -> None:
    with at_where(project) as terminal:
        terminal.first_frame("Where will it run?")
        terminal.press("c")
        terminal.wait_for("P50")
        for view, sign, keys in (
            ("v", "month 12:", ("left", "home")),
            ("t", "Chance of a gain", ("down", "end")),
            ("d", "Prices behind", ("down",)),
            ("o", "Scenarios", ("m",)),
        ):
            terminal.press(view)
            terminal.wait_for(sign)
            terminal.settle()
            for key in keys:
                assert terminal.bytes_for(key) <= NAVIGATION, (view, key)
            terminal.answer_to("escape")
