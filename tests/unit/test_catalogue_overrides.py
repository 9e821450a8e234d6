"""A person's own prices: where they go, how they are marked, what is refused and where it is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.project import Project
from engine.providers import catalogue
from engine.providers.figures import Figure, NotFound

TODAY = date(2026, 11, 21)
SHIPPED = catalogue.load(today=TODAY)


def test_the_price_of_a_model_is_replaced_and_marked_as_yours() -> None:
    own = catalogue.load({"gpt-6-luna": {"input": 0.05, "batch_discount": 0}}, TODAY)
    luna = catalogue.priced_model(own, "gpt-6-luna")
    assert luna.input.value == 0.05
    assert luna.input.source.confidence == "yours"
    assert luna.input.source.as_of == TODAY
    assert not luna.input.source.is_stale(date(2028, 1, 1))
    assert luna.batch_discount and luna.batch_discount.value == 0
    assert luna.output == catalogue.priced_model(SHIPPED, "gpt-6-luna").output
    assert own.problems == ()


def test_what_no_source_told_can_be_told() -> None:
    own = catalogue.load({"nebius/llama-3.1-8b": {"train": 0.4, "input": 0.02, "output": 0.06}}, TODAY)
    tuned = catalogue.tunable(own, "nebius", "llama-3.1-8b")
    assert isinstance(tuned.train, Figure) and tuned.train.value == 0.4
    assert isinstance(catalogue.tunable(own, "nebius", "llama-3.3-70b").train, NotFound)


def test_where_hours_and_tokens_are_paid_both_can_be_told() -> None:
    own = catalogue.load({"azure/gpt-oss-20b": {"input": 0.07}, "azure": {"per_hour": 1.8}}, TODAY)
    assert own.problems == ()
    assert isinstance(price := catalogue.tunable(own, "azure", "gpt-oss-20b").input, Figure) and price.value == 0.07


def test_hours_and_storage_belong_to_a_destination() -> None:
    own = catalogue.load({"runpod-h100-sxm-secure": {"per_hour": 3.49}, "bedrock": {"storage": 0}}, TODAY)
    hour = catalogue.destination(own, "runpod-h100-sxm-secure").serving.per_hour
    assert hour and hour.amount("USD per hour") == 3.49
    assert isinstance(storage := catalogue.destination(own, "bedrock").serving.storage, Figure) and storage.value == 0
    assert catalogue.destination(own, "runpod-l40s-secure") == catalogue.destination(SHIPPED, "runpod-l40s-secure")


def test_an_hour_of_this_machine_can_be_given_a_price() -> None:
    own = catalogue.load({"this-machine": {"per_hour": 0.3}}, TODAY)
    hour = catalogue.destination(own, "this-machine").serving.per_hour
    assert hour and hour.source.confidence == "yours"


@pytest.mark.parametrize(
    ("of", "field", "value", "told"),
    [
        ("gpt-6-lunar", "input", 1, "no model or destination 'gpt-6-lunar'; the nearest is gpt-6-luna"),
        ("gpt-6-luna", "imput", 1, "no such price; the nearest is input"),
        ("gpt-6-luna", "train", 1, "a model as it is has no such price; it has input"),
        ("gpt-6-luna", "input", -1, "-1 is no price; a number of USD per 1M tokens"),
        ("gpt-6-luna", "input", "1", "'1' is no price"),
        ("gpt-6-luna", "input", True, "True is no price"),
        ("gpt-6-luna", "input", float("nan"), "nan is no price"),
        ("gpt-6-luna", "input", float("inf"), "inf is no price"),
        ("gpt-6-luna", "input", 10**400, "1000"),
        ("gpt-6-luna", "batch_discount", 50, "50 is no price; a number of share, from 0 to 1"),
        ("together", "train", 1, 'that is the price of a model; name the model as well: [prices."together/'),
        ("together/qwen", "train", 1, "no model 'qwen' at together; the nearest is qwen3"),
        ("togther/qwen3-8b", "train", 1, "no destination 'togther'; the nearest is together"),
        ("gpt-6-luna/x", "train", 1, "no destination 'gpt-6-luna'; the nearest is"),
        ("together/qwen3-8b", "input", 1, "together serves no tuned model per token"),
        ("together/qwen3-8b", "per_hour", 1, "a tuned model has no such price"),
        ("runpod-l40s-secure/qwen3-8b", "train", 1, "runpod-l40s-secure is paid by the hour"),
        ("tinker", "per_hour", 1, "tinker charges nothing of that kind"),
        ("cohere", "storage", 1, "cohere charges nothing of that kind"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_key_and_the_rest_holds(of: str, field: str, value: Any, told: str) -> None:
    own = catalogue.load({of: {field: value}, "gpt-6-sol": {"input": 1.5}}, TODAY)
    (problem,) = own.problems
    assert problem.startswith(f'project.toml: prices."{of}".{field}: {told}')
    assert "; " in problem and len(problem) < 250
    assert catalogue.priced_model(own, "gpt-6-sol").input.value == 1.5
    assert own.destinations == SHIPPED.destinations


def test_a_value_where_a_table_belongs_is_told() -> None:
    (problem,) = catalogue.load({"gpt-6-luna": 3}, TODAY).problems
    assert problem.startswith('project.toml: prices."gpt-6-luna": 3 is not a table; write [prices."gpt-6-luna"]')


def test_a_price_goes_into_project_toml_and_back(project: Project) -> None:
    before = project.settings_file.read_text(encoding="utf-8")
    catalogue.set_price(project, "gpt-6.1-terra", "input", 0.9)
    catalogue.set_price(project, "gpt-6.1-terra", "output", 4.5)
    catalogue.set_price(project, "nebius/llama-3.1-8b", "train", 0.4)
    own = catalogue.for_project(project, TODAY)
    assert own.problems == ()
    terra = catalogue.priced_model(own, "gpt-6.1-terra")
    assert (terra.input.value, terra.output.value) == (0.9, 4.5)
    assert terra.cached_input == catalogue.priced_model(SHIPPED, "gpt-6.1-terra").cached_input
    catalogue.set_price(project, "gpt-6.1-terra", "input", None)
    terra = catalogue.priced_model(catalogue.for_project(project, TODAY), "gpt-6.1-terra")
    assert (terra.input.value, terra.output.value) == (1.0, 4.5)
    catalogue.set_price(project, "gpt-6.1-terra", "output", None)
    catalogue.set_price(project, "nebius/llama-3.1-8b", "train", None)
    assert catalogue.for_project(project, TODAY) == SHIPPED
    assert project.settings_file.read_text(encoding="utf-8").startswith(before)


def test_giving_back_what_was_never_set_changes_nothing(project: Project) -> None:
    catalogue.set_price(project, "gpt-6-luna", "input", None)
    assert catalogue.for_project(project, TODAY) == SHIPPED


@pytest.mark.parametrize(
    ("of", "field", "value"),
    [
        ("gpt-6-lunar", "input", 1.0),
        ("gpt-6-luna", "inputs", 1.0),
        ("gpt-6-sol", "input", -1.0),
        ("tinker", "per_hour", 1.0),
    ],
)
def test_a_price_that_is_refused_is_not_written(project: Project, of: str, field: str, value: float) -> None:
    before = project.settings_file.read_bytes()
    with pytest.raises(UsageError) as raised:
        catalogue.set_price(project, of, field, value)
    assert of in raised.value.message and raised.value.hint
    assert project.settings_file.read_bytes() == before


def test_a_hand_written_value_where_a_table_belongs_can_be_mended_by_setting_the_price(project: Project) -> None:
    project.set("prices", {"gpt-6-luna": 3})
    assert catalogue.for_project(project, TODAY).problems
    catalogue.set_price(project, "gpt-6-luna", "input", 0.2)
    own = catalogue.for_project(project, TODAY)
    assert own.problems == () and catalogue.priced_model(own, "gpt-6-luna").input.value == 0.2


def test_a_price_that_makes_no_sense_can_be_taken_away(project: Project) -> None:
    project.set("prices", {"gpt-7": {"input": -1}})
    assert catalogue.for_project(project, TODAY).problems
    catalogue.set_price(project, "gpt-7", "input", None)
    assert catalogue.for_project(project, TODAY) == SHIPPED


@given(st.floats(min_value=0, max_value=1e6), st.sampled_from([model.id for model in SHIPPED.models]))
def test_any_price_in_range_is_taken_as_it_is(price: float, model: str) -> None:
    own = catalogue.load({model: {"output": price}}, TODAY)
    assert own.problems == () and catalogue.priced_model(own, model).output.value == price
