"""The recipe: who decides each value, what contradicts itself, and what it is estimated to need."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cli, journey, planning
from engine.data.rows import Row
from engine.data.versions import writing
from engine.errors import ModelError, UsageError
from engine.model import BUILT_IN, ModelFacts, inspect_model
from engine.plan.defaults import Plan, Situation, make_plan
from engine.plan.estimate import memory_bytes, steps, trained_parameters
from engine.plan.lengths import TEMPLATE_TOKENS, Lengths, count_and_sample, measure_lengths
from engine.plan.recipe import Recipe, planned, store
from engine.plan.settings import FIXED, TUNABLE
from engine.project import Project
from tests.unit.tiny_model import LAYERS, LINEAR, PLAIN_TEMPLATE, write_model

CARD = """
[lora]
learning_rate = {value = 4e-3, why = "tried 1e-3 to 8e-3"}
general_file = {value = "general.jsonl", why = "replay of the pretraining"}
general_share = {value = 0.25, why = "skills fell without"}
"""
GIB = 2**30


@pytest.fixture
def model(tmp_path: Path) -> ModelFacts:
    return inspect_model(write_model(tmp_path / "model"))


def situation(model: ModelFacts, **changed: Any) -> Situation:
    whole = Situation(model, "v3", "lora", 600, Lengths(600, 100, 20), gpu=False, free_bytes=8 * GIB)
    return replace(whole, **changed)


def test_every_value_has_a_reason(model: ModelFacts) -> None:
    for method in ("lora", "full"):
        recipe = make_plan(situation(model, method=method), {}).recipe
        assert recipe.reasons.keys() == {*FIXED, *TUNABLE}
        assert all(recipe.reasons.values())


def test_the_fields_rules_without_a_card(model: ModelFacts) -> None:
    recipe = make_plan(situation(model), {}).recipe
    assert (recipe.rank, recipe.alpha, recipe.learning_rate, recipe.epochs, recipe.batch_size) == (
        16,
        32.0,
        2e-4,
        3,
        16,
    )
    assert (recipe.scheduler, recipe.clip_norm, recipe.weight_decay, recipe.warmup_ratio) == ("cosine", 1.0, 0.01, 0.1)
    assert (recipe.dropout, recipe.patience, recipe.max_steps, recipe.general_share) == (0.05, 3, None, 0.0)
    assert make_plan(situation(model, rows=300), {}).recipe.batch_size == 8
    assert make_plan(situation(model, rows=50_000), {}).recipe.epochs == 2
    assert make_plan(situation(model, rows=50_000), {}).recipe.dropout == 0.0


@pytest.mark.parametrize(
    ("method", "parameters", "rows", "rate"),
    [
        ("lora", 8e9, 600, 2e-4),
        ("lora", 70e9, 600, 1e-4),
        ("full", 1e9, 600, 2e-5),
        ("full", 8e9, 600, 1e-5),
        ("full", 8e9, 5000, 2e-5),
    ],
)
def test_the_learning_rate_follows_method_size_and_rows(
    model: ModelFacts, method: str, parameters: float, rows: int, rate: float
) -> None:
    large = replace(model, parameters=int(parameters))
    assert make_plan(situation(large, method=method, rows=rows), {}).recipe.learning_rate == rate


def test_the_card_wins_over_the_rule_and_you_over_the_card(tmp_path: Path) -> None:
    carded = inspect_model(write_model(tmp_path, card=CARD))
    recipe = make_plan(situation(carded), {}).recipe
    assert recipe.learning_rate == 4e-3
    assert recipe.reasons["learning_rate"] == "the model's card: tried 1e-3 to 8e-3"
    assert (recipe.general_file, recipe.general_share) == (str(tmp_path / "general.jsonl"), 0.25)
    yours = make_plan(situation(carded), {"learning_rate": "1e-3"}).recipe
    assert yours.learning_rate == 1e-3
    assert yours.reasons["learning_rate"] == "yours; without it: 0.004 (the model's card: tried 1e-3 to 8e-3)"
    assert make_plan(situation(carded, method="full"), {}).recipe.learning_rate == 2e-5
    assert make_plan(situation(carded), {"general_file": "none"}).recipe.general_share == 0.0


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ("[lora]\nrnak = {value = 8, why = 'x'}", "unknown key 'rnak', nearest is 'rank'"),
        ("[lora]\nrank = 8", "rank is not understood"),
        ("[lora]\nrank = {value = 0, why = 'x'}", "rank: 0 does not fit"),
        ("lora = 3", "lora is no table"),
        ("[qlora]\n", "qlora is not understood"),
    ],
)
def test_a_card_that_makes_no_sense_is_a_model_error(tmp_path: Path, card: str, says: str) -> None:
    carded = inspect_model(write_model(tmp_path, card=card))
    with pytest.raises(ModelError, match="the model's card") as caught:
        make_plan(situation(carded), {})
    assert says in caught.value.message and str(caught.value.where).endswith("recipe.toml")


def test_all_problems_of_overrides_are_told_at_once(model: ModelFacts) -> None:
    wrong = {"learning_rat": "1", "rank": "0", "epochs": "many", "scheduler": "cosin", "seed": "1.5", "max_steps": "-1"}
    with pytest.raises(UsageError) as caught:
        make_plan(situation(model), wrong)
    assert caught.value.message.count(";") == 5
    assert "'learning_rat', nearest is 'learning_rate'" in caught.value.message
    assert "rank: '0' does not fit: a whole number, from 1 to 1024" in caught.value.message


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"batch_size": "16", "micro_batch": "3"}, "micro_batch times accumulation"),
        ({"max_length": "257"}, "more than the 256 tokens"),
        ({"general_share": "0.2"}, "general_share needs general_file"),
    ],
)
def test_values_that_contradict_each_other_are_refused(model: ModelFacts, overrides: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make_plan(situation(model), overrides)


@given(st.dictionaries(st.sampled_from(sorted(TUNABLE)), st.text(max_size=6) | st.integers().map(str), max_size=4))
def test_any_override_gives_a_whole_recipe_or_a_usage_error(overrides: dict[str, str]) -> None:
    facts = ModelFacts(Path("m"), "X", 1000, 60, 8, 2, 256, 32, "F32", True, True, "f", {})
    try:
        recipe = make_plan(situation(facts), overrides).recipe
    except UsageError:
        return
    assert recipe.micro_batch * recipe.accumulation == recipe.batch_size
    assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_dependent_values_follow_yours(model: ModelFacts) -> None:
    recipe = make_plan(situation(model), {"rank": "32", "batch_size": "12", "accumulation": "4"}).recipe
    assert (recipe.alpha, recipe.micro_batch, recipe.accumulation) == (64.0, 3, 4)
    short = make_plan(situation(model), {"max_steps": "20"})
    assert short.recipe.max_steps == short.estimate.steps == 20
    assert short.recipe.eval_every == 2


def test_the_batch_is_split_until_it_fits_into_memory(model: ModelFacts) -> None:
    wide = replace(model, hidden_size=4096, layers=32)
    plan = make_plan(situation(wide, free_bytes=20 * GIB), {})
    assert 1 < plan.recipe.micro_batch < 16 and plan.recipe.micro_batch * plan.recipe.accumulation == 16
    assert plan.estimate.memory_bytes < 16 * GIB
    tight = make_plan(situation(wide, free_bytes=GIB), {}).recipe
    assert tight.micro_batch == 1 and "may not fit" in tight.reasons["micro_batch"]


def test_lengths_come_from_the_rows_and_end_at_the_context(model: ModelFacts) -> None:
    recipe = make_plan(situation(model, lengths=Lengths(600, 130, 50)), {}).recipe
    assert (recipe.max_length, recipe.new_tokens) == (192, 80)
    assert make_plan(situation(model, lengths=Lengths(600, 120, 50)), {}).recipe.max_length == 128
    sampled = make_plan(situation(model, rows=6000, lengths=Lengths(600, 120, 50)), {}).recipe
    assert sampled.max_length == 192 and "600 rows" in sampled.reasons["max_length"]
    long = make_plan(situation(model, lengths=Lengths(600, 4000, 50)), {}).recipe
    rambling = make_plan(situation(model, lengths=Lengths(600, 130, 120)), {}).recipe
    assert rambling.new_tokens == 128 and "128 at most" in rambling.reasons["new_tokens"]
    assert long.max_length == 256 and "lose their end" in long.reasons["max_length"]


def test_tokens_are_counted_by_the_models_own_tokenizer(model: ModelFacts) -> None:
    asks, answers = {"role": "user", "content": "is it"}, {"role": "assistant", "content": "yes it is"}
    rows = [[asks, {**answers, "content": "no"}], [asks, answers]]
    found = measure_lengths(model.folder / "tokenizer.json", iter(rows))
    assert (found.rows, found.longest_row, found.longest_answer) == (2, 5 + 2 * TEMPLATE_TOKENS, 3)
    assert len(found.row_tokens) == 2 and max(found.row_tokens) == found.longest_row
    assert measure_lengths(model.folder / "tokenizer.json", []) == Lengths(0, 0, 0)


def test_a_large_set_is_counted_and_sampled_in_one_pass() -> None:
    count, kept = count_and_sample(iter(range(1000)), 50)
    assert count == 1000 and len(set(kept)) == 50 and max(kept) > 500
    assert count_and_sample(iter("abc"), 50) == (3, ["a", "b", "c"])
    assert count_and_sample(iter(()), 50) == (0, [])


def test_precision_and_loss_follow_machine_and_template(tmp_path: Path, model: ModelFacts) -> None:
    assert make_plan(situation(model, gpu=True), {}).recipe.precision == "bfloat16"
    recipe = make_plan(situation(model), {}).recipe
    assert (recipe.precision, recipe.loss_on) == ("float32", "assistant")
    plain = inspect_model(write_model(tmp_path / "plain", template=PLAIN_TEMPLATE))
    unmarked = make_plan(situation(plain), {}).recipe
    assert unmarked.loss_on == "completion" and "prefix" in unmarked.reasons["loss_on"]


def test_what_is_trained_and_how_long_in_closed_form(model: ModelFacts) -> None:
    ends = LAYERS * sum(rows + columns for rows, columns in LINEAR.values())
    assert trained_parameters(model, "lora", 4) == 4 * ends
    assert trained_parameters(model, "full", 4) == model.parameters
    assert steps(600, 16, 3, None) == 114  # 38 batches an epoch, the last of 8 rows
    assert steps(1, 16, 0.5, None) == 1 and steps(600, 16, 3, 20) == 20
    plan = make_plan(situation(replace(model, card={})), {"general_file": "g.jsonl", "general_share": "0.2"})
    assert plan.estimate.steps == 141  # 750 rows: a fifth of them general
    assert plan.estimate.source == "estimated"


def test_memory_of_an_8b_model_is_near_what_was_counted_on_its_shapes() -> None:
    llama = ModelFacts(
        Path("m"), "LlamaForCausalLM", 8_030_261_248, 41_943_040 // 16, 4096, 32, 8192, 128256, "BF16",
        True, False, "f", {},
    )  # fmt: skip
    found = memory_bytes(llama, "lora", 16, "bfloat16", 2048) / GIB
    assert found == pytest.approx(34.62, rel=0.1)  # counted with fake tensors, one row of 2,048 tokens
    assert memory_bytes(llama, "full", 16, "bfloat16", 0) / GIB == pytest.approx(15 * 4, rel=0.05)


def recipe_of(plan: Plan, **changed: Any) -> Recipe:
    return replace(plan.recipe, **changed)


def test_a_recipe_survives_its_file_and_its_hash_follows_its_values(model: ModelFacts) -> None:
    plan = make_plan(situation(model), {"max_steps": "20"})
    again = Recipe.from_toml(plan.recipe.to_toml())
    assert again == plan.recipe and again.hash() == plan.recipe.hash()
    assert recipe_of(plan, seed=7).hash() != plan.recipe.hash()
    assert recipe_of(plan, reasons={}).hash() == plan.recipe.hash()
    without = recipe_of(plan, max_steps=None)
    assert Recipe.from_toml(without.to_toml()).max_steps is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda values: values.pop("rank"), "rank is missing"),
        (lambda values: values.update(rank="many"), "rank: 'many' does not fit"),
        (lambda values: values.update(colour="red"), "unknown key 'colour'"),
        (lambda values: values.update(accumulation=7), "times accumulation"),
        (lambda values: values.update(method="qlora"), "one of lora, full"),
    ],
)
def test_what_is_no_recipe_is_refused(model: ModelFacts, change: Any, says: str) -> None:
    values = make_plan(situation(model), {}).recipe.values()
    change(values)
    with pytest.raises(UsageError, match=says):
        Recipe.from_values(values)


def test_the_plan_of_a_project_is_stored_and_guarded_against_edits(tmp_path: Path, model: ModelFacts) -> None:
    project = Project.create(tmp_path / "p")
    with pytest.raises(UsageError, match="no plan yet"):
        planned(project)
    store(project, make_plan(situation(model), {"max_steps": "20"}).recipe)
    longer = make_plan(situation(model), {}).recipe
    store(project, longer)
    assert planned(project) == longer
    assert project.settings()["plan"]["hash"] == longer.hash()
    project.set("plan", {"epochs": 9.0})
    with pytest.raises(UsageError, match="changed by hand"):
        planned(project)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a split version of 40 rows."""
    made = Project.create(tmp_path / "p")
    with writing(made.data) as writer:
        for number in range(40):
            turns = [
                {"role": "user", "content": "is it"},
                {"role": "assistant", "content": "yes" if number % 2 else "no"},
            ]
            row = Row(f"{number:032x}", turns, {}, {"file": "a.jsonl", "line": number + 1, "byte": 0}, ["import"])
            writer.add(row.placed(f"g{number}", "train" if number < 32 else "test"))
        writer.finish({"step": "split"})
    made.set("data", {"version": "v1"})
    return made


