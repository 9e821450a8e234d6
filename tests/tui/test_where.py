"""Where by keyboard: the table, what does not fit and why, pages, constraints, and choosing with all that it asks."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.data.adopt import adopt, current
from engine.data.splitting import split
from engine.machine import record
from engine.project import Project
from engine.where.chosen import chosen
from engine.where.constraints import constraints
from tests.market import MARKET
from tests.tui.hub import ROWS, imported, written
from tests.tui.pilot import played, screen_text, settled, shown, typed, until, wizard
from tui.app import Wizard
from tui.screens import whatif, where
from tui.screens.panel import Panel
from tui.screens.where_table import cell


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "for_project", lambda project, today: MARKET)


@pytest.fixture
def with_rows(project: Project, tmp_path: Path) -> Project:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))
    adopt(project, split(current(project), project.data, seed=0).version)
    return project


def line(app: Wizard, name: str) -> str:
    return next(one for one in screen_text(app) if name in one)


def test_what_was_found_is_shown_again_and_damage_is_named(project: Project) -> None:
    record.record_destination(project)

    async def scene() -> None:
        async with wizard(project, "where", size=(100, 40)) as (app, pilot):
            assert "Where will it run?" in shown(app) and "usable" in shown(app) and "measured here" in shown(app)
            project.machine.write_text("[]", encoding="utf-8")
            await until(pilot, lambda: "not what looking at a machine saves" in shown(app), "the damage is named")
            assert "l looks at processor" in shown(app)

    played(scene)


def test_every_destination_has_its_row_and_its_group(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where", size=(80, 30)) as (app, pilot):
            text = shown(app)
            assert "6 of 10 fit" in text and "Services: 4 of 7 fit" in text and "Rented GPUs" in text
            told = ["yes", "Tokens", "Inc.", "per", "token", "$0.50-$3.00", "$0.20/$0.60"]
            assert line(app, "Tokens Inc.").split() == told
            assert line(app, "Hours Ltd").split()[-2:] == ["$4.00/h", "$2,920/mo"]
            assert line(app, "Rented H100").split()[-3:] == ["$7.98/h", "~!", "$5,825/mo"]
            assert line(app, "Soon").split()[0] == "ends" and line(app, "Old").split()[0] == "no"
            assert "seen closed on 2026-11-01" in line(app, "closed Closed")
            rows = [one.split()[:2] for one in screen_text(app)]
            assert rows.index(["yes", "This"]) < rows.index(["no", "Old"]) < rows.index(["yes", "Rented"])
            assert rows.index(["yes", "Rented"]) < rows.index(["closed", "Closed"])
            await pilot.press("j", "j")
            assert "billed by the hour, used or not: $2,920 a month" in shown(app)

    played(scene)


def test_wide_terminals_have_more_columns_and_small_ones_the_first(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where", size=(150, 40)) as (app, pilot):
            assert "region" in shown(app) and "2027-01-14" in line(app, "Soon")
            await pilot.resize_terminal(20, 6)
            await pilot.pause()
            assert line(app, "This mach").split()[:2] == ["yes", "This"]

    played(scene)


def test_what_does_not_fit_says_every_reason_and_f_hides_it(project: Project) -> None:
    project.set("decide", {"data_may_leave": "no"})
    project.set("where", {"region": "eu"})

    async def scene() -> None:
        async with wizard(project, "where", size=(80, 30)) as (app, pilot):
            assert line(app, "Hours Ltd").split()[0] == "no" and "1 of 10 fit" in shown(app)
            screen = app.screen
            assert isinstance(screen, where.WhereScreen)
            screen._mark("hours")
            await pilot.pause()
            assert "the data may not leave this machine" in shown(app) and "region eu is not offered" in shown(app)
            await pilot.press("f")
            await pilot.pause()
            assert "Hours Ltd" not in shown(app) and "1 of 10 fit, f: all" in shown(app)
            project.set("where", {"region": "eu", "method": "RFT"})
            await until(pilot, lambda: "Nothing fits all that is asked" in shown(app), "the list is empty")
            await pilot.press("enter", "e", "y", "j")
            assert "Nothing fits" in shown(app)
            await pilot.press("f")
            await pilot.pause()
            assert "Hours Ltd" in shown(app)

    played(scene)


def test_constraints_are_turned_typed_and_kept(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("slash", "j", "j", "right")
            assert "eu" in line(app, "Region") and "5 of 10 fit" in line(app, "Show the table")
            await pilot.press("j", "j", "j", "enter")
            await pilot.press(*"-5", "enter")
            assert "a number over 0" in shown(app)
            await pilot.press("ctrl+u", *"250", "enter")
            await pilot.pause()
            assert "250" in line(app, "Budget of a training")
            await pilot.press("escape")
            await pilot.pause()
            assert line(app, "Hours Ltd").split()[0] == "no"

    played(scene)
    assert (constraints(project).region, constraints(project).budget) == ("eu", 250.0)


def test_privacy_comes_from_decide_and_is_changed_there_alone(project: Project) -> None:
    project.set("decide", {"data_may_leave": "no"})

    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("slash", "j")
            assert "here · from Decide" in line(app, "Privacy")
            await pilot.press("right")
            await pilot.pause()
            assert "Decide says that the data may not leave" in shown(app)
            await pilot.press("escape")
            assert "here · from Decide" in line(app, "Privacy")

    played(scene)
    assert constraints(project).privacy == "here"


def test_a_page_tells_every_figure_with_its_source_and_leads_to_the_next(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where", size=(100, 60)) as (app, pilot):
            await pilot.press("j", "enter")
            await pilot.pause()
            text = shown(app)
            assert "$0.50 per 1M tokens · official, 2026-11-01 (20 days old): its price page" in text
            assert "theirs upload" in text and "cannot follow a job there" in text
            await pilot.press("y")
            assert "copied: " in shown(app)
            await pilot.press("right")
            await pilot.pause()
            assert "Hours Ltd (hours) · 3 of 10" in shown(app) and "$2,920 (730 hours, used or not)" in shown(app)
            await pilot.press("left", "left", "left", "left")
            await pilot.pause()
            assert "[one source]" in shown(app) and "single source, 2026-08-01 (112 days old, stale)" in shown(app)
            await pilot.press("escape")
            await pilot.pause()
            assert "$5,825 a month" in shown(app), "what was read last is marked"

    played(scene)


def test_a_closed_one_cannot_be_chosen_and_says_since_when(with_rows: Project) -> None:
    async def scene() -> None:
        async with wizard(with_rows, "where") as (app, pilot):
            await pilot.press("G", "enter", "enter")
            await pilot.pause()
            assert "Closed cannot be chosen" in shown(app) and "stopped in 2025" in shown(app)

    played(scene)
    assert chosen(with_rows) is None


def test_an_hourly_one_wants_its_name_typed_and_a_yes_to_what_leaves(with_rows: Project) -> None:
    async def scene() -> None:
        async with wizard(with_rows, "where") as (app, pilot):
            await pilot.press("j", "j", "enter", "enter")
            await pilot.pause()
            assert "Type hours" in shown(app) and "$2,920 a month" in shown(app)
            await pilot.press(*"ho", "enter")
            assert "'ho' is not 'hours'" in shown(app)
            await pilot.press(*typed("urs"), "enter")
            await pilot.pause()
            text = shown(app)
            assert "Your rows would leave this machine" in text and "11 rows" in text
            assert "us or eu, as chosen" in text and "zero retention" in text and "not found as of" in text
            await pilot.press("enter")
            await pilot.pause()
            assert "nothing was chosen" in shown(app) and chosen(with_rows) is None
            await pilot.press("enter", "enter", *"hours", "enter", "j", "enter")
            await pilot.pause()
            assert line(app, "Hours Ltd").startswith("> yes") and "4Where✓" in shown(app)

    played(scene)
    found = chosen(with_rows)
    assert found is not None and found.id == "hours" and found.consent["rows"] == "11"
    assert "where.choose" in with_rows.audit.read_text(encoding="utf-8")


def test_without_an_hour_or_an_end_nothing_is_typed(with_rows: Project) -> None:
    async def scene() -> None:
        async with wizard(with_rows, "where") as (app, pilot):
            await pilot.press("j", "enter", "enter", "j", "enter")
            await pilot.pause()
            assert "Next is free" in shown(app) or "4Where✓" in shown(app)
            with_rows.set("data", {"version": "v1"})
            await until(pilot, lambda: "written yes: stale; choose it again" in shown(app), "other data, other consent")
            await pilot.press("g", "enter", "enter")
            await settled(app, pilot)
            assert line(app, "This machine").startswith("> yes")

    played(scene)
    found = chosen(with_rows)
    assert found is not None and found.id == record.HERE


def test_without_rows_what_would_leave_cannot_be_said(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("j", "enter", "enter")
            await pilot.pause()
            assert "there is no data yet" in shown(app)

    played(scene)


def test_the_file_to_upload_is_written_by_the_command_and_shown(
    with_rows: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()

    async def scene() -> None:
        async with wizard(with_rows, "where") as (app, pilot):
            await pilot.press("e")
            assert "nothing is uploaded there" in shown(app)
            await pilot.press("enter", "e")
            await pilot.pause()
            assert "nothing is uploaded there" in shown(app)
            screen = app.screen
            assert isinstance(screen, where.WhereScreen)
            screen._mark("together")
            await pilot.press("e")
            await settled(app, pilot)
            assert "nothing was sent" in shown(app) and "Typed by you, there" in shown(app)

    played(scene)
    assert list((with_rows.exports / "upload-together").glob("train.jsonl"))


def test_mistakes_in_the_catalogue_are_listed_and_the_rest_holds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "bad.toml: provider: '\x1b]0;x\x07' is no name"
    monkeypatch.setattr(where, "for_project", lambda project, today: replace(MARKET, problems=(evil,)))

    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            assert "Left out of the catalogue for mistakes: 1" in shown(app) and "This machine" in shown(app)
            await pilot.press("g", "enter")
            await pilot.pause()
            assert "bad.toml: provider" in shown(app) and "\x1b" not in shown(app)

    played(scene)


def test_the_what_if_opens_for_the_marked_one_from_table_and_page(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def seen(project: Project, destination: str | None) -> Panel:
        asked.append(destination)
        return Panel("What if?", [])

    monkeypatch.setattr(whatif, "WhatIfScreen", seen)

    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("j", "c")
            await pilot.pause()
            assert "What if?" in shown(app)
            await pilot.press("escape", "j", "enter", "c")
            await pilot.pause()
            assert "What if?" in shown(app)

    played(scene)
    assert asked == ["tokens", "hours"]


@given(text=st.text(max_size=40), signs=st.sampled_from(["", " ~", " ~!", " *"]), size=st.integers(8, 40))
def test_a_cell_keeps_its_size_and_a_price_its_signs(text: str, signs: str, size: int) -> None:
    made = cell(text + signs, size)
    assert cell_len(made) == size and made.endswith(" ")
    assert signs in made and made.rstrip().endswith(signs.strip())
