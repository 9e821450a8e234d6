"""`python -m tests.benchmarks.whatif_keys`: a lever's key to the last repainted byte through a pty, 20,000 draws on."""

import tempfile
from pathlib import Path

from engine.project import Project
from tests.benchmarks.review import show
from tests.tui.terminal import Answer, Terminal
from tests.tui.test_whatif_budget import at_where

SIZES = ((80, 24), (120, 36))
QUIET_S = 0.15
"""The simulation's figures come within that time after the others."""


def measured(terminal: Terminal, what: str, keys: tuple[str, ...], count: int) -> None:
    """Each key after the answer to the last one is at rest: its last byte is the last figure of the simulation."""
    answers: list[Answer] = [terminal.answer_to(keys[at % len(keys)], quiet_s=QUIET_S) for at in range(count)]
    show(f"{what}: key to last byte", [1000 * one.seconds for one in answers], "ms")
    show(f"{what}: bytes", [float(len(one.raw)) for one in answers], "B")
    print(f"{what}: most bytes {max(len(one.raw) for one in answers):,}", flush=True)


def main(count: int = 60) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for columns, rows in SIZES:
            size = f"{columns}x{rows}"
            with at_where(Project.create(Path(folder) / size), (columns, rows)) as terminal:
                terminal.first_frame("Where")
                opening = terminal.answer_to("c")
                print(f"{size}: opened {1000 * opening.seconds:,.0f} ms, {len(opening.raw):,} B", flush=True)
                measured(terminal, f"{size}, requests a month", ("right", "right", "left"), count)
                measured(terminal, f"{size}, undo", ("right", "u"), count)
                measured(terminal, f"{size}, mark moves", ("down", "up"), count)
                storm = terminal.answer_to(*["right", "left"] * 50)
                print(f"{size}: storm of 100 keys {1000 * storm.seconds:,.0f} ms, {len(storm.raw):,} B", flush=True)
                print(f"{size}: memory {terminal.rss() / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