def test_the_command_stores_plan_model_and_evidence(
    project: Project, model: ModelFacts, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", "--project", str(project.root), "--model", str(model.folder), "--set", "max_steps=20", "--json"]
    assert cli.main(command) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["recipe"]["max_steps"] == document["estimate"]["steps"] == 20
    assert document["reasons"]["max_steps"].startswith("yours")
    recipe = planned(project)
    assert (recipe.data_version, recipe.batch_size, recipe.new_tokens) == ("v1", 8, 32)
    assert project.settings()["model"] == {"path": str(model.folder), "fingerprint": model.fingerprint}
    assert journey.read(project)[4].state == "passed"
    project.set("data", {"version": "v2"})
    assert journey.read(project)[4].state == "stale"


def test_the_model_of_the_project_is_kept_and_the_table_gives_reasons(
    project: Project, model: ModelFacts, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--project", str(project.root)]
    assert cli.main(["plan", *here, "--model", str(model.folder), "--set", "epochs=4"]) == 0
    assert cli.main(["plan", *here, "--method", "full"]) == 0
    recipe = planned(project)
    assert (recipe.model, recipe.method, recipe.epochs) == (str(model.folder), "full", 3)
    printed = capsys.readouterr()
    assert "learning_rate" in printed.out and "trained numbers" in printed.err


GENERAL = '{"prompt": "Opposite of hot?", "completion": "cold"}\n'


def test_the_built_in_model_leaves_no_path_behind(
    project: Project, model: ModelFacts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(planning, "BUILT_IN", write_model(tmp_path / "shipped", card=CARD))
    (tmp_path / "shipped" / "general.jsonl").write_text(GENERAL, encoding="utf-8")
    planning.plan_project(project, method="lora", model=None, overrides={})
    assert "path" not in project.settings()["model"]
    planning.plan_project(project, method="lora", model=model.folder, overrides={})
    assert planned(project).model == str(model.folder)
    planning.plan_project(project, method="lora", model=Path("built-in"), overrides={})
    assert "path" not in project.settings()["model"]
    assert planned(project).model == str(tmp_path / "shipped")


def test_general_rows_are_found_from_anywhere(
    project: Project, model: ModelFacts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "general.jsonl").write_text(GENERAL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    overrides = {"general_file": "general.jsonl"}
    plan = planning.plan_project(project, method="lora", model=model.folder, overrides=overrides)
    assert (plan.recipe.general_file, plan.recipe.general_share) == (str(tmp_path / "general.jsonl"), 0.2)


def test_hostile_words_of_a_card_reach_no_terminal(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = '[lora]\nrank = {value = 4, why = "\\u001b]52;c;ZXZpbA==\\u0007 and [red]more[/red]"}'
    folder = write_model(tmp_path / "hostile", card=card)
    assert cli.main(["plan", "--project", str(project.root), "--model", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "[red]more[/red]" in printed
    assert "\x1b]52" in planned(project).reasons["rank"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--model", "\udcff"], 2, "not UTF-8"),
        (["--set", "rnak=8"], 2, "nearest is 'rank'"),
        (["--set", "rank"], 2, "not KEY=VALUE: rank"),
        (["--set", "general_file=nowhere.jsonl"], 2, "no such file"),
        (["--model", "nowhere"], 4, "no model folder"),
        (["--method", "qlora"], 2, "invalid choice"),
    ],
)
def test_bad_input_leaves_the_project_as_it_was(
    project: Project,
    model: ModelFacts,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    before = project.settings()
    given = arguments if "--model" in arguments else [*arguments, "--model", str(model.folder)]
    assert cli.main(["plan", "--project", str(project.root), *given]) == code
    assert says in capsys.readouterr().err
    assert project.settings() == before


def test_without_data_or_train_rows_there_is_nothing_to_plan(
    tmp_path: Path, model: ModelFacts, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Project.create(tmp_path / "empty")
    command = ["plan", "--project", str(empty.root), "--model", str(model.folder)]
    assert cli.main(command) == 3
    with writing(empty.data) as writer:
        writer.finish({"step": "import"})
    empty.set("data", {"version": "v1"})
    assert cli.main(command) == 3
    assert "no train rows" in capsys.readouterr().err


def test_rows_that_the_plan_cuts_are_counted_and_said(tmp_path: Path) -> None:
    lengths = Lengths(4, 400, 20, (100, 200, 300, 400))
    model = inspect_model(BUILT_IN, require_template=True)
    situation = Situation(model, "v1", "lora", 4, lengths, gpu=False, free_bytes=8 << 30)
    plan = make_plan(situation, {"max_length": "256"})
    assert "2 of 4 rows counted are longer than 256 tokens and lose their end; 400 would hold them all" in plan.warning
    assert plan.warning in plan.recipe.reasons["max_length"]
    assert make_plan(situation, {"max_length": "400"}).warning == ""
