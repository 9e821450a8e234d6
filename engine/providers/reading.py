"""What the tables of a catalogue file mean: models, GPUs, throughputs, destinations."""

from dataclasses import replace
from typing import Literal, get_args

from engine.providers.entries import (
    Destination,
    Gpu,
    Kind,
    OpenModel,
    PricedModel,
    Serving,
    Status,
    Throughput,
    Tier,
    Tunable,
    Upload,
    Way,
)
from engine.providers.figures import Unit
from engine.providers.reader import Table

PER_MILLION: Unit = "USD per 1M tokens"
REGIONS = ("us", "eu", "uk", "asia")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_STATUSES: tuple[Status, ...] = get_args(Status)
_WAYS: tuple[Way, ...] = get_args(Way)
_WHAT: tuple[Literal["serving", "training"], ...] = ("serving", "training")
METHODS = ("LoRA", "QLoRA", "full", "SFT", "DPO", "RFT")


def priced_model(table: Table, provider: str) -> PricedModel:
    model = PricedModel(
        id=table.text("id"),
        name=table.text("name"),
        provider=provider,
        input=table.figure("input", PER_MILLION),
        output=table.figure("output", PER_MILLION),
        cached_input=table.figure_or_none("cached_input", PER_MILLION),
        batch_discount=table.figure_or_none("batch_discount", "share"),
        tiers=tuple(_tier(inner) for inner in table.tables("tiers")),
        ends=table.ends("ends"),
    )
    table.done()
    return model


def _tier(table: Table) -> Tier:
    tier = Tier(
        above=table.figure("above", "tokens"),
        input=table.figure("input", PER_MILLION),
        output=table.figure("output", PER_MILLION),
        cached_input=table.figure_or_none("cached_input", PER_MILLION),
    )
    table.done()
    return tier


def gpu(table: Table) -> Gpu:
    gpu = Gpu(
        id=table.text("id"),
        name=table.text("name"),
        memory=table.figure("memory", "GB"),
        compute=table.figure("compute", "TFLOP per s"),
        bandwidth=table.figure("bandwidth", "TB per s"),
    )
    table.done()
    return gpu


def open_model(table: Table) -> OpenModel:
    model = OpenModel(
        id=table.text("id"),
        name=table.text("name"),
        parameters=table.figure("parameters", "billion parameters"),
        licence=table.said_or_not_found("licence"),
    )
    table.done()
    return model


def throughput(table: Table) -> Throughput:
    what: Literal["serving", "training"] = table.choice("what", _WHAT)
    unit: Unit = "requests per s" if what == "serving" else "tokens per s"
    precisions = ("fp8", "bf16") if what == "serving" else ("LoRA", "QLoRA")
    measured = Throughput(
        what=what,
        gpu=table.text("gpu"),
        parameters=table.number("parameters"),
        precision=table.choice("precision", precisions),
        figure=table.figure("figure", unit),
        prompt_tokens=table.whole("prompt_tokens", 0),
        output_tokens=table.whole("output_tokens", 0),
    )
    table.done()
    return measured


def destinations(table: Table, provider: str, provider_name: str) -> list[Destination]:
    """One destination or, where it lists offers (cards that one seller rents), one for each."""
    offers = table.tables("offers")
    kind = table.choice("kind", _KINDS)
    shared = Destination(
        id="" if offers else table.text("id"),
        name="" if offers else table.text("name"),
        provider=provider,
        provider_name=provider_name,
        kind=kind,
        status=table.choice("status", _STATUSES),
        status_about=table.said("status_about"),
        methods=_methods(table),
        models=tuple(_tunable(inner) for inner in table.tables("models")),
        any_open_model=table.flag("any_open_model", False),
        rows_minimum=table.figure_or_not_found("rows_minimum", "rows"),
        rows_maximum=table.figure_or_not_found("rows_maximum", "rows"),
        data_leaves=table.flag("data_leaves", True),
        regions=_some(table, "regions", REGIONS),
        region=table.said_or_not_found("region"),
        retention=table.said_or_not_found("retention"),
        zero_retention=table.said_or_not_found("zero_retention"),
        serving=_serving(table.table("serving")),
        checked_on=table.past("checked_on"),
        validation_billed=table.said("validation_billed") if table.has("validation_billed") else None,
        ends=table.ends("ends"),
        upload=_upload(table.table("upload")) if table.has("upload") else None,
    )
    if shared.any_open_model and shared.models:
        table.problem("models", "any_open_model is said as well", "write the one or the other")
    table.done()
    return [_offer(inner, shared) for inner in offers] or [shared]


def _offer(table: Table, shared: Destination) -> Destination:
    """The seller's destination, with the card, the price and the number of cards of one offer."""
    serving = replace(
        shared.serving,
        gpu=table.text("gpu"),
        per_hour=table.figure("per_hour", "USD per hour"),
        gpus_minimum=table.whole("gpus_minimum", 1),
    )
    offer = replace(shared, id=table.text("id"), name=table.text("name"), serving=serving)
    table.done()
    return offer


def _tunable(table: Table) -> Tunable:
    tunable = Tunable(
        model=table.text("model"),
        name=table.text("name"),
        methods=_methods(table),
        train=table.figure_if_any("train", PER_MILLION),
        parameters=table.figure_or_none("parameters", "billion parameters"),
        minimum_fee=table.figure_or_none("minimum_fee", "USD"),
        input=table.figure_if_any("input", PER_MILLION),
        cached_input=table.figure_or_none("cached_input", PER_MILLION),
        output=table.figure_if_any("output", PER_MILLION),
        ends=table.ends("ends"),
    )
    table.done()
    return tunable


def _serving(table: Table) -> Serving:
    serving = Serving(
        way=table.choice("way", _WAYS),
        about=table.said_or_not_found("about"),
        per_hour=table.figure_or_none("per_hour", "USD per hour"),
        gpu=table.text("gpu") if table.has("gpu") else None,
        gpus_minimum=table.whole("gpus_minimum", 1),
        storage=table.figure_if_any("storage", "USD per month"),
        batch_discount=table.figure_or_none("batch_discount", "share"),
    )
    table.done()
    return serving


def _upload(table: Table) -> Upload:
    upload = Upload(
        form=table.text("form"),
        target=table.text("target") if table.has("target") else None,
        commands=table.texts("commands"),
        source=table.cited("source"),
        notes=table.texts("notes"),
    )
    table.done()
    return upload


def _methods(table: Table) -> tuple[str, ...]:
    return _some(table, "methods", METHODS)


def _some(table: Table, key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Some of the choices, in their order in the file."""
    given = table.texts(key)
    for name in given:
        if name not in choices:
            table.problem(key, f"{name!r} is none of {', '.join(choices)}", "write those alone")
    return given
