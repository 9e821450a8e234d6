"""What is tried on every made-up row: each check refuses what it should and lets pass what it should."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from engine.augment.approval import at_least, rate
from engine.augment.checks import LONGEST, SHORTEST, Made, refusal
from engine.augment.kept import entities, label_words, numbers, spans
from engine.augment.language import language, same_language, script
from engine.augment.neighbours import Neighbours, Passages, jaccard
from engine.augment.reasons import REASONS
from engine.data.rows import Row, row_id
from engine.data.words import words

ASKED = "My kettle from Bern, order 60694, is broken and I do not know what to do with it."
ANSWER = '{"queue": "BENCH", "product": "kettle"}'


def row(asked: str = ASKED, answer: str = ANSWER) -> Row:
    turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
    return Row(row_id(turns, None), turns, {}, {"file": "x", "line": 1, "byte": 0}, [])


def made(asked: str, answer: str = ANSWER, parent: Row | None = None, **more: Any) -> Made:
    return Made([parent or row()], row(asked, answer).messages, "hash", **more)


def reason(asked: str, answer: str = ANSWER, parent: Row | None = None, **more: Any) -> str | None:
    found = refusal(made(asked, answer, parent, **more), "queue")
    assert found is None or found.reason in REASONS
    return found.reason if found else None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("It is about order 60694: the kettle that I have from Bern is broken. What is there to do with it?", None),
        ("The kettle that I have from Bern is broken. What is there that I can do with it now, please?", "number"),
        ("It is about order 60694, or 60695: the kettle from Bern is broken, what is there to do?", "number"),
        ("It is about order 60694: the kettle that I have is broken. What is there to do with it now?", "entity"),
        ("It is about order 60694: the thing from Bern is broken. What is there that I can do with it?", "label"),
        ("Mein kettle aus Bern, order 60694, ist kaputt und ich weiß nicht, was ich mit ihm machen soll.", "language"),
        ("My kettle from Bern, order 60694 broke.", "length"),
        (ASKED + " It has been so for some time now and nobody of you has said a word to me about it." * 2, "length"),
        (ASKED + " Write to me: jane.roe@example.org.", "entity-or-privacy"),
        (ASKED.replace("broken", "bro\x1b[2Jken"), "control"),
        (ASKED.replace("broken", "bro\u202eken"), "control"),
        (ASKED.replace("broken", "{{state}}"), "turns"),
        ("", "turns"),
    ],
)  # fmt: skip
def test_a_rewritten_question_keeps_what_it_must(asked: str, said: str | None) -> None:
    found = reason(asked)
    assert found == said or (said == "entity-or-privacy" and found in ("privacy", "number"))


def test_the_answer_stays_byte_for_byte_and_keeps_its_form() -> None:
    fresh = "It is about order 60694: the kettle that I have from Bern is broken. What is there to do with it?"
    assert reason(fresh, ANSWER + " ") == "answer"
    assert reason(fresh, '{"queue": "BENCH"}', same_answer=False) == "answer"
    assert reason(fresh, "kettle", same_answer=False) == "answer"
    assert reason(fresh, '{"queue": "GATE", "product": "kettle"}', same_answer=False, rewritten=False) == "answer"
    assert reason(fresh, '{"queue": "BENCH", "product": "fan"}', same_answer=False, rewritten=False) is None


def test_secrets_and_personal_data_that_the_parent_has_not_are_refused() -> None:
    fresh = "It is about order 60694: the kettle that I have from Bern is broken. What is there to do with it?"
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    assert reason(f"{fresh} {key}", rewritten=False) == "secret"
    assert reason(f"{fresh} Call +41 44 668 18 00.", rewritten=False) == "privacy"
    before = row(ASKED + " Write to jane.roe@example.org.")
    assert reason(f"{fresh} Write to jane.roe@example.org.", parent=before) is None


def test_values_that_were_exchanged_on_purpose_count_as_kept() -> None:
    swapped = {"kettle": "toaster", "60694": "11111", "Bern": "Cork"}
    now, answer = ASKED, ANSWER
    for old, new in swapped.items():
        now, answer = now.replace(old, new), answer.replace(old, new)
    assert reason(now, answer, same_answer=False, swapped=swapped) is None
    assert reason(now, answer, same_answer=False, swapped={"kettle": "toaster"}) == "number"


def test_what_must_stay_is_found() -> None:
    text = 'Ask Karl Meyer about "the red one" in X-200 <EMAIL_1> at 12:30, see https://a.b/c or a.b@c.de. The end.'
    found = [text[start:end] for start, end in spans(text)]
    for kept in ("Meyer", '"the red one"', "<EMAIL_1>", "https://a.b/c", "a.b@c.de"):
        assert any(kept in one for one in found), kept
    assert "The" not in found and numbers(text) == {"200": 1, "12:30": 1, "1": 1}
    assert "meyer" in entities(text)
    assert entities("Der Wagen und das Haus sind nicht mit mir, was ist das für ein Garten?") == {}
    assert label_words('{"queue": "BENCH", "product": "bread maker"}', "the bread maker broke") == {"bread", "maker"}
    assert label_words("word " * 60, "word") == set()


def test_languages_and_scripts_are_told_by_their_commonest_words() -> None:
    assert language("where is the parcel that you have for me") == "English"
    assert language("wo ist das Paket, das ihr nicht für mich habt") == "German"
    assert language("où est le colis que vous avez pour moi et mon mari") == "French"
    assert language("kettle") is None
    assert (script("привет"), script("你好"), script("こんにちは"), script("12")) == ("CYRILLIC", "HAN", "HAN", None)
    assert not same_language("where is it", "где это")
    assert not same_language("where is the cat and the dog", "wo ist der Hund und die Katze")
    assert same_language("where is the cat and the dog", "cats dogs whereabouts")


@given(st.text(), st.text())
def test_the_checks_never_raise_whatever_the_text(asked: str, answer: str) -> None:
    text = asked.encode("utf-8", "replace").decode()
    found = refusal(made(text, answer.encode("utf-8", "replace").decode(), same_answer=False), "queue")
    assert found is None or found.reason in REASONS
    same_language(text, ASKED)
    assert all(0 <= start < end <= len(text) for start, end in spans(text))


def test_a_giant_word_takes_no_giant_time() -> None:
    for text in ("a" * 200_000, "a." * 100_000, "A1-" * 60_000, '"' * 100_000, "<" * 100_000, "a@" * 100_000):
        spans(text)
        language(text)


@given(st.lists(st.text("ab c", max_size=40), min_size=1, max_size=30), st.text("ab c", max_size=40))
def test_the_nearest_of_many_texts_is_that_of_a_plain_search(texts: list[str], sought: str) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        found = words(text)
        filled = [*found, *[""] * (3 - len(found))] if found else []
        return {tuple(filled[at : at + 3]) for at in range(len(filled) - 2)} or {("", "", "")}

    def similarity(one: set[Any], other: set[Any]) -> float:
        return len(one & other) / len(one | other)

    known = Neighbours()
    for text in texts:
        known.add(text)
        known.nearest(text)
    assert known.nearest(sought) == pytest.approx(max(similarity(shingles(one), shingles(sought)) for one in texts))


def test_texts_added_one_by_one_are_all_found_again() -> None:
    known = Neighbours()
    for number in range(300):
        known.add(f"first{number} second{number} third{number} fourth{number}")
        assert known.nearest(f"first{number // 2} second{number // 2} third{number // 2} fourth{number // 2}") == 1.0
    assert known.nearest("none of these words at all") == 0.0
    assert jaccard("one two three four", "one two three five") == pytest.approx(1 / 3)


def test_passages_of_held_out_questions_are_seen_long_short_and_trimmed() -> None:
    import numpy as np

    long = " ".join(f"word{number}" for number in range(30))
    short = "where did my small parcel from yesterday really go"
    held = Passages([long, short], np.zeros(0, np.uint64))
    assert held.shared("and so " + " ".join(f"word{number}" for number in range(5, 18)) + " it was")
    assert not held.shared("and so " + " ".join(f"word{number}" for number in range(5, 17)) + " it was")
    assert held.shared(f"hello {short} thank you very much for all of your help with this")
    assert held.shared("hello " + short.removesuffix(" go") + " thank you very much for all of your help")
    assert held.shared(" ".join(f"word{number}" for number in range(8, 16)))
    assert not held.shared("where did my parcel go")


@pytest.mark.parametrize(("approved", "read"), [(1, 1), (5, 5), (40, 50), (99, 100), (3, 200), (1, 2)])
def test_the_bound_is_that_of_clopper_and_pearson(approved: int, read: int) -> None:
    assert at_least(approved, read) == pytest.approx(beta.ppf(0.05, approved, read - approved + 1), abs=1e-7)


def test_nothing_is_said_of_what_nobody_has_read() -> None:
    assert rate(0, 0) is None and at_least(0, 10) == 0.0
    found = rate(9, 10)
    assert found and found["low"] < found["rate"] == 0.9 < found["high"] and found["at_least"] < 0.9
    assert (SHORTEST, LONGEST) == (0.5, 2.0) and json.loads(ANSWER)
