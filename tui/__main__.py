"""The `tunewright` command: opens the wizard where a person wants to see something, else runs the command.

Textual is imported only when the wizard opens.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.project import Project

_WIZARD_FLAGS = ("--theme", "--no-mouse", "--project")
_WITH_VALUE = ("--theme", "--project", "--queue", "--reviewer")
_COMMAND_FLAGS = {"--plain", "--headless", "--json", "-h", "--help", "--version"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the wizard or one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _wizard_options(given)
    if options is None:
        from engine.cli import main as command

        return command(given)
    from engine.cli import guarded

    return guarded(lambda: _wizard(options))


def _wizard_options(given: Sequence[str]) -> Sequence[str] | None:
    """The arguments, where they ask for the wizard; None where they name a command."""
    flag_first = not given or given[0].split("=")[0] in _WIZARD_FLAGS
    wanted = (flag_first or given[0] in ("review", "demo")) and not _names_a_command(given)
    return given if wanted and not _COMMAND_FLAGS & {*given} else None


def _names_a_command(given: Sequence[str]) -> bool:
    """Whether a word stands there that is neither ours nor the value of one of our flags."""
    values = {given[at + 1] for at, one in enumerate(given[:-1]) if one in _WITH_VALUE}
    return any(not one.startswith("-") and one not in (*values, "review", "demo") for one in given)


def _wizard(given: Sequence[str]) -> int:
    from tui.terminal import look_at_terminal

    options = _parsed(given)
    terminal = look_at_terminal()
    if terminal.refusal:
        return _plainly(options, terminal.refusal)
    return _open(options, terminal.ascii, options.theme or terminal.theme)


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    """Raises UsageError for a flag or value that does not fit."""
    from engine.errors import UsageError
    from engine.review.verdicts import QUEUES
    from engine.reviewers import checked_name
    from tui.terminal import THEMES

    parser = argparse.ArgumentParser(prog="tunewright", add_help=False, exit_on_error=False)
    parser.add_argument("what", nargs="?", choices=("review", "demo"))
    parser.add_argument("--project", type=Path)
    parser.add_argument("--no-mouse", action="store_true")
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--queue", choices=QUEUES)
    parser.add_argument("--reviewer", type=checked_name)
    try:
        options, unknown = parser.parse_known_args(given)
    except argparse.ArgumentError as error:
        raise UsageError(str(error), hint="see `tunewright --help`") from error
    if unknown:
        raise UsageError(f"not understood: {' '.join(unknown)}", hint="see `tunewright --help`")
    return options


def _plainly(options: argparse.Namespace, refusal: str) -> int:
    """Without a screen: review goes on line by line, all else says which way is open. Raises UsageError."""
    from engine.cli import main as command
    from engine.errors import UsageError

    if options.what == "review":
        given = {"--project": options.project, "--queue": options.queue, "--reviewer": options.reviewer}
        flags = [part for flag, value in given.items() if value is not None for part in (flag, str(value))]
        return command(["review", "--plain", *flags])
    way = "every step is a command: tunewright --help; decide --plain and review --plain ask line by line"
    raise UsageError(refusal, hint="tunewright demo --headless" if options.what == "demo" else way)


def _open(options: argparse.Namespace, ascii_only: bool, theme: str) -> int:
    # Read by Textual when it is imported: motion costs bytes and says nothing.
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ.setdefault("ESCDELAY", "50")
    from engine.safe_text import one_line
    from tui.app import Wizard

    project = _project(options)
    _remember(project, options)
    wizard = Wizard(project, "review" if options.what == "review" else None, ascii=ascii_only, theme=theme)
    said = wizard.run(mouse=not options.no_mouse)
    if said:
        print(said, file=sys.stderr)
    elif wizard.project is not None:
        print(f"all is kept in {one_line(wizard.project.root)}; come back with: tunewright", file=sys.stderr)
    return wizard.return_code or 0


def _remember(project: "Project | None", options: argparse.Namespace) -> None:
    """Who reads, and which queue: as the person has said, now and until somebody says otherwise."""
    from engine.reviewers import keep_queue, keep_reader

    if options.reviewer:
        keep_reader(options.reviewer)
    if project is not None and options.queue:
        keep_queue(project, options.queue)


def _project(options: argparse.Namespace) -> "Project | None":
    """The project to open at once; None shows the list."""
    from engine.project import Project
    from engine.sample import sample_again

    if options.what == "demo":
        return sample_again(options.project)
    if options.project is not None or options.what == "review":
        return Project.open(options.project or Path())
    return Project.open(Path()) if Path("project.toml").is_file() else None


if __name__ == "__main__":
    sys.exit(main())
