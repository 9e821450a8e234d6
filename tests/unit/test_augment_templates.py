"""Slots and rules: what is exchanged, what stays, and what is refused with its place."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.augment.candidates import candidates
from engine.augment.checks import Made
from engine.augment.found import differing, find_slots
from engine.augment.job import open_job
from engine.augment.kept import numbers
from engine.augment.lot import Lot
from engine.augment.making import make
from engine.augment.methods import find_method
from engine.augment.order import Order
from engine.augment.reasons import Refusal
from engine.augment.rules import RULES, Rules
from engine.augment.slots import cut, cut_at, fill, matched
from engine.augment.source import open_source
from engine.augment.templates import read_templates
from engine.data.mapping import Mapping
from engine.data.rows import Row, row_id
from engine.errors import UsageError
from engine.project import Project
from tests.unit.made_rows import chat, rows, split_project, word


def row(asked: str, answer: str = "BENCH") -> Row:
    turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
    return Row(row_id(turns, None), turns, {}, {"file": "x", "line": 1, "byte": 0}, [])


def templates(folder: Path, text: str) -> Path:
    path = folder / "slots.toml"
    path.write_text(text, encoding="utf-8")
    return path


FILE = """
[values]
city = ["Bern", "Cork", "Porto"]
order = ["60694", "52671"]

