"""The wizard without a terminal, driven by keys: what a person would see is what tests look at."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from engine.project import Project
from tui.app import Wizard

LIMIT_S = 30.0


def played(scene: Callable[[], Awaitable[None]]) -> None:
    """Runs one scene to its end."""
    asyncio.run(scene())  # type: ignore[arg-type]


@asynccontextmanager
async def wizard(
    project: Project | None = None, step: str | None = None, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[Wizard, Pilot[str]]]:
    """The wizard at `step` of `project`, whether or not the road leads there yet, 80x24."""
    app = Wizard(project, step, **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def screen_text(app: Wizard) -> list[str]:
    """The rows of the screen, as characters."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def shown(app: Wizard) -> str:
    """The whole screen with its line breaks and runs of spaces as single spaces: text is found wherever it wraps."""
    return " ".join(" ".join(screen_text(app)).split())


def typed(text: str) -> list[str]:
    """The keys of `text`, as pilot names them."""
    return ["space" if one == " " else one for one in text]


async def settled(app: Wizard, pilot: Pilot[str]) -> None:
    """Waits until no command runs in the background and every message is handled."""
    await until(pilot, lambda: app.work is None, "the command ended")
    await pilot.pause()


async def until(pilot: Pilot[str], condition: Callable[[], bool], what: str) -> None:
    """Polls `condition`, handling messages in between."""
    limit = asyncio.get_running_loop().time() + LIMIT_S
    while not condition():
        assert asyncio.get_running_loop().time() < limit, what
        await pilot.pause(0.02)
