"""The queues of a review: kept apart, read blind or with their reasons; several readers of one project."""

import io
import json
from collections import Counter
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine import cli, journey
from engine.augment.candidates import Ledger
from engine.data.adopt import current
from engine.data.report import make_report
from engine.data.rows import Row, row_id
from engine.errors import UsageError
from engine.project import Project
from engine.review import queue
from engine.review.pace import longest_streak, too_fast
from engine.review.queue import SHARED, order_of
from engine.review.statistics import Counts
from engine.review.verdicts import Decision, Verdicts, settled
from engine.reviewing import Card, Review, disagreements, open_review
from engine.waiting import SHOWN_AGAIN
from tests.tui.reviewable import example, questions, reviewable


@pytest.fixture
def few(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "few", questions(12))


@pytest.fixture
def many(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "many", questions(300))


@pytest.fixture
def doubted(tmp_path: Path) -> Project:
    """Twelve rows, of which two contradict each other and one holds an address; the report on them is made."""
    odd = [example(20, "What is 4 squared?", "It is 17."), example(21, "Who helps?", "Write to ann@example.org.")]
    plain = [example(n, f"What is {n} squared?", f"It is {n * n}.") for n in range(10)]
    project = reviewable(tmp_path / "doubted", [*plain, *odd])
    make_report(project)
    return project


def shown(review: Review) -> Card:
    card = review.card()
    assert card
    return card


def press(review: Review, keys: str) -> list[str]:
    """Gives verdicts; the ids of the rows they were given to."""
    rows = []
    for key in keys:
        rows.append(shown(review).row.id)
        verdict = {"a": "accept", "x": "reject", "s": "skip", "f": "flag"}[key]
        assert review.decide(verdict, reason="wrong" if key == "x" else None) is None
    return rows


def gate(project: Project) -> str:
    return next(status for status in journey.read(project) if status.step.key == "review").items[0].state


# Orders


@given(st.integers(1, 200), st.text(max_size=5), st.sampled_from(["ann", "bo", "ü"]))
def test_every_reader_sees_every_row_and_the_first_are_the_same(rows: int, seed: str, reader: str) -> None:
    order = list(order_of(rows, seed, reader))
    assert sorted(order) == list(range(rows))
    assert order[:SHARED] == list(order_of(rows, seed, ""))[:SHARED]


def test_after_the_shared_rows_each_reader_goes_an_own_way() -> None:
    tails = [tuple(islice(order_of(1000, "s", name), SHARED, 200)) for name in ("", "ann", "bo")]
    assert len(set(tails)) == 3 and list(order_of(1000, "s", "ann")) == list(order_of(1000, "s", "ann"))


def test_what_two_readers_have_looked_at_is_a_simple_random_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SHARED", 1)
    found: Counter[frozenset[int]] = Counter()
    for seed in range(6000):
        seen = {row for reader in ("ann", "bo") for row in islice(order_of(6, str(seed), reader), 3)}
        found[frozenset(seen)] += 1
    for size in (3, 4, 5):
        counts = [found[frozenset(one)] for one in combinations(range(6), size)]
        assert stats.chisquare(counts).pvalue > 1e-4, size


# Apart


def test_each_queue_keeps_its_place_and_its_undo(doubted: Project) -> None:
    random, risk = open_review(doubted), open_review(doubted, "risk")
    first = press(random, "aa")
    press(risk, "x")
    assert open_review(doubted).report().counts == Counts(accepted=2)
    assert open_review(doubted, "risk").counts() == Counts(rejected=1)
    assert open_review(doubted, "risk").undo() and open_review(doubted, "risk").undo() is None
    taken = open_review(doubted).undo()
    assert taken and taken.row == first[1]
    said = [json.loads(line)["queue"] for line in doubted.reviews.read_text(encoding="utf-8").splitlines()]
    assert said == ["random", "random", "risk", "risk", "random"]


def test_the_risk_queue_says_why_and_never_enters_the_bound(doubted: Project) -> None:
    risk = open_review(doubted, "risk")
    whys = []
    while card := risk.card():
        whys.append(" ".join(card.why))
        press(risk, "x")
    assert len(whys) == len(risk) and any("personal data" in why for why in whys) and all(whys)
    report = open_review(doubted).report()
    assert (report.bound.looked_at, report.bound.bad) == (0, 0)
    assert report.others["risk"] == Counts(rejected=len(whys)) and report.others["candidates"] == Counts()
    assert report.to_apply == len(whys) == len(open_review(doubted).bad_rows())


def test_without_a_report_the_risk_queue_says_what_makes_one(few: Project) -> None:
    with pytest.raises(UsageError, match="what is risky in v1") as refused:
        open_review(few, "risk")
    assert "data report" in refused.value.hint
    with pytest.raises(UsageError, match="no queue 'best'"):
        open_review(few, "best")


