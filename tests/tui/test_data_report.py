"""The report's lines and the rows behind them: places, texts, filter, copying, lengths, categories, checklist."""

from pathlib import Path

from engine.data.mapping import Mapping
from engine.data.report import Finding, saved_report
from engine.data.report_writing import writing_report
from engine.project import Project
from tests.tui.hub import ROWS, answered, chat, imported, marked, opened, read, reported, top, written
from tests.tui.pilot import played, screen_text, settled, shown, typed, until, wizard
from tui.widgets.lines import Lines


def test_a_record_that_was_left_out_is_shown_with_its_place_its_text_and_what_mends_it(
    project: Project, tmp_path: Path
) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, '{"messages": [broken', chat("", "Nobody asked.")])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "left out: not valid JSON")
            assert "rows.jsonl:13" in marked(app, "#list")
            assert "What to do: " in shown(app)
            await read(app, pilot, "enter")
            assert '{"messages": [broken' in shown(app), "as it stands in the file"
            await pilot.press("escape", "escape")
            await opened(app, pilot, "Import")
            assert top(app).startswith("Left out: 2 · 1 of 2")

    played(scene)


def test_a_warning_shows_the_row_itself_and_pages_to_the_next(project: Project, tmp_path: Path) -> None:
    rows = [*ROWS, chat("Where is {{parcel}}?"), chat("And {{parcel}} two?", "It is lost.", customer="c 7")]
    reported(project, tmp_path / "rows.jsonl", rows)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "placeholder")
            assert "rows.jsonl:13" in marked(app, "#list") and "{{parcel}}" in marked(app, "#list")
            await read(app, pilot, "enter")
            assert "Where is {{parcel}}?" in shown(app)
            await read(app, pilot, "n")
            assert "It is lost." in shown(app) and "customer: c 7" in shown(app)
            await read(app, pilot, "n")
            assert "Where is {{parcel}}?" in shown(app), "round and round"
            await read(app, pilot, "p", "escape")
            assert "rows.jsonl:14" in marked(app, "#list"), "the list stands where one was"

    played(scene)


def test_a_list_is_filtered_copied_explained_and_left(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, *(chat(f"Where is {{{{n{at}}}}}?") for at in range(12))])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "placeholder")
            await read(app, pilot, "slash", *"n1")
            assert top(app).endswith("1 of 3 · of 12 by the filter"), "n1, n10, n11"
            await pilot.press("enter", "j", "y")
            assert "copied: rows.jsonl:23: " in shown(app)
            await pilot.press("question_mark")
            assert "Each line is one place" in shown(app) and "Keys here" in shown(app)
            await pilot.press("escape")
            await read(app, pilot, "escape")
            assert "of 12" in top(app), "the first esc ends the filter"
            await read(app, pilot, "slash", *"zebra", "enter")
            assert "nothing is like that" in shown(app)
            await pilot.press("enter", "y")
            await read(app, pilot, "escape", "escape")
            assert "placeholder" in marked(app)

    played(scene)


def test_a_hundred_thousand_places_open_at_once(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROWS)
    many = 100_000
    found = Finding("placeholder", "warning", "placeholder", "fill it in", 0)
    report = saved_report(project)
    assert report
    with writing_report(project.report_folder("v1")) as (writer, document):
        for number in range(many):
            writer.add(found, [number % 12], f"rows.jsonl:{number + 1}", f"holds {{{{{number}}}}}")
        document |= writer.finish(report.facts)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "placeholder")
            kept = app.screen.query_one("#list", Lines).rows._kept  # type: ignore[attr-defined]
            assert len(kept) < 100, "only what is on the screen is read"
            await pilot.press("G")
            assert f"rows.jsonl:{many}" in marked(app, "#list")
            assert len(kept) < 100
            await read(app, pilot, "slash", *typed("{99999}"), "enter")
            await until(pilot, lambda: "1 of 1 " in top(app), "the filter has looked at all of them")
            assert "rows.jsonl:100000" in marked(app, "#list")

    played(scene)


