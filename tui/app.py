"""The wizard: which screen is shown, in which theme, and the one command that runs in the background. No more."""

import asyncio
import importlib
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, cast

from rich.console import RenderableType
from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from engine import journey
from engine.duration import duration
from engine.errors import TunewrightError, UsageError, as_ours
from engine.project import Project
from engine.recent import keep_theme, left_at, remember
from engine.trace import unforeseen
from tui.difference import Frame, Sent
from tui.keys import EVERYWHERE, Key, bindings
from tui.messages import WorkEnded, WorkFailed, WorkProgressed
from tui.screens.ask import Choose
from tui.screens.panel import Panel, error_text
from tui.screens.step import StepScreen, blocked_text
from tui.screens.welcome import WelcomeScreen
from tui.terminal import THEMES
from tui.widgets.painted import Row, paragraphs, row
from tui.work import GRACE_S, Work

_TIDY_S = 2.0
KEYS = tuple(one for one in EVERYWHERE if one.action.startswith("app."))
"""They hold wherever one is: over a list, a panel, a question."""


class Wizard(App[str]):
    """Opens the list of projects, or `project` at the step where it was left, or at `step`."""

    CSS_PATH = "app.tcss"
    TITLE = "Tunewright"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(
        self,
        project: Project | None = None,
        step: str | None = None,
        *,
        ascii: bool = False,  # noqa: A002 - what it is
        theme: str = "textual-dark",
    ) -> None:
        super().__init__(ansi_color=theme.startswith("ansi"))
        self.project = project
        self.ascii = ascii
        self.work: Work | None = None
        self._owner: StepScreen | None = None
        self._sent = Sent()
        self._progress: WorkProgressed | None = None
        self._gives_way = False
        """Whether the command that runs was begun by nobody, and is dropped for one that somebody begins."""
        self._next: tuple[Sequence[str], StepScreen] | None = None
        """What waits until that has ended."""
        self._first_step = step
        self._first_theme = theme

    def on_mount(self) -> None:
        self.theme = self._first_theme
        self.animation_level = "none"
        self._end_politely()
        self.push_screen(WelcomeScreen())
        if self.project is not None:
            self.open(self.project, self._first_step)

    def _end_politely(self) -> None:
        # A hang-up is left to the kernel, which ends us at once, also where a shell had it ignored: no terminal is left
        # to tidy, and all was saved when it was decided.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)

    def _terminated(self) -> None:
        code = 128 + signal.SIGTERM
        self.exit(None, code)
        # Where the terminal is gone, tidying it can take for ever.
        asyncio.get_running_loop().call_later(_TIDY_S, os._exit, code)

    # Where we are.

    def open(self, project: Project, step: str | None = None) -> None:
        """Shows `project` at `step`, or where it was left, or at the first open gate."""
        self.project = project
        statuses = journey.read(project)
        waiting = next((one.step.key for one in statuses if one.open), list(journey.STEPS)[-1])
        there = journey.reachable(project, statuses)
        left = left_at(project)
        self.go(step or (left if left in there else None) or waiting)

    def go(self, step: str) -> None:
        """Shows a step."""
        assert self.project is not None
        remember(self.project, step)
        while len(self.screen_stack) > 2:
            self.pop_screen()
        module = importlib.import_module(f"tui.screens.{step}")
        self.push_screen(getattr(module, f"{step.title()}Screen")())

    def jump(self, step: str) -> None:
        """`go`, if the road allows it; else says what is in the way."""
        assert self.project is not None
        statuses = journey.read(self.project)
        if step in journey.reachable(self.project, statuses):
            self.go(step)
            return
        numbers = {one.step.key: f"{number} {one.step.key.title()}" for number, one in enumerate(statuses, start=1)}
        closed = next(one for one in statuses if one.open)
        self.say(f"{numbers[step]} waits for {numbers[closed.step.key]}: {journey.IN_SHORT[closed.blocking[0].item]}")

    def step_by(self, steps: int) -> None:
        """One step on or back; on only through an open gate."""
        assert isinstance(self.screen, StepScreen)
        keys = list(journey.STEPS)
        target = keys.index(self.screen.STEP) + steps
        if steps > 0 and self.screen.status is not None and self.screen.status.open:
            self.push_screen(Panel("What the next step needs", blocked_text(self.screen.status)))
        elif target >= len(keys):
            self.say("this is the last step; then look at real use, and start the next cycle at 2")
        elif target >= 0:
            self.jump(keys[target])

    def show_projects(self) -> None:
        """Back to the list of projects."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def leave(self) -> None:
        """Ends the wizard; a command in the background ends too, a run goes on."""
        if self.work is not None:
            self.work.cancel()
        self.exit(None)

    # What is said.

    def say(self, text: str) -> None:
        """A line in the place of the gate line, until the next key of a step."""
        if isinstance(self.screen, StepScreen):
            self.screen.say(text)
        else:
            self.push_screen(Panel("Tunewright", paragraphs(text)))

    def show_error(self, error: TunewrightError) -> None:
        """An error of the engine, with its hint; the screen below stays as it is."""
        self.push_screen(Panel("That did not work", error_text(str(error), error.hint)))

    def copy(self, text: str) -> None:
        """To the clipboard of the terminal in front of the person (OSC 52), and on the screen for those that refuse."""
        self.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self.say(f"copied: {text}")

    def palette(self, keys: Sequence[Key]) -> None:
        """Everything that can be done here, by name."""
        steps = [(f"step: {key}", f"jump({n})", one.asks) for n, (key, one) in enumerate(journey.STEPS.items(), 1)]
        acts = [(one.label, one.action, one.help) for one in keys if not one.action.startswith("jump(")]
        themes = [(f"theme: {name}", f"app.set_theme('{name}')", "colours of the whole wizard") for name in THEMES]
        every = [*acts, *steps, *themes]
        rows = [row((f"{label:<22}", "strong"), what) for label, _, what in every]
        screen = self.screen

        def chosen(number: int | None) -> None:
            if number is not None:
                self.call_later(self.run_action, every[number][1], screen)

        self.push_screen(Choose("Do what?", rows, typing=True), chosen)

    def action_set_theme(self, name: str) -> None:
        """Takes a theme, and keeps it for the next start."""
        keep_theme(name)
        self.theme = name

    def action_leave(self) -> None:
        self.leave()

    # Work in the background.

    def begin(self, command: Sequence[str], owner: StepScreen, *, gives_way: bool = False) -> None:
        """Starts a command for `owner`; one at a time. One that `gives_way` is dropped when another is begun."""
        assert self.project is not None
        if self.work is not None and self._gives_way and not gives_way:
            self._next = command, owner
            self.work.cancel()
            return
        if self.work is not None:
            raise UsageError(
                f"{' '.join(self.work.command[:2])} is still running, and nothing else was begun",
                hint="wait until it is done, or cancel it with esc; then do this again",
            )
        self.work, self._owner, self._progress = Work(self.project.root, tuple(command), self), owner, None
        self._gives_way = gives_way
        self._run_work(self.work)
        owner.show_gate()

    @work(group="work")
    async def _run_work(self, task: Work) -> None:
        await task.run()

    def working_row(self) -> Row | None:
        """What runs in the background and how far it is; None when nothing does."""
        if self.work is None:
            return None
        told = self._progress
        what = told.what if told else f"tunewright {' '.join(self.work.command[:2])}"
        of = f": {told.done:,.0f}" + (f" of {told.total:,.0f}" if told.total else "") if told else " …"
        left = f", {duration(told.eta_s)} left" if told and told.eta_s is not None else ""
        if self.work.cancelled:
            return row(("Cancelling: ", "strong"), f"{what}; it is ended after {GRACE_S:.0f} s at the latest")
        return row(("Working: ", "strong"), f"{what}{of}{left} · esc cancels")

    def on_work_progressed(self, message: WorkProgressed) -> None:
        self._progress = message
        if isinstance(self.screen, StepScreen):
            self.screen.show_gate()

    def on_work_ended(self, message: WorkEnded) -> None:
        ended, owner = self._work_is_over()
        if owner is not None and owner.is_attached:
            owner.finished(ended.command, message.document)
        self._reload()
        self._began_next()

    def on_work_failed(self, message: WorkFailed) -> None:
        self._work_is_over()
        self._reload()
        if self._began_next():
            return
        title = "Cancelled" if message.message == "cancelled" else "That did not work"
        self.push_screen(Panel(title, error_text(message.message, message.hint)))

    def _began_next(self) -> bool:
        if self._next is None:
            return False
        (command, owner), self._next = self._next, None
        if owner.is_attached:
            self.begin(command, owner)
        return True

    def _work_is_over(self) -> tuple[Work, StepScreen | None]:
        ended, owner = self.work, self._owner
        assert ended is not None
        self.work = self._owner = self._progress = None
        return ended, owner

    def _reload(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, StepScreen):
                screen.reload()

    # What is sent to the terminal.

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is None or self._batch_count or self._driver is None or self.is_headless:
            super()._display(screen, renderable)
            return
        sequence = self._sent.difference(self.screen._compositor.render_strips(), self.console)
        if sequence:
            super()._display(screen, cast(RenderableType, Frame(sequence)))
        else:
            self.post_display_hook()

    def on_resize(self) -> None:
        # After a storm that ends at the old size Textual paints nothing, and the terminal has cut off what it had.
        self.action_redraw()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Gives the terminal to another program, an editor; draws everything again afterwards."""
        failed: TunewrightError | None = None
        with super().suspend():
            # Textual 8.2.8 does not take the terminal back when an error passes through.
            try:
                yield
            except TunewrightError as error:
                failed = error
        self.action_redraw()
        if failed:
            raise failed

    def action_redraw(self) -> None:
        """Sends everything again."""
        self._sent.forget()
        self.refresh()

    # What nobody foresaw.

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except (TunewrightError, OSError) as error:
            self.show_error(as_ours(error))

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print a traceback with local variables; rows and keys may be among them.
        if self._exception is not None:
            # A consequence of the first one.
            return
        self._exception = error
        self._exception_event.set()
        said, hint = unforeseen(error)
        self.exit(f"tunewright: error: {said}\n  hint: {hint}", 1)
