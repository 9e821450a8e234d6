"""What is sent turns one frame into the next, and no more than that: a terminal emulator is the judge."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.difference import Sent

WIDTH, HEIGHT = 20, 4
STYLES = [Style.parse(text) for text in ("none", "bold", "reverse", "red", "bold red on blue", "dim underline")]
CHARACTERS = st.sampled_from("ab ▁⣿é机🙂x")


def strip_of(pieces: list[tuple[str, Style]]) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces]).adjust_cell_length(WIDTH, STYLES[0])


frames = st.lists(
    st.lists(st.tuples(st.text(CHARACTERS, max_size=8), st.sampled_from(STYLES)), max_size=5).map(strip_of),
    min_size=HEIGHT,
    max_size=HEIGHT,
)


def shown(screen: pyte.Screen) -> list[list[tuple[str, str, str, bool, bool]]]:
    cells = [[screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]
    return [[(one.data, one.fg, one.bg, one.bold, one.reverse) for one in row] for row in cells]


def drawn(sequences: list[str]) -> pyte.Screen:
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed("".join(sequences))
    return screen


@given(st.lists(frames, min_size=2, max_size=5))
def test_differences_add_up_to_what_drawing_anew_shows(steps: list[list[Strip]]) -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    sent = Sent()
    sequences = [sent.difference(frame, console) for frame in steps]
    anew = Sent().difference(steps[-1], console)
    assert shown(drawn(sequences)) == shown(drawn([anew]))


@given(frames)
def test_an_equal_frame_sends_nothing(frame: list[Strip]) -> None:
    console = Console(color_system="truecolor")
    sent = Sent()
    sent.difference(frame, console)
    again = [Strip(list(one)) for one in frame]
    assert sent.difference(again, console) == ""


def test_one_changed_cell_costs_one_cell() -> None:
    console = Console(color_system="truecolor")
    sent = Sent()
    rows = [strip_of([("abcdefghij", STYLES[0])])] * HEIGHT
    sent.difference(rows, console)
    changed = [*rows[:2], strip_of([("abcdXfghij", STYLES[0])]), rows[3]]
    assert sent.difference(changed, console) == "\x1b[3;5HX"


def test_a_screen_of_another_height_is_drawn_anew() -> None:
    console = Console(color_system="truecolor")
    sent = Sent()
    rows = [strip_of([("abc", STYLES[0])])] * HEIGHT
    sent.difference(rows, console)
    assert sent.difference(rows[:2], console).count("abc") == 2
    sent.forget()
    assert sent.difference(rows[:2], console).count("abc") == 2