def test_the_random_queue_is_blind_until_the_verdict(doubted: Project) -> None:
    review, said = open_review(doubted), {}
    while card := review.card():
        assert card.why == ()
        text = card.row.answer
        press(review, "a")
        said[text] = {rule for rule, _ in review.revealed()}
    assert "personal-data" in said["Write to ann@example.org."]
    assert {text for text, rules in said.items() if "contradiction" in rules} == {"It is 16.", "It is 17."}
    assert said["It is 0."] == set()


def test_mates_are_those_of_the_row_just_judged_where_one_reads_blind(doubted: Project) -> None:
    review = open_review(doubted)
    while (card := review.card()) and card.row.answer != "It is 17.":
        press(review, "a")
        if card.row.answer != "It is 16.":
            assert review.mates() == []
    press(review, "a")
    [(found, [other])] = review.mates()
    assert "contradiction" in found and other.answer == "It is 16."
    risk = open_review(doubted, "risk")
    while shown(risk).row.answer != "It is 17.":
        press(risk, "a")
    assert [row.answer for _, rows in risk.mates() for row in rows] == ["It is 16."]


def candidate(project: Project, number: int) -> str:
    parent = current(project).row(0)
    said = {
        "method": "template",
        "parent_id": parent.id,
        "generator": "rules",
        "seed": 1,
        "variant": number,
        "time": "",
    }
    row = replace(example(number, f"Reckon {number} squared.", "made up"), parent=parent.id, provenance=said)
    Ledger(project).keep(row)
    return row.id


def test_candidates_are_read_one_by_one_with_their_origin(few: Project) -> None:
    made = [candidate(few, number) for number in range(3)]
    review = open_review(few, "candidates")
    assert "made up: template by rules" in shown(review).why[0]
    [(_, [parent])] = review.mates()
    assert parent.id == current(few).row(0).id
    assert press(review, "axa") == made and review.card() is None
    verdicts = Verdicts(few.reviews, "candidates")
    assert [verdicts.standing(row).verdict for row in made] == ["accept", "reject", "accept"]  # type: ignore[union-attr]
    assert open_review(few).report().bound.looked_at == 0 and open_review(few).bad_rows() == {}


# Oneself again


def test_rows_of_long_ago_are_shown_again_and_count_once(many: Project) -> None:
    review = open_review(many)
    before = press(review, "ax" * 49 + "a")
    assert len(open_review(many, "again")) == 0
    before += press(review, "x")
    again = open_review(many, "again")
    assert len(again) == SHOWN_AGAIN
    rows = press(again, "a" * SHOWN_AGAIN)
    assert set(rows) <= set(before[:50]) and len(set(rows)) == SHOWN_AGAIN
    assert again.card() is None
    report = open_review(many).report()
    alike = sum(row in before[::2] for row in rows)
    assert report.consistency == (alike, SHOWN_AGAIN) and report.bound.looked_at == 100
    press(review, "a" * 30)
    assert [open_review(many, "again").card()] == [None]


# Several readers


def test_each_row_counts_once_and_a_disagreement_is_bad_until_it_is_settled(few: Project) -> None:
    ann, bo = open_review(few, reviewer="ann"), open_review(few, reviewer="bo")
    rows = press(ann, "a" * 12)
    assert press(bo, "aax" + "a" * 9) == rows
    report = open_review(few, reviewer="ann").report()
    assert (report.bound.looked_at, report.bound.bad, report.disagreements) == (12, 1, 1)
    assert report.agreement and report.agreement.raw == pytest.approx(11 / 12)
    assert report.readers == {"ann": 12, "bo": 12} and gate(few) == "passed"
    assert "readers disagree on 1 row" in (report.warning or "")
    assert [one["row"] for one in disagreements(few)] == [rows[2]]
    settling = open_review(few, "disagreements", "ann")
    assert {"ann: accept", "bo: reject (wrong answer)"} == set(shown(settling).why)
    press(settling, "a")
    assert settling.card() is None and disagreements(few) == []
    settled = open_review(few, reviewer="bo").report()
    assert (settled.bound.bad, settled.disagreements, settled.to_apply) == (0, 0, 0)
    assert len(open_review(few, "disagreements", "bo")) == 0
    assert open_review(few, "disagreements", "ann").undo()
    assert open_review(few).report().bound.bad == 1


def test_applying_settles_what_is_disputed_against_the_row(few: Project) -> None:
    ann, bo = open_review(few, reviewer="ann"), open_review(few, reviewer="bo")
    press(ann, "a" * 12)
    press(bo, "axaf" + "a" * 8)
    assert cli.main(["review", "apply", "--project", str(few.root)]) == 0
    report = open_review(few).report()
    assert (len(current(few)), report.version, report.disagreements, report.to_apply) == (10, "v2", 0, 0)
    assert gate(few) == "passed" and disagreements(few) == []


def test_of_two_readers_with_own_ways_all_rows_count_for_the_bound(many: Project) -> None:
    ann = press(open_review(many, reviewer="ann"), "a" * 60)
    bo = press(open_review(many, reviewer="bo"), "a" * 58 + "xx")
    assert ann[:SHARED] == bo[:SHARED] and ann != bo
    report = open_review(many, reviewer="bo").report()
    assert report.bound.looked_at == len({*ann, *bo}) and report.own == 60
    assert report.agreement and report.agreement.rows == len({*ann} & {*bo}) >= SHARED
    assert gate(many) != "not checked" if report.done else gate(many) == "not checked"