def test_lengths_lead_to_the_rows_that_would_be_cut(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, chat("So long: " + "a word or two " * 150)])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Token lengths")
            assert "max length 256" in " ".join(marked(app, "#list").split())
            assert "1 rows lose their end (7.7%)" in marked(app, "#list")
            assert "estimate" in shown(app)
            await pilot.press("enter")
            assert "rows.jsonl:13" in marked(app, "#list")
            assert "521 tokens" in shown(app)
            await pilot.press("escape", "G", "enter")
            assert "no row has more than 1,024 tokens" in shown(app)

    played(scene)


def test_categories_say_what_is_missing_and_lead_to_their_rows(project: Project, tmp_path: Path) -> None:
    rows = [{**one, "topic": "parcel"} for one in ROWS] + [chat("How much is it?", "Ten euros.", topic="price")]
    reported(project, tmp_path / "rows.jsonl", rows, Mapping(category="topic"))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Enough rows?")
            assert "! parcel" in marked(app, "#list") and "=" * 16 in marked(app, "#list")
            await pilot.press("j")
            assert "49 unlike examples are missing to the minimum of 50" in shown(app)
            assert "very uneven" in shown(app)
            await pilot.press("enter")
            assert top(app).startswith("price: 1 rows")
            assert "How much is it?" in marked(app, "#list")

    played(scene)


def test_the_checklist_leads_to_where_something_can_be_done(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, ROWS[0]])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Checklist")
            states = {screen_text(app)[at][:12].strip() for at in range(2, 15)}
            assert states == {"PASS", "FAIL", "NOT CHECKED"}
            for words, leads in (("no row stands twice", "Duplicates · 1 of 1"), ("licence", "Under which licence")):
                lines = app.screen.query_one("#list", Lines)
                lines.move_to(next(at for at, one in enumerate(lines.rows) if words in one[1][0]))
                await pilot.press("enter")
                await pilot.pause()
                assert leads in shown(app)
                await pilot.press("escape")
            await pilot.press("g", "enter")
            assert "there is nothing to open for this one" in shown(app)

    played(scene)


def test_repairs_are_offered_and_made_by_importing_again(project: Project, tmp_path: Path) -> None:
    twice = chat("Hello?")
    twice["messages"].insert(0, {"role": "user", "content": "Anybody?"})
    reported(project, tmp_path / "rows.jsonl", [*ROWS, twice])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Repairs")
            await settled(app, pilot)
            assert "Is this right?" in shown(app)
            await pilot.press("r", "j", "enter", "g", "enter")
            await settled(app, pilot)
            await pilot.press("y")
            await settled(app, pilot)
            assert "v2 (import, 13 rows)" in shown(app)

    played(scene)


def test_benchmarks_are_compared_and_their_rows_shown(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, chat("Which planet of the sun has the most moons by now?")])
    bench = tmp_path / "bench.txt"
    bench.write_text("Which planet of the sun has the most moons by now?\nWho wrote Faust?\n", encoding="utf-8")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Contamination")
            await pilot.press("j", "enter")
            await answered(pilot, str(bench))
            await pilot.press("g", "enter")
            await settled(app, pilot)
            assert "1 rows are known from it" in shown(app)
            await pilot.press("escape")
            assert "! Contamination 1 rows are known from bench" in shown(app)
            await opened(app, pilot, "Contamination")
            await pilot.press("enter")
            assert "rows.jsonl:13" in marked(app, "#list") and "exact" in marked(app, "#list")

    played(scene)


def test_versions_are_listed_with_what_made_them(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROWS)
    imported(project, written(tmp_path / "rows.jsonl", ROWS[:5]))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Versions")
            assert "> v2 import" in " ".join(marked(app, "#list").split())
            await pilot.press("j")
            assert "v1 import 12 rows" in " ".join(marked(app, "#list").split())
            await pilot.press("x")
            assert "Delete the rows of old versions" in shown(app)

    played(scene)
