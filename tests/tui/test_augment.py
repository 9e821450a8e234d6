"""Made-up rows by keyboard: a look first, candidates, their verdicts, the new version; models asked over HTTP."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from textual.pilot import Pilot
from textual.widgets import Input
from werkzeug import Request, Response

from engine.augment.candidates import candidates
from engine.augment.endpoint import endpoint
from engine.data.adopt import current
from engine.project import Project
from engine.reviewers import kept_queue
from tests.tui.pilot import played, screen_text, settled, shown, wizard
from tests.unit.made_rows import chat, decide, imported_project, question, rows, split_project
from tui.app import Wizard
from tui.screens.augment import AugmentScreen
from tui.screens.review import ReviewScreen
from tui.widgets.lines import Lines

ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]"
Scene = Callable[[Wizard, Pilot[str]], Awaitable[None]]


def played_on(project: Project, act: Scene, size: tuple[int, int] = (80, 24)) -> None:
    """Plays `act` on the screen of made-up rows."""

    async def scene() -> None:
        async with wizard(project, "data", size) as (app, pilot):
            app.push_screen(AugmentScreen())
            await pilot.pause()
            await act(app, pilot)

    played(scene)


async def pressed(app: Wizard, pilot: Pilot[str], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(app, pilot)


async def answered(app: Wizard, pilot: Pilot[str], text: str) -> None:
    """Answers the question that is open."""
    app.screen.query_one(Input).value = text
    await pressed(app, pilot, "enter")


def line(app: Wizard, name: str) -> str:
    return next(one for one in screen_text(app) if one.startswith(name))


async def marked(app: Wizard, pilot: Pilot[str], name: str) -> None:
    """Moves the mark to the line that begins so, by keys."""
    lines = app.screen.query_one("#methods", Lines)
    while not "".join(text for text, _ in lines.rows[lines.cursor]).startswith(name):
        await pilot.press("down")


def test_rows_are_looked_at_made_read_applied_and_taken_out_by_keys_alone(project: Project) -> None:
    split_project(project)

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await marked(app, pilot, "rules")
        assert "English only" in shown(app)
        await pressed(app, pilot, "enter")
        assert "Which rules?" in shown(app)
        await pressed(app, pilot, "enter")
        await answered(app, pilot, "none")
        assert "none is no number of rows" in shown(app)
        await answered(app, pilot, "6")
        assert "Would make 6 candidates; 0 are there." in shown(app) and "answer stays" in shown(app)
        assert list(candidates(project)) == []
        await pressed(app, pilot, "y")
        assert "6 of 6 candidates made" in shown(app)
        await pressed(app, pilot, "escape")
        assert line(app, "rules").split() == ["rules", "6", "0", "6", "0", "0", "0"]
        for row in [*candidates(project)][:4]:
            decide(project, row.id, "accept")
        assert isinstance(app.screen, AugmentScreen)
        app.screen.look()
        await pilot.pause()
        assert line(app, "rules").split() == ["rules", "6", "0", "2", "4", "0", "0"]
        assert "4 of 4 read were approved as they were made: 100%" in shown(app)
        await pressed(app, pilot, "a")
        assert "4 added" in shown(app) and "split proof passed" in shown(app)
        await pressed(app, pilot, "escape")
        assert "4 in the data since the last apply" in shown(app)
        await pressed(app, pilot, "x", "down", "enter")
        assert "4 dropped" in shown(app)
        await pressed(app, pilot, "escape", "r")
        assert isinstance(app.screen, ReviewScreen)

    played_on(project, act)
    assert kept_queue(project) == "candidates"
    assert not any(row.provenance for row in current(project).rows())


def test_before_the_split_the_reason_is_said_and_nothing_is_made(project: Project) -> None:
    imported_project(project)

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        assert "the data is not split yet: made-up rows come from train alone" in shown(app)
        await pressed(app, pilot, "enter")
        assert "split the data first" in shown(app)
        for key, said in (
            ("r", "no candidate is there to read"),
            ("a", "no candidate is approved yet"),
            ("x", "no made-up"),
        ):
            await pressed(app, pilot, key)
            assert said in shown(app)
        await pressed(app, pilot, "escape")
        assert not isinstance(app.screen, AugmentScreen)

    played_on(project, act)


def test_a_method_without_its_endpoint_asks_for_it_and_stores_no_key(project: Project) -> None:
    split_project(project)

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await marked(app, pilot, "synthetic")
        assert "Not ready: no endpoint is configured" in shown(app)
        await pressed(app, pilot, "enter")
        await answered(app, pilot, "localhost")
        assert "is no address of an endpoint" in shown(app)
        await answered(app, pilot, "http://localhost:8000/v1")
        await answered(app, pilot, "tiny")
        await answered(app, pilot, "sk-this-is-a-key")
        assert "is no name of one" in shown(app)
        await answered(app, pilot, "MY_KEY")
        await pressed(app, pilot, "escape")
        assert line(app, "Endpoint").split(maxsplit=1)[1].strip() == "tiny at localhost:8000"
        assert "Not ready: the environment variable MY_KEY holds no key" in shown(app)

    played_on(project, act)
    stored = endpoint(project)
    assert stored and stored.key_env == "MY_KEY" and "sk-this" not in project.settings_file.read_text(encoding="utf-8")


def test_what_would_be_sent_is_shown_and_what_hostile_models_say_harms_nothing(
    project: Project, httpserver: HTTPServer
) -> None:
    split_project(project, [*rows(40), *(chat(question(800 + n), f"It is {ATTACK}.", queue="GATE") for n in range(12))])

    def answer(request: Request) -> Response:
        asked = json.loads(request.get_data())["messages"][-1]["content"].removeprefix("<<<\n").removesuffix("?\n>>>")
        text = json.dumps({"text": f"I have to tell you about this thing of mine: {asked} {ATTACK}"})
        body = {"choices": [{"message": {"role": "assistant", "content": text}}]}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(answer)
    project.set("augment", {"endpoint": httpserver.url_for("/v1"), "model": f"m{ATTACK}"})

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await marked(app, pilot, "paraphrase")
        await pressed(app, pilot, "enter")
        await answered(app, pilot, "2")
        assert "Sends up to 4 train rows" in shown(app) and "which is this machine" in shown(app)
        assert "You rewrite messages" in shown(app)
        await pressed(app, pilot, "y")
        assert "0 of 2 candidates made" in shown(app) and "a terminal obeys" in shown(app)
        await pressed(app, pilot, "escape")
        assert all(mark not in text for text in screen_text(app) for mark in ("\x1b", "\x9b"))
        assert line(app, "paraphrase").split()[:3] == ["paraphrase", "0", "4"]

    played_on(project, act)


def test_rows_leave_this_machine_only_after_a_typed_yes(project: Project) -> None:
    split_project(project)
    project.set("augment", {"endpoint": "https://models.invalid/v1", "model": "big"})

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await marked(app, pilot, "paraphrase")
        await pressed(app, pilot, "enter")
        await answered(app, pilot, "3")
        assert "Leaves this machine: up to 6 train rows" in shown(app) and "for models.invalid" in shown(app)
        assert "How long they are kept there is not known; so is the price." in shown(app)
        await pressed(app, pilot, "y")
        assert "May these rows leave this machine?" in shown(app)
        await answered(app, pilot, "y")
        assert "that is not yes" in shown(app)
        await pressed(app, pilot, "escape")
        assert isinstance(app.screen, AugmentScreen)

    played_on(project, act)
    assert "consent" not in project.audit.read_text(encoding="utf-8")


def test_a_look_at_templates_that_cannot_be_read_is_an_error_with_its_place(project: Project, tmp_path: Path) -> None:
    split_project(project)
    (tmp_path / "slots.toml").write_text("[values\n", encoding="utf-8")

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await pressed(app, pilot, "enter", "down", "enter")
        await answered(app, pilot, str(tmp_path / "none.toml"))
        assert "no such file" in shown(app)
        await answered(app, pilot, str(tmp_path / "slots.toml"))
        await answered(app, pilot, "10 %")
        assert "That did not work" in shown(app) and "not a file of templates" in shown(app)

    played_on(project, act)


def test_it_fits_a_small_terminal_and_hostile_candidates_are_shown_harmless(project: Project) -> None:
    split_project(project)
    evil: dict[str, Any] = {"method": f"rules{ATTACK}", "parent_id": "x", "generator": ATTACK, "seed": 0, "variant": 0}
    project.augment.mkdir()
    (project.augment / "refused.jsonl").write_text(
        json.dumps({**evil, "method": "rules", "reason": ATTACK, "message": ATTACK}) + "\n" + json.dumps(evil) + "\n",
        encoding="utf-8",
    )

    async def act(app: Wizard, pilot: Pilot[str]) -> None:
        await marked(app, pilot, "rules")
        assert all(mark not in text for text in screen_text(app) for mark in ("\x1b", "\x9b", "\x07"))
        await pressed(app, pilot, "question_mark")
        assert shown(app).startswith("Help rules: ")

    for size in ((80, 24), (60, 16), (40, 10)):
        played_on(project, act, size)