def test_two_windows_of_one_reader_do_not_overwrite_each_other(few: Project) -> None:
    one, other = open_review(few), open_review(few)
    card = shown(one)
    assert shown(other).row.id == card.row.id
    press(one, "x")
    meanwhile = other.decide("accept")
    assert meanwhile and meanwhile.said == "reject (wrong answer)"
    assert len(Verdicts(few.reviews).order) == 1 and shown(other).row.id != card.row.id
    assert other.decide("edit", after="Mine.", card=card) == meanwhile
    assert other.decide("edit", after="Mine.", card=card, over=True) is None
    assert open_review(few).bad_rows()[card.row.id].after == "Mine."


def test_a_skipped_card_that_comes_again_is_not_judged_meanwhile(few: Project) -> None:
    review = open_review(few)
    press(review, "s" + "a" * 11)
    assert review.decide("accept") is None and review.card() is None


# Haste


def at(seconds: float, words: int, verdict: str = "accept") -> Decision:
    return Decision(
        "r", verdict, "v1", f"2026-01-01T10:00:{seconds:06.3f}+00:00", "2026-01-01T10:00:00.000+00:00", words=words
    )


def test_only_long_rows_in_no_time_are_too_fast() -> None:
    assert too_fast([at(1.4, 41), at(1.4, 40), at(1.6, 41), at(0, 900), at(0.1, 900, "skip")]) == 2


@given(st.lists(st.sampled_from(["accept", "reject"]), max_size=60))
def test_the_longest_streak_is_that_of_a_text(verdicts: list[str]) -> None:
    text = "".join(one[0] for one in verdicts)
    assert longest_streak([at(1, 1, one) for one in verdicts]) == max(map(len, text.split("r")), default=0)


def test_haste_is_said_and_does_not_block(tmp_path: Path) -> None:
    project = reviewable(tmp_path / "p", [example(n, f"{n} {'long ' * 60}", "yes") for n in range(40)])
    press(open_review(project), "a" * 40)
    report = open_review(project).report()
    assert report.too_fast == 40 and report.streak == 40
    assert "40 rows decided faster than they can be read" in (report.warning or "")
    assert "40 rows were accepted one after the other" in (report.warning or "")
    assert gate(project) == "passed"


def test_the_report_is_written_as_markdown(few: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    press(open_review(few, reviewer="ann"), "axa")
    out = tmp_path / "review.md"
    assert cli.main(["review", "report", "--json", "--out", str(out), "--project", str(few.root)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["seen"], document["bad"], document["readers"]) == (3, 1, {"ann": 3})
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Review of v1\n") and "- 2 accepted, 1 rejected" in text and "- ann: 3 rows" in text


def test_queues_and_readers_without_a_screen(
    doubted: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a\ng\nq\n"))
    words = ["review", "--plain", "--queue", "risk", "--reviewer", "ann", "--project", str(doubted.root)]
    assert cli.main(words) == 0
    said = capsys.readouterr().err
    assert "why it is here: " in said and "none is written yet" in said
    assert [one.verdict for one in Verdicts(doubted.reviews_of("ann"), "risk").order] == ["accept"]
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n" * 12))
    assert cli.main(["review", "--plain", "--project", str(doubted.root)]) == 0
    assert "the checks say of the row just judged: personal data" in capsys.readouterr().err


def test_a_text_of_several_is_chosen_without_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = [{"role": role, "content": role} for role in ("user", "assistant", "user", "assistant")]
    row = Row(row_id(turns, None), turns, {}, {"file": "rows.jsonl", "line": 1, "byte": 0}, ["import"])
    project = reviewable(tmp_path / "p", [row])
    monkeypatch.setattr("sys.stdin", io.StringIO("e\n2\nWrite to ann@example.org\n.\n"))
    assert cli.main(["review", "--plain", "--project", str(project.root)]) == 0
    [decision] = Verdicts(project.reviews).order
    assert (decision.part, decision.after) == ("messages.1", "Write to ann@example.org")
    assert "the new text holds personal data: email" in capsys.readouterr().err


def said(verdict: str, minute: int) -> Decision:
    return Decision("r", verdict, "v1", f"2026-01-01T10:{minute:02}", "")


def test_a_verdict_against_a_row_outlives_a_later_one_for_it_until_it_is_settled() -> None:
    assert settled([said("reject", 1), said("accept", 2)]) == said("reject", 1)
    assert settled([said("reject", 1), said("flag", 2), said("skip", 3)]) == said("flag", 2)
    assert settled([said("skip", 2), said("accept", 1)]) == said("accept", 1)
    assert settled([said("skip", 2)]) == said("skip", 2)
    assert settled([said("reject", 1)], said("accept", 0)) == said("accept", 0)
