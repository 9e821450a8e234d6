"""Rows against benchmarks: nothing is missed by any method, every shape of benchmark is read, such rows can go."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.adopt import current
from engine.data.benchmark import read_benchmark
from engine.data.compared import compared_before
from engine.data.contamination import Asked, compare, without
from engine.data.deriving import adopt_derived
from engine.data.overlap import Text, find_overlap
from engine.data.splitting import split
from engine.data.versions import open_version
from engine.data.words import words
from engine.errors import DataError, UsageError
from engine.project import Project
from tests.unit.test_data_export import project_of
from tests.unit.test_data_split import row, sentence, version

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def found(texts: Sequence[Text], rows: Sequence[Text]) -> dict[str, set[int]]:
    """Rows by the method that saw them."""
    overlap = find_overlap(texts, rows, len(rows))
    return {kind: {hit.row for hit in overlap.hits if hit.kind == kind} for kind in ("exact", "passage", "near")}


# The three methods against plain Python.


def grams(text: str) -> set[str]:
    """Runs of 3 words; a shorter text is one."""
    said = words(text)
    return {" ".join(said[at : at + 3]) for at in range(max(1, len(said) - 2))}


def jaccard(one: str, other: str) -> float:
    both = grams(one), grams(other)
    return len(both[0] & both[1]) / len(both[0] | both[1])


def passages(question: str) -> set[str]:
    """What must not stand in a row: 13 words of a long question, a short one whole or without an outer word."""
    said = words(question)
    if len(said) >= 13:
        return {" ".join(said[at : at + 13]) for at in range(len(said) - 12)}
    whole = {" ".join(said)} if len(said) >= 5 else set()
    return whole | ({" ".join(said[1:]), " ".join(said[:-1])} if len(said) >= 9 else set())


def changed(random: Random, text: str) -> str:
    """`text` with some of its words replaced, dropped or doubled."""
    out = []
    for word in text.split():
        kind = random.random()
        out += [] if kind < 0.03 else [word, word] if kind < 0.06 else [f"x{random.random()}"] if kind < 0.1 else [word]
    return " ".join(out)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 40))
def test_every_method_finds_what_plain_python_finds(seed: int, items: int, count: int) -> None:
    random = Random(seed)
    texts = [Text(sentence(random, random.choice((3, 6, 10, 13, 30))), sentence(random, 20)) for _ in range(items)]
    rows = []
    for _ in range(count):
        text, kind = random.choice(texts), random.randrange(5)
        if kind == 0:
            rows.append(Text(text.question.upper() + " ?!", "other"))
        elif kind == 1:
            rows.append(Text(changed(random, text.question), changed(random, text.answer)))
        elif kind == 2:
            rows.append(Text("please", f"{sentence(random, 3)} {text.question} {sentence(random, 3)}"))
        elif kind == 3:
            rows.append(Text(changed(random, text.question), sentence(random)))
        else:
            rows.append(Text(sentence(random, 15), sentence(random, 15)))
    seen = found(texts, rows)
    whole = [" ".join(words(f"{one.question} {one.answer}")) for one in rows]
    sought = {passage for text in texts for passage in passages(text.question)}
    holding = [{at for at, said in enumerate(whole) if f" {passage} " in f" {said} "} for passage in sought]
    assert seen["passage"] == set().union(*(held for held in holding if len(held) <= 10))
    for number, one in enumerate(rows):
        asked = " ".join(words(one.question))
        assert (number in seen["exact"]) == any(asked == " ".join(words(text.question)) for text in texts)
        pairs = [(one.question, text.question) for text in texts]
        pairs += [(whole[number], f"{text.question} {text.answer}") for text in texts]
        assert (number in seen["near"]) == (max(jaccard(*pair) for pair in pairs) >= 0.7)


def test_a_passage_is_found_unless_it_is_a_template() -> None:
    random = Random(1)
    question, short = sentence(random, 20), sentence(random, 7)
    rows = [Text(sentence(random, 20), f"{sentence(random, 4)} {question} {short} end") for _ in range(10)]
    others = [Text(sentence(random, 20)) for _ in range(50)]
    assert found([Text(question)], rows + others)["passage"] == set(range(10))
    assert found([Text(short)], rows + others)["passage"] == set(range(10))
    overlap = find_overlap([Text(question)], [*rows, rows[0], *others], 61)
    assert not overlap.hits and overlap.templates == 8
    assert not found([Text(sentence(random, 4))], [Text(f"a {sentence(random, 4)} b")])["passage"]


def test_a_template_is_told_by_all_rows_and_not_by_the_first_chunk() -> None:
    random = Random(3)
    question = sentence(random, 13)
    holding, others = [Text(f"{question} {at}") for at in range(30)], [Text(sentence(random, 6)) for _ in range(2000)]
    assert not found([Text(question)], [*holding[:15], *others, *holding[15:]])["passage"]
    assert len(found([Text(question)], [*holding[:10], *others, *holding[10:20]])["passage"]) == 20


def test_no_passage_runs_from_one_row_into_the_next() -> None:
    said = sentence(Random(4), 16).split()
    rows = [Text("", " ".join(said[:8])), Text(" ".join(said[8:]), "")]
    assert not find_overlap([Text(" ".join(said))], rows, 2).hits
    assert not find_overlap([Text(" ".join(said[:8])), Text(" ".join(said[8:]))], [Text(" ".join(said[4:12]))], 1).hits


def test_a_prompt_that_all_questions_of_a_benchmark_begin_with_says_nothing() -> None:
    random = Random(2)
    opening = sentence(random, 15)
    texts = [Text(f"{opening} {sentence(random, 20)}") for _ in range(30)]
    row = Text(f"{opening} {sentence(random, 20)}")
    assert not found(texts, [row])["passage"]
    assert found(texts, [row, texts[4]])["passage"] == {1}


def test_scripts_without_spaces_are_compared_by_their_characters() -> None:
    question = "请问我上周订购的包裹现在到了哪里为什么还没有送到我家门口"
    near = question.replace("门口", "楼下")
    other = "今天天气很好我们一起去公园散步然后去吃饭好不好"
    assert found([Text(question)], [Text(near), Text(other), Text(question)]) == {
        "exact": {2},
        "passage": set(),
        "near": {0, 2},
    }


def test_empty_texts_and_empty_sides_are_nothing() -> None:
    assert not find_overlap([], [Text("a b c d e")], 1).hits
    assert not find_overlap([Text("", "yes")], [Text("", "no"), Text("x", "yes")], 2).hits
    assert not find_overlap([Text("a b c d e")], [], 0).hits


# Shapes of benchmarks.


@pytest.mark.parametrize(
    ("name", "content", "column", "questions"),
    [
        ("mt.jsonl", '{"question_id": 81, "turns": ["Write a post.", "Make it shorter."]}', "turns", 2),
        ("gsm.jsonl", '{"question": "How many?", "answer": "#### 4"}\n{"question": "Why?"}', "question", 2),
        ("humaneval.jsonl", '{"task_id": "HE/0", "prompt": "def f(x):", "entry_point": "f"}', "prompt", 1),
        ("alpaca.json", '[{"instruction": "Sum up", "input": "a text", "output": "t"}]', "instruction", 1),
        ("chat.jsonl", '{"messages": [{"role": "system"}, {"role": "user", "content": "Hi"}]}', "messages", 1),
        ("table.csv", "id,question,answer\n1,How many?,4\n", "question", 1),
        ("plain.txt", "How many?\n\n  Why not?  \n", "lines", 2),
    ],
)
def test_benchmarks_are_read_as_they_are_published(
    tmp_path: Path, name: str, content: str, column: str, questions: int
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    read = read_benchmark(path)
    assert (read.column, len(read.items), read.unread) == (column, questions, 0)
    assert read.items[0].place.startswith(f"{name}:")


def test_what_is_asked_in_an_odd_column_is_named_by_the_person(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text('{"frage": "Wie viele?", "note": 1}\n{broken\n{"frage": 7}\n', encoding="utf-8")
    with pytest.raises(DataError, match="no column of questions") as refused:
        read_benchmark(path)
    assert "--column NAME; there are frage, note" in refused.value.hint
    read = read_benchmark(path, "frage")
    assert ([item.question for item in read.items], read.unread) == (["Wie viele?"], 2)
    with pytest.raises(DataError, match="no question in 'note'"):
        read_benchmark(path, "note")
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    with pytest.raises(DataError, match="no question"):
        read_benchmark(tmp_path / "empty.txt")


# The command's engine.


def benchmark(path: Path, questions: Sequence[str]) -> Path:
    path.write_text("".join(json.dumps({"question": one}) + "\n" for one in questions), encoding="utf-8")
    return path


def split_project(folder: Path, count: int = 30) -> Project:
    project = Project.create(folder / "project")
    version(project.data, [row(sentence(Random(at), 20), f"answer {at}") for at in range(count)])
    made = split(open_version(project.data / "v1"), project.data, 0)
    project.set("data", {"version": made.version.name})
    return project


def test_rows_are_named_and_the_result_is_kept_beside_the_report(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    rows = list(current(project).rows())
    first = {side: next(at for at, one in enumerate(rows) if one.split == side) for side in ("train", "test")}
    questions = [rows[first["train"]].prompt[0], f"{rows[first['test']].prompt[0]} {SECRET}", "another thing entirely"]
    path = benchmark(tmp_path / "gsm 8k!.jsonl", questions)
    found = compare(project, Asked((path,)))
    assert found.facts["name"] == "gsm-8k"
    assert {hit["row"]: hit["place"].split(":")[1] for hit in found.hits} == {first["train"]: "1", first["test"]: "2"}
    exact = next(hit for hit in found.hits if hit["row"] == first["train"])
    assert exact["kinds"] == ["exact", "near", "passage"]
    assert SECRET not in json.dumps(found.facts)
    assert [one.facts["name"] for one in compared_before(project)] == ["gsm-8k"]
    alone = compare(project, Asked((path,), name="only test", split="test"))
    assert alone.facts["rows"] == sum(one.split == "test" for one in rows)
    assert [hit["row"] for hit in alone.hits] == [first["test"]]
    assert [one["row"] for one in alone.document()["hits"]] == [first["test"] + 1]
    with pytest.raises(UsageError, match="has no split 'dev'"):
        compare(project, Asked((path,), split="dev"))
    with pytest.raises(UsageError, match="no name for a file"):
        compare(project, Asked((path,), name="../.."))


def test_contaminated_rows_of_train_go_and_those_of_test_stay(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    rows = list(current(project).rows())
    chosen = [next(one for one in rows if one.split == side) for side in ("train", "test")]
    path = benchmark(tmp_path / "b.jsonl", [one.prompt[0] for one in chosen])
    with project.changing("data contamination"):
        made = without(project, compare(project, Asked((path,))))
        adopt_derived(project, made)
    left = {one.id: one.split for one in current(project).rows()}
    assert chosen[0].id not in left and left[chosen[1].id] == "test"
    assert made.changed == {"contaminated": 1}
    assert current(project).manifest["split"]["proof"]["passed"]
    listed = (project.data / made.made.name / "left_out.jsonl").read_text(encoding="utf-8")
    assert chosen[0].id in listed and "b.jsonl:1" in listed
    assert [hit["split"] for hit in compare(project, Asked((path,))).hits] == ["test"]
    with pytest.raises(UsageError, match="nothing changes"):
        without(project, compare(project, Asked((path,))))


def test_before_the_split_every_such_row_goes(tmp_path: Path) -> None:
    rows = [row(sentence(Random(at), 20)) for at in range(5)]
    project = project_of(tmp_path, rows)
    found = compare(project, Asked((benchmark(tmp_path / "b.jsonl", [rows[3].prompt[0]]),)))
    assert found.facts["by_split"] == {"not split": 1}
    assert len(without(project, found).version) == 4
