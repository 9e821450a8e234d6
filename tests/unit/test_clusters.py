"""Clusters and contradictions of a version: what is chosen, what stays, and that nothing goes unasked."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.adopt import current
from engine.data.choices import Choices, key_of, read_choices
from engine.data.cleaning import Wanted, clean
from engine.data.corpus import build
from engine.data.deriving import adopt_derived
from engine.data.duplicates import find_duplicates
from engine.data.near import near_pairs
from engine.data.report import make_report
from engine.data.rows import Row
from engine.errors import DataError, UsageError
from engine.keeping import accepted, choices, keep, keep_by, take_back
from engine.project import Project
from engine.review.verdicts import Decision, Verdicts, now
from tests.unit.kept_rows import LONG, kept, row

LONGER = f"{LONG} now"
ROWS = [
    row(LONG, "Sorry."),
    row("Something else entirely", "Yes."),
    row(LONG, "Sorry."),
    row(LONGER, "Sorry."),
    row("Which desk?", "billing"),
    row("Which desk?", "returns"),
    row("which desk", "Returns."),
]


def left(project: Project, *drop: str) -> list[int]:
    """Numbers of the rows that stay; the project goes on with them."""
    old = current(project)
    numbers: dict[int, int] = {one.source["line"]: number for number, one in enumerate(old.rows())}
    adopt_derived(project, clean(old, project.data, drop, wanted=Wanted(choices(project), accepted(project))))
    return [numbers[one.source["line"]] for one in current(project).rows()]


@pytest.fixture
def reported(project: Project) -> Project:
    kept(project, ROWS)
    make_report(project)
    return project


def test_without_a_choice_the_first_of_a_cluster_stays_and_no_row_of_a_contradiction(reported: Project) -> None:
    assert left(reported, "duplicates") == [0, 1, 3, 4, 5]


def test_near_rows_go_only_when_asked(reported: Project) -> None:
    assert left(reported, "near") == [0, 1, 2, 4, 5, 6]


def test_everything_goes_that_is_asked(reported: Project) -> None:
    assert left(reported, "duplicates", "near", "conflicts") == [0, 1]


@pytest.mark.parametrize(
    ("rule", "stays"), [("first", [0, 1, 4, 5]), ("longest", [1, 3, 4, 5]), ("all", [0, 1, 2, 3, 4, 5, 6])]
)
def test_a_rule_chooses_in_every_cluster(reported: Project, rule: str, stays: list[int]) -> None:
    keep_by(reported, rule)
    assert left(reported, "duplicates", "near") == stays


def test_the_reviewed_row_stays_when_that_is_the_rule(reported: Project) -> None:
    keep_by(reported, "reviewed")
    Verdicts(reported.reviews).decide(Decision(ROWS[3].id, "accept", "v1", now(), now()))
    assert left(reported, "duplicates", "near") == [1, 3, 4, 5]


def test_a_named_row_stays(reported: Project) -> None:
    keep(reported, "cluster", 2, [2])
    assert left(reported, "duplicates", "near") == [1, 2, 4, 5]


def test_several_named_rows_stay(reported: Project) -> None:
    keep(reported, "cluster", 2, [2, 3])
    assert left(reported, "duplicates", "near") == [1, 2, 3, 4, 5]


def test_a_cluster_is_kept_whole(reported: Project) -> None:
    keep(reported, "cluster", 2, None)
    assert left(reported, "duplicates", "near") == [0, 1, 2, 3, 4, 5]


def test_of_a_contradiction_the_right_answer_stays(reported: Project) -> None:
    keep(reported, "conflict", 1, [5])
    assert left(reported, "conflicts") == [0, 1, 2, 3, 5, 6]


def test_a_contradiction_stays_for_a_reason_and_in_later_versions(reported: Project) -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        keep(reported, "conflict", 1, None)
    keep(reported, "conflict", 1, None, "both desks take it")
    assert left(reported, "conflicts") == [0, 1, 2, 3, 4, 5, 6]
    assert left(reported, "near", "conflicts") == [0, 1, 2, 4, 5, 6]
    (member,) = make_report(reported).members("contradiction")
    choice = choices(reported).of(member)
    assert choice and (choice.stays, choice.reason) == ((3, 4, 5), "both desks take it")


def test_a_near_contradiction_goes_only_by_choice(project: Project) -> None:
    changed = LONG.replace("Tuesday", "Monday")
    kept(project, [row(LONG * 2, "Sorry.", desk="a"), row(changed + LONG, "Oh.", desk="b")], category="desk")
    (member,) = make_report(project).members("near-contradiction")
    assert member.rows == (0, 1) and make_report(project).finding("near-duplicate") is None
    assert left(project, "conflicts") == [0, 1]
    make_report(project)
    keep(project, "conflict", 1, [1])
    assert left(project, "conflicts") == [1]


def test_choices_are_taken_back_one_by_one(reported: Project) -> None:
    keep_by(reported, "longest")
    keep(reported, "cluster", 2, [2])
    assert take_back(reported).kind == "cluster"
    assert (choices(reported).rule, choices(reported).named) == ("longest", {})
    assert take_back(reported).kind == "rule"
    assert choices(reported) == Choices()
    with pytest.raises(UsageError, match="nothing was chosen"):
        take_back(reported)


@pytest.mark.parametrize(
    ("listing", "number", "rows", "message"),
    [
        ("cluster", 3, [0], "no cluster 3"),
        ("cluster", 0, [0], "no cluster 0"),
        ("conflict", 2, [4], "no conflict 2"),
        ("cluster", 2, [1], "row 2 is not in cluster 2"),
        ("cluster", 2, [], "one row of a cluster stays"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    reported: Project, listing: str, number: int, rows: list[int], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        keep(reported, listing, number, rows)  # type: ignore[arg-type]
    assert choices(reported) == Choices()


def test_numbers_are_those_of_a_report(project: Project) -> None:
    kept(project, ROWS)
    with pytest.raises(DataError, match="no report yet"):
        keep(project, "cluster", 1, [0])


def test_damaged_choices_are_passed_over(reported: Project) -> None:
    keep(reported, "cluster", 2, [2])
    file = reported.root / "reports" / "choices.jsonl"
    with open(file, "ab") as log:
        log.write(b'7\n{"kind":"cluster","key":5}\n{"kind":"cluster","key":"k","rows":[1],"keep":[4]}\n')
        log.write(b'{"kind":"rule","rule":"worst"}\n{"kind":"contradiction","key":"k","rows":"x"}\n{"torn')
    assert len(read_choices(file.parent).named) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([LONG, LONG.upper(), LONGER, "Which desk?", "Else?"]), min_size=1, max_size=10))
def test_one_row_of_every_cluster_stays(tmp_path_factory: pytest.TempPathFactory, prompts: Sequence[str]) -> None:
    project = Project.create(tmp_path_factory.mktemp("p") / "project")
    rows: list[Row] = [row(prompt, "Sorry.") for prompt in prompts]
    kept(project, rows)
    stays = [prompts[number] for number in left(project, "duplicates", "near")]
    kinds = {LONG: "long", LONG.upper(): "long", LONGER: "long"}
    assert sorted(kinds.get(one, one) for one in stays) == sorted({kinds.get(one, one) for one in prompts})
    assert all(prompts.index(one) <= prompts.index(other) for one, other in pairwise(stays))


def test_rows_near_only_through_others_are_no_duplicates() -> None:
    """Of a chain the middle is near to both ends, which are not near to each other."""
    words = [f"w{number}" for number in range(60)]
    chain = [list(words), list(words), list(words)]
    chain[1][5] = chain[2][5] = "x"
    chain[2][40] = "y"
    corpus = build([row(" ".join(text), "Sorry, we look into it.") for text in chain])
    found = find_duplicates(corpus, near_pairs(corpus.sets, np.arange(3)))
    assert found.document() == {"exact": 0, "near": 1, "clusters": 1, "threshold": 0.85}
    assert [rows.tolist() for rows in found.clusters()] == [[0, 1]]
    assert found.leaders.tolist() == [0, 0, 2]


def test_a_choice_is_known_by_what_its_rows_hold() -> None:
    assert key_of("cluster", ["a", "b"]) == key_of("cluster", iter(["a", "b"]))
    assert len({key_of("cluster", ["a", "b"]), key_of("cluster", ["b", "a"]), key_of("contradiction", ["a", "b"])}) == 3
