"""A row as the trainer will see it, at a key."""

from pathlib import Path

import pytest

from engine.data.adopt import current
from engine.durable import append_line
from engine.project import Project
from engine.tokens_seen import reading
from tests.tui.desk import desk
from tests.tui.pilot import played, shown, until, wizard
from tui.screens.tokens import TokensScreen


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return desk(tmp_path / "desk", "review", monkeypatch)


def test_each_run_of_tokens_stands_under_what_becomes_of_it(project: Project) -> None:
    example = current(project).row(0)
    pieces = [("read", "<|user|>Where?", 4), ("learned", "Here<|end|>", 2), ("cut", "beyond", 1)]
    folder = project.tokens / reading(project).key
    folder.mkdir(parents=True)
    append_line(folder / "seen.jsonl", {"row": example.id, "pieces": pieces})

    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            app.push_screen(TokensScreen(example))
            await pilot.pause()
            text = shown(app)
            assert "7 tokens: 2 learned, 4 read, 1 CUT OFF" in text
            assert "read, not learned · 4 tokens <|user|>Where? learned · 2 tokens Here<|end|> CUT OFF" in text
            assert "every turn of the assistant; no plan sets a longest row yet" in text
            await pilot.press("t")
            await pilot.pause()
            assert "CUT OFF" not in shown(app)

    played(scene)


def test_a_row_that_was_never_looked_at_is_made_by_the_worker(project: Project) -> None:
    example = current(project).row(0)

    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            app.push_screen(TokensScreen(example))
            await pilot.pause()
            assert "a few seconds" in shown(app)
            await until(pilot, lambda: "learned, " in shown(app), "the tokens are there")
            assert f"{example.answer}<|im_end|>" in shown(app)

    played(scene)


def test_the_plan_shows_a_row_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = desk(tmp_path / "planned", "baseline", monkeypatch)
    example = next(current(planned).rows("train"))
    folder = planned.tokens / reading(planned).key
    folder.mkdir(parents=True)
    append_line(folder / "seen.jsonl", {"row": example.id, "pieces": [("learned", "Here<|end|>", 2)]})

    async def scene() -> None:
        async with wizard(planned, "plan") as (app, pilot):
            await pilot.press("t")
            await pilot.pause()
            assert "2 tokens: 2 learned" in shown(app) and "longest row: 256 tokens" in shown(app)

    played(scene)


def test_a_model_that_is_gone_is_said(project: Project) -> None:
    with project.changing("test"):
        project.set("model", {"path": "/nowhere"})

    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            app.push_screen(TokensScreen(current(project).row(0)))
            await pilot.pause()
            assert "has no chat template" in shown(app)

    played(scene)
