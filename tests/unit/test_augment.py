"""Made-up rows from train to the data: parents, caps, resuming, verdicts, applying, dropping."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.augment.applying import apply_approved, drop
from engine.augment.candidates import Ledger, candidates, candidates_file, making, refused_file
from engine.augment.job import open_job
from engine.augment.looking import look
from engine.augment.making import make
from engine.augment.methods import METHODS, find_method
from engine.augment.order import Order
from engine.augment.rules import chosen_rules
from engine.augment.source import open_source
from engine.augment.status import Standing, find_status
from engine.data.adopt import current
from engine.data.deriving import Change, adopt_derived, derive
from engine.data.rows import Row, parse_row
from engine.data.versions import Version
from engine.errors import DataError, ResourceError, UsageError
from engine.project import Project
from engine.review.verdicts import CANDIDATES, DISAGREEMENTS, Decision, Verdicts
from engine.reviewing import open_review
from tests.unit.made_rows import chat, decide, imported_project, question, rows, split_project


def order(name: str = "rules", **more: Any) -> Order:
    return Order(method=find_method(name), **more)


def made_rows(project: Project, count: int = 12, **more: Any) -> list[Row]:
    make(project, order(count=count, **more))
    return list(candidates(project))


def rows_of(version: Version, part: str) -> dict[str, Row]:
    return {row.id: row for row in version.rows(part)}


def status_of(project: Project, name: str) -> Any:
    found = find_status(project, Ledger(project), Standing(project))
    return next(one for one in found.methods if one.name == name)


def test_nothing_is_made_before_the_split(project: Project) -> None:
    imported_project(project)
    with pytest.raises(UsageError, match="not split yet: made-up rows come from train alone"):
        make(project, order(count=1))
    assert not candidates_file(project).exists()


@pytest.mark.parametrize("name", ["rules", "template"])
def test_every_candidate_has_a_parent_in_train_and_says_how_it_was_made(project: Project, name: str) -> None:
    version = current(split_project(project))
    done = make(project, order(name, count=10, seed=3))
    made = list(candidates(project))
    train = rows_of(version, "train")
    assert done.made == len(made) == 10
    for row in made:
        parent = train[row.parent or ""]
        assert row.provenance is not None
        said = {key: row.provenance[key] for key in ("method", "parent_id", "seed", "variant")}
        assert said == {"method": name, "parent_id": parent.id, "seed": 3, "variant": said["variant"]}
        assert row.provenance["generator"] and row.provenance["time"] and row.provenance["prompt_hash"]
        assert row.meta == {"queue": parent.meta["queue"]}
        assert row.messages[0]["content"] != parent.messages[0]["content"]
        assert name != "rules" or row.answer.encode() == parent.answer.encode()
        assert str(1000) not in row.answer and row.category("queue") == parent.category("queue")


def test_the_same_seed_makes_the_same_rows_and_another_seed_others(project: Project, tmp_path: Path) -> None:
    split_project(project)
    other = split_project(Project.create(tmp_path / "other"))
    texts = [[(row.id, row.parent) for row in made_rows(one, 8, seed=5)] for one in (project, other)]
    assert texts[0] == texts[1]
    again = split_project(Project.create(tmp_path / "again"))
    assert [(row.id, row.parent) for row in made_rows(again, 8, seed=6)] != texts[0]


def test_an_order_that_was_broken_off_goes_on_and_a_finished_one_makes_nothing(
    project: Project,
) -> None:
    split_project(project)
    whole = made_rows(project, 10)
    lines = candidates_file(project).read_bytes().splitlines(keepends=True)
    candidates_file(project).write_bytes(b"".join(lines[:4]) + lines[4][:50])
    again = make(project, order(count=10))
    assert (again.there, again.made) == (4, 6)
    assert [row.id for row in candidates(project)] == [row.id for row in whole]
    assert make(project, order(count=10)).document() | {"generator": ""} == {
        "method": "rules",
        "wanted": 0,
        "there": 10,
        "made": 0,
        "refused": {},
        "requests": 0,
        "again": 0,
        "tokens": 0,
        "short": None,
        "generator": "",
    }


def test_two_makers_at_once_are_refused_and_the_project_stays_free(project: Project) -> None:
    split_project(project)
    with making(project), pytest.raises(ResourceError, match="another command is making candidates"):
        make(project, order(count=1))
    with making(project), project.changing("anything"):
        pass


def test_one_row_has_three_children_at_most_and_train_is_half_made_up_at_most(project: Project) -> None:
    split_project(project, rows(20))
    version = current(project)
    real = version.manifest["split"]["counts"]["train"]
    for name in ("rules", "template"):
        for seed in range(3):
            make(project, order(name, count=1000, seed=seed))
    found = list(candidates(project))
    assert max(Counter(row.parent for row in found).values()) <= 3
    assert len(found) <= real
    with pytest.raises(UsageError, match="--most 1 is no share"):
        make(project, order(most=1.0))
    with pytest.raises(UsageError, match="--children 0 allows none"):
        make(project, order(children=0))


def test_the_cap_of_children_holds_over_seeds_and_methods(project: Project) -> None:
    split_project(project)
    for name in ("rules", "template"):
        for seed in range(2):
            make(project, order(name, count=1000, seed=seed, children=1, most=0.9))
    assert set(Counter(row.parent for row in candidates(project)).values()) == {1}


def test_what_is_near_a_validation_or_test_row_is_refused(project: Project) -> None:
    source = open_source(split_project(project))
    (held, *_) = rows_of(source.version, "test").values()
    assert source.too_close(f"Hello, {held.messages[0]['content']}", "anything")
    assert not source.too_close("Nothing of that kind was ever said before by anybody at all.", held.answer)
    assert not source.too_close(next(source.version.rows("train")).messages[0]["content"], "anything")
    # Two words of 38 exchanged: Jaccard 0.71, and no 13 words in a row are the same.
    said = [f"word{number}" for number in range(38)]
    source.hold(replace(held, messages=[{"role": "user", "content": " ".join(said)}, held.messages[-1]]))
    said[12] = said[25] = "other"
    assert source.too_close(" ".join(said), "anything")


def test_a_share_is_one_of_train_with_the_made_up_rows_in_it(project: Project) -> None:
    split_project(project)
    real = current(project).manifest["split"]["counts"]["train"]
    done = make(project, order(share=0.2))
    assert done.made / (real + done.made) == pytest.approx(0.2, abs=0.01)


def test_validation_and_test_rows_are_never_parents_nor_shown(project: Project) -> None:
    version = current(split_project(project))
    source = open_source(project)
    held = {*rows_of(version, "validation"), *rows_of(version, "test")}
    assert held and not held & {row for row, _ in source.parents} and not held & source.train
    job = open_job(project, order(count=5))
    assert not held & {task.id for task in job.tasks()}


def test_only_one_category_is_taken_where_one_is_asked_for(project: Project) -> None:
    split_project(project)
    assert {row.meta["queue"] for row in made_rows(project, 6, category="LEDGER")} == {"LEDGER"}
    with pytest.raises(DataError, match="of another category"):
        make(project, order(category="NOWHERE"))


def test_a_look_shows_what_is_made_later_and_saves_nothing(project: Project) -> None:
    split_project(project)
    found = look(project, order(count=3)).document()
    assert len(found["examples"]) == 3 and found["wanted"] == 3 and found["sending"] is None
    assert not candidates_file(project).exists() and not refused_file(project).exists()
    made = made_rows(project, 3)
    assert [one["now"] for one in found["examples"]] == [row.messages[-2]["content"] for row in made]


def test_what_waits_or_was_rejected_is_in_no_version(project: Project) -> None:
    split_project(project)
    made = made_rows(project, 9)
    for row in made[:3]:
        decide(project, row.id, "accept")
    for row in made[3:6]:
        decide(project, row.id, "reject", reason="wrong")
    apply_approved(project)
    inside = {row.id for row in current(project).rows()}
    assert inside >= {row.id for row in made[:3]} and not inside & {row.id for row in made[3:]}
    lines = b"".join(path.read_bytes() for path in project.data.glob("*/rows.jsonl"))
    assert not any(row.id.encode() in lines for row in made[3:])


def test_approved_rows_join_train_beside_their_parents_and_the_proof_is_made_again(project: Project) -> None:
    split_project(project)
    for row in made_rows(project, 9):
        decide(project, row.id, "accept")
    done = apply_approved(project)
    assert done.derived.split and done.derived.split.proof.passed and done.derived.changed == {"added": 9}
    version = current(project)
    by_id = {row.id: row for row in version.rows()}
    made = [row for row in by_id.values() if row.provenance]
    assert len(made) == 9
    for row in made:
        assert (row.split, row.group) == ("train", by_id[row.parent or ""].group)
    assert version.manifest["augmented"] == {"rules": 9}


def test_what_the_random_sample_said_of_the_rows_holds_when_approved_ones_join_and_not_when_they_are_taken_out(
    project: Project,
) -> None:
    split_project(project)
    review = open_review(project)
    for _ in range(20):
        review.decide("accept")
    before = open_review(project).report().bound
    assert before.looked_at == 20
    for row in made_rows(project, 3):
        decide(project, row.id, "accept")
    apply_approved(project)
    assert open_review(project).report().bound == before
    drop(project, None)
    assert open_review(project).report().bound != before


def test_applying_twice_adds_nothing_twice(project: Project) -> None:
    split_project(project)
    made = made_rows(project, 4)
    for row in made[:2]:
        decide(project, row.id, "accept")
    apply_approved(project)
    with pytest.raises(UsageError, match="nothing changes"):
        apply_approved(project)
    decide(project, made[2].id, "accept")
    assert apply_approved(project).derived.changed == {"added": 1}
    assert Counter(row.id for row in current(project).rows()).most_common(1)[0][1] == 1


def test_a_mended_candidate_is_learned_as_it_was_mended_and_only_once(project: Project) -> None:
    split_project(project)
    (row,) = made_rows(project, 1)
    new = json.dumps({"queue": "GATE", "city": "Bern"})
    decide(project, row.id, "edit", before=row.answer, after=new)
    apply_approved(project)
    (inside,) = [one for one in current(project).rows() if one.provenance]
    assert (inside.answer, inside.parent) == (new, row.parent)
    assert inside.provenance and inside.provenance["candidate"] == row.id
    with pytest.raises(UsageError, match="nothing changes"):
        apply_approved(project)
    one = status_of(project, "rules")
    assert (one.approved, one.edited, one.rate["rate"]) == (0, 1, 0.0)


def test_a_candidate_whose_parent_is_gone_or_that_is_rejected_later_is_not_added(project: Project) -> None:
    split_project(project)
    made = made_rows(project, 3)
    for row in made:
        decide(project, row.id, "accept")
    decide(project, made[0].id, "reject", reason="wrong")
    gone = made[1].parent
    with project.changing("test"):
        taken = Change("gone", rule="gone", message="gone")
        derived = derive(current(project), project.data, "clean", lambda _, row: taken if row.id == gone else None)
        adopt_derived(project, derived)
    done = apply_approved(project)
    assert {row.id for row in current(project).rows() if row.provenance} == {made[2].id}
    assert done.document()["not_added"] == {"whose parent is no longer in train as it was": 1}


def test_the_caps_hold_when_rows_are_applied(project: Project) -> None:
    split_project(project)
    for row in made_rows(project, 6):
        decide(project, row.id, "accept")
    done = apply_approved(project, most=0.05)
    real = len(rows_of(current(project), "train")) - done.derived.changed["added"]
    assert done.derived.changed["added"] / (real + done.derived.changed["added"]) <= 0.05
    assert done.left["cap"] == 6 - done.derived.changed["added"] > 0


def test_made_up_rows_go_again_by_method_or_all(project: Project) -> None:
    split_project(project)
    before = {row.id for row in current(project).rows()}
    make(project, order("rules", count=3))
    make(project, order("template", count=4))
    for row in candidates(project):
        decide(project, row.id, "accept")
    apply_approved(project)
    assert current(project).manifest["augmented"] == {"rules": 3, "template": 4}
    assert drop(project, "template").changed == {"dropped": 4}
    assert current(project).manifest["augmented"] == {"rules": 3}
    assert drop(project, None).changed == {"dropped": 3}
    assert {row.id for row in current(project).rows()} == before
    with pytest.raises(UsageError, match="nothing changes"):
        drop(project, None)
    with pytest.raises(UsageError, match="no method"):
        drop(project, "magic")


def test_readers_who_differ_leave_a_candidate_waiting_until_it_is_settled(project: Project) -> None:
    split_project(project)
    (row,) = made_rows(project, 1)
    decide(project, row.id, "accept")
    decide(project, row.id, "reject", project.reviews_of("ann"), reason="wrong")
    assert (status_of(project, "rules").waiting, Standing(project).of(row.id)) == (1, None)
    time = "2030-01-01T00:00:00.000+00:00"
    Verdicts(project.reviews_of("ann"), DISAGREEMENTS).decide(Decision(row.id, "accept", "v2", time, time))
    assert (status_of(project, "rules").waiting, status_of(project, "rules").approved) == (0, 1)


def test_a_skip_is_no_verdict_and_an_undo_takes_one_back(project: Project) -> None:
    split_project(project)
    made = made_rows(project, 2)
    decide(project, made[0].id, "skip")
    decide(project, made[1].id, "flag")
    assert (status_of(project, "rules").waiting, status_of(project, "rules").rejected) == (1, 1)
    Verdicts(project.reviews, CANDIDATES).undo("v2")
    assert status_of(project, "rules").waiting == 2


def test_a_candidate_changed_by_hand_is_approved_by_no_verdict(project: Project) -> None:
    split_project(project)
    (row,) = made_rows(project, 1)
    decide(project, row.id, "accept")
    text = candidates_file(project).read_text(encoding="utf-8").replace("HARBOR", "EVIL").replace("LEDGER", "EVIL")
    candidates_file(project).write_text(text.replace("BENCH", "EVIL") + "{}\n[1]\nnull\n", encoding="utf-8")
    assert list(candidates(project)) == []
    with pytest.raises(UsageError, match="nothing changes"):
        apply_approved(project)


def test_rejected_candidates_make_room_and_rows_of_the_data_are_no_parents_twice(project: Project) -> None:
    split_project(project)
    made = made_rows(project, 5)
    for row in made[:2]:
        decide(project, row.id, "reject", reason="other")
    decide(project, made[2].id, "accept")
    apply_approved(project)
    again = make(project, order(count=5))
    assert (again.there, again.made) == (3, 2)
    assert not {row.parent for row in candidates(project)} & {made[2].id}


def test_every_line_of_the_candidates_is_a_row_that_others_can_read(project: Project) -> None:
    split_project(project)
    made_rows(project, 3)
    read = [parse_row(line) for line in candidates_file(project).read_bytes().splitlines(keepends=True)]
    assert [row and row.id for row in read] == [row.id for row in candidates(project)]


def test_a_row_with_tools_or_a_last_turn_of_a_tool_is_a_parent_as_far_as_it_can_be(project: Project) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": question(900)},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "found", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "It was found."},
    ]
    tool = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
    split_project(project, [*rows(40), *({"messages": turns, "tools": [tool], "queue": "BENCH"} for _ in range(1))])
    source = open_source(project)
    parents = {row for row, _ in source.parents}
    with_tools = [row for row in current(project).rows() if len(row.messages) == 4]
    assert with_tools and not parents & {row.id for row in with_tools}


def test_the_command_tells_what_it_made_and_refuses_what_cannot_be_meant(
    project: Project, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    def run(*arguments: str) -> tuple[int, Any, str]:
        code = cli.main(["augment", *arguments, "--json", "--project", str(project.root)])
        out, err = capsysbinary.readouterr()
        return code, json.loads(out) if out else None, err.decode()

    assert run("status")[0] == 3 or run("status")[1]["split"] is False
    split_project(project)
    assert run("look", "--method", "template", "--count", "2")[1]["examples"]
    code, document, _ = run("make", "--method", "rules", "--count", "4", "--rules", "frames,politeness")
    assert (code, document["made"]) == (0, 4)
    assert {row.provenance["generator"] for row in candidates(project) if row.provenance} == {"rules:politeness,frames"}
    for row in candidates(project):
        decide(project, row.id, "accept")
    code, document, _ = run("status")
    (one,) = [one for one in document["methods"] if one["name"] == "rules"]
    assert (one["made"], one["approved"], one["approval"]["rate"]) == (4, 4, 1.0)
    assert one["approval"]["at_least"] == pytest.approx(0.05**0.25)
    assert run("apply")[1]["changed"] == {"added": 4}
    code, _, said = run("apply")
    assert code == 2 and "nothing changes" in said
    assert run("drop", "--all")[1]["changed"] == {"dropped": 4}
    for arguments, code in (
        (("make", "--method", "magic"), 2),
        (("make", "--method", "rules", "--count", "0"), 2),
        (("make", "--method", "rules", "--share", "1.5"), 2),
        (("make", "--method", "rules", "--rules", "poetry"), 2),
        (("make", "--method", "rules", "--seed", str(2**80)), 2),
        (("make", "--method", "template", "--templates", "none.toml"), 2),
        (("make", "--method", "paraphrase"), 2),
        (("drop",), 2),
    ):
        found, _, said = run(*arguments)
        assert found == code and "hint: " in said, arguments


def test_every_method_has_its_words_and_rules_are_taken_in_their_order() -> None:
    assert {one.name for one in METHODS.values() if not one.asks} == {"template", "rules"}
    assert chosen_rules(" typos, frames ") == ("frames", "typos")
    with pytest.raises(UsageError, match="nothing is no rule"):
        chosen_rules(" , ")


def test_judged_answers_are_no_parents(project: Project) -> None:
    split_project(project, [chat(question(number), "It is.", label=number % 2 == 0) for number in range(30)])
    assert {row.kind for row in current(project).rows()} == {"judged"}
    with pytest.raises(DataError, match=r"no train row can be a parent: .* judged answers"):
        open_source(project)


def test_rows_with_an_unfilled_placeholder_or_a_stock_phrase_are_no_parents(project: Project) -> None:
    answers = ("It is open until six.", "TODO: fill in", "As an AI language model, I cannot help.")
    split_project(project, [chat(question(number), answers[number % 3]) for number in range(60)])
    source = open_source(project)
    assert {source.row(number).answer for _, number in source.parents} == {answers[0]}
    assert source.unfit["flawed"] > 20