[[template]]
prompt = "Where is order {order}? I live in {city}."
answer = '{"order": "{order}", "city": "{city}"}'
"""


def test_a_template_fills_its_slots_and_leaves_other_braces(tmp_path: Path) -> None:
    read = read_templates(templates(tmp_path, FILE), Mapping())
    parent = row("Where is order 11111? I live in Turin.", '{"order": "11111", "city": "Turin"}')
    found = {read.of(parent, 0, Lot(number)).messages[-1]["content"] for number in range(40)}  # type: ignore[union-attr]
    assert found == {
        f'{{"order": "{order}", "city": "{city}"}}'
        for order in ("60694", "52671")
        for city in ("Bern", "Cork", "Porto")
    }
    made = read.of(parent, 0, Lot(0))
    assert isinstance(made, Made) and set(made.swapped) <= {"11111", "Turin"}
    assert read.of(row("Where is order 11111? I live in Turin!"), 0, Lot(0)) is None


def test_a_template_without_an_answer_keeps_the_parents_and_refuses_one_that_names_the_value(tmp_path: Path) -> None:
    text = '[values]\ncity = ["Bern", "Cork"]\n[[template]]\nprompt = "I live in {city}."\n'
    read = read_templates(templates(tmp_path, text), Mapping())
    made = read.of(row("I live in Turin.", "noted"), 0, Lot(1))
    assert isinstance(made, Made) and made.messages[-1]["content"] == "noted" and made.same_answer
    assert isinstance(read.of(row("I live in Turin.", "Turin it is"), 0, Lot(1)), Refusal)


def test_a_template_of_a_category_takes_its_rows_as_parents(project: Project, tmp_path: Path) -> None:
    text = """
        [values]
        thing = ["lamp", "drill", "saw"]
        [[template]]
        category = "LEDGER"
        prompt = "The bill that you sent me for the {thing} is far too high, and I want to know why."
        answer = '{"queue": "LEDGER", "city": "{thing}"}'
    """
    split_project(project)
    make(project, Order(find_method("template"), count=3, templates=templates(tmp_path, text)))
    made = list(candidates(project))
    assert 0 < len(made) <= 3
    by_id = {one.id: one for one in open_source(project).version.rows("train")}
    assert {by_id[one.parent or ""].meta["queue"] for one in made} == {"LEDGER"}
    assert all("far too high" in one.messages[0]["content"] for one in made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[values", "not a file of templates"),
        ("", "names no slot"),
        ('[values]\ncity = ["a"]', "expected two texts"),
        ('[values]\ncity = ["a", 3]', "expected two texts"),
        ('[values]\n"a b" = ["a", "b"]', "expected two texts"),
        ('[values]\ncity = ["a", "b"]', r"no \[\[template\]\]"),
        ('[values]\ncity = ["a", "b"]\n[[template]]\nprompt = "no slot"', "has no slot"),
        ('[values]\ncity = ["a", "b"]\n[[template]]\nprompt = "{town}"', r"slot \{town\} has no values"),
        ('[values]\ncity = ["a", "b"]\n[[template]]\nprompt = "{city}{city}"', "side by side"),
        ('[values]\ncity = ["a", "b"]\n[[template]]\nprompt = "{city}"\nextra = "x"', "and no others"),
        ('[values]\nc = ["a", "b"]\nx = ["a", "b"]\n[[template]]\nprompt = "{c}"\nanswer = "{x}"', "prompt has not"),
        ('[values]\ncity = ["a", "b"]\n[[template]]\nprompt = "{city}"\ncategory = "X"', "needs rows with categories"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_of_templates_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read_templates(templates(tmp_path, text), Mapping())
    assert refused.value.where and refused.value.hint
    with pytest.raises(UsageError, match="no such file"):
        read_templates(tmp_path / "none.toml", Mapping())


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=12)


@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=4), _TEXT)
def test_what_a_template_makes_it_also_fits(parts: list[tuple[str, str]], end: str) -> None:
    values = {f"s{number}": value for number, (_, value) in enumerate(parts)}
    assume(all(values.values()))
    template = "".join(f"{text}{{s{number}}}" for number, (text, _) in enumerate(parts)) + end
    pieces = cut(template, values)
    made = fill(pieces, values)
    side_by_side = any(not text for text, _ in parts[1:])
    found = matched(pieces, made)
    if not side_by_side:
        # A value may hold the text that follows it; what is found still makes the same question.
        assert found is None or fill(pieces, found) == made
        if all(text not in value for text, _ in [*parts[1:], (end, "")] if text for value in values.values()) and end:
            assert found is not None


@given(st.text(max_size=60), st.text("abc", min_size=1, max_size=3), st.text("xyz", min_size=1, max_size=3))
def test_a_value_is_exchanged_only_where_it_stands_whole(text: str, old: str, new: str) -> None:
    pieces = cut_at(text, {old: old})
    assert fill(pieces, {old: old}) == text
    assert fill(pieces, {old: new}).count(new) >= sum(is_slot for is_slot, _ in pieces)


def test_a_template_of_many_slots_is_matched_in_no_time() -> None:
    pieces = cut("a{x}a{y}a{z}b", ["x", "y", "z"])
    assert matched(pieces, "a" * 200_000) is None


def test_slots_are_found_where_values_are_copied_into_the_answer(project: Project) -> None:
    split_project(project)
    found = find_slots(open_source(project))
    assert sorted(found.members) == ["city"] and len(found.members["city"]) == 6


def test_slots_are_found_where_rows_differ_in_a_few_words(project: Project) -> None:
    where = {number: f"from {word(number)} to {word(number, 1)} {word(number, 2)}" for number in range(12)}
    frames = [
        chat(f"I want to send my {thing} {there} on a rainy day in spring, is that fine with you?", "yes", queue="GATE")
        for there in where.values()
        for thing in ("bicycle", "piano", "wardrobe")
    ]
    split_project(project, [*rows(30), *frames])
    found = find_slots(open_source(project))
    assert any({"bicycle", "piano", "wardrobe"} <= set(values) for values in found.lists.values())
    job = open_job(project, Order(find_method("template"), count=10, category="GATE"))
    made = [one for one in map(job.tried, job.tasks()) if isinstance(one, Row)]
    assert made and all(one.answer == "yes" for one in made)


def test_two_questions_differ_in_few_places_or_not_at_all() -> None:
    assert differing("a lamp in Bern.", "a saw in Cork.") == [("lamp", "saw"), ("Bern", "Cork")]
    assert differing("the same", "the same") == [] == differing("one", "one two") == differing("a b c d", "e f g h")


ENGLISH = 'Hello, I do not know why the "Blue One" from Bern is broken. Maybe you can tell me, order 60694? Thank you.'


@given(st.integers(0, 10_000), st.sets(st.sampled_from(RULES), min_size=1))
def test_rules_keep_numbers_names_quotations_and_the_answer(seed: int, chosen: set[str]) -> None:
    made = Rules(tuple(one for one in RULES if one in chosen)).of(row(ENGLISH), 0, Lot(seed))
    assert isinstance(made, Made) and made.messages[-1]["content"] == "BENCH"
    assert numbers(made.question) == numbers(ENGLISH)
    assert "Bern" in made.question and '"Blue One"' in made.question


@given(st.text(), st.integers(0, 100))
def test_rules_never_raise_and_leave_what_is_not_english(text: str, seed: int) -> None:
    made = Rules(RULES).of(row(text), 0, Lot(seed))
    assert isinstance(made, Made | Refusal)


def test_rules_do_what_they_say() -> None:
    def said(text: str, *chosen: str) -> str:
        made = Rules(chosen).of(row(text, "x"), 0, Lot(1))
        assert isinstance(made, Made)
        return made.question

    assert said("I do not know if it isn't the one that you sent to me.", "contractions").startswith(
        "I don't know if it is not"
    )
    assert said("Don't you know that it is not the one?", "contractions") == "Don't you know that it isn't the one?"
    assert said("Yes, that is what I am.", "contractions") == "Yes, that is what I am."
    assert said("Maybe it is a big one for you.", "synonyms") == "Perhaps it is a large one for you."
    assert said("WHAT is it that you do for ME in Bern?", "casing") == "WHAT is it that you do for ME in Bern?"
    assert said("The Parcel is not with me, where is it", "casing").startswith("the ")
    assert sorted(said("where is the parcel that you sent", "typos")) == sorted("where is the parcel that you sent")
    letter = said("Dear team, I do not know what to do with it. Kind regards, Ann", "politeness")
    assert not letter.startswith("Dear team") and letter.endswith(", Ann") and "Kind regards" not in letter
    assert isinstance(Rules().of(row("wo ist das Paket für mich"), 0, Lot(1)), Refusal)


def test_a_lot_is_the_same_everywhere_and_even() -> None:
    assert [Lot("seed", 1).below(10) for _ in range(1)] == [Lot("seed", 1).below(10)]
    lot = Lot("even")
    drawn = [lot.below(5) for _ in range(5000)]
    assert all(850 < drawn.count(number) < 1150 for number in range(5))
