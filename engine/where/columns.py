"""The comparison of destinations as texts, column by column."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.costs.money import price as quoted
from engine.costs.money import usd
from engine.providers.entries import Catalogue, Destination, Tunable
from engine.providers.figures import Figure, NotFound, Said
from engine.providers.telling import not_found, said, signs, span
from engine.where.constraints import Constraints
from engine.where.cost import burn

COLUMNS: Sequence[str] = (
    "name",
    "kind",
    "status",
    "methods",
    "models",
    "rows_minimum",
    "rows_maximum",
    "data_leaves",
    "region",
    "retention",
    "zero_retention",
    "training_price",
    "serving_price",
    "served",
    "ends",
    "as_of",
    "source",
)
_LISTED = 3
"""Models named in a cell."""


def columns(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Mapping[str, str]:
    """COLUMNS -> text."""
    texts = (
        one.name,
        one.kind,
        one.status + signs([one.status_about], today),
        ", ".join(one.methods),
        _models(catalogue, one),
        _rows(one.rows_minimum, today),
        _rows(one.rows_maximum, today),
        "yes" if one.data_leaves else "no",
        ", ".join(one.regions) or _fact(one.region, today),
        _fact(one.retention, today),
        _fact(one.zero_retention, today),
        training_price(one, today),
        serving_price(catalogue, one, wanted, today),
        one.serving.way,
        shutdown(one),
        str(one.checked_on),
        "; ".join(sources(one)),
    )
    return dict(zip(COLUMNS, texts, strict=True))


def training_price(one: Destination, today: date) -> str:
    """What a training is charged by: tokens, the hours of a GPU, or nothing."""
    prices = [model.train for model in one.models if model.train is not None]
    if prices:
        found = span(prices, today)
        return found if found.startswith("not found") else per_million(found)
    if one.kind == "rented GPU":
        return per_hour(one, one.serving.gpus_minimum, today)
    return "not known" if one.data_leaves else "own machine"


def per_million(text: str) -> str:
    """ "$0.48-$8.00 ~" -> "$0.48-$8.00/1M ~" """
    values, space, signed = text.partition(" ")
    return f"{values}/1M{space}{signed}"


def serving_price(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> str:
    """Per token as prompt/answer of 1M, by the hour with the month, or nothing."""
    if one.serving.way == "per token":
        prices = [price for model in one.models for price in (model.input, model.output)]
        arms = [span([model.input for model in one.models], None), span([model.output for model in one.models], None)]
        known = any(isinstance(price, Figure) for price in prices)
        return f"{arms[0] or '?'}/{arms[1] or '?'}{signs(prices, today)}" if known else arms[0] or "not known"
    if one.serving.way == "none":
        return "cannot be served"
    return "own machine" if one.kind == "this machine" else _hour_and_month(catalogue, one, wanted, today)


def _hour_and_month(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> str:
    """ "$3.99/h ~ $2,913/mo" of all GPUs that one replica of the model that is meant takes."""
    month = burn(catalogue, one, wanted, today)
    if month is None:
        return per_hour(one, one.serving.gpus_minimum, today)
    return f"{per_hour(one, month.gpus, today)} {usd(month.usd)}/mo"


def per_hour(one: Destination, gpus: int, today: date) -> str:
    """ "$3.99/h ~" of so many GPUs; that it was not found, where it was not."""
    price = one.serving.per_hour
    if price is None:
        return not_found(NotFound(one.checked_on))
    return f"{quoted(price.amount('USD per hour') * gpus)}/h{signs([price], today)}"


def shutdown(one: Destination) -> str:
    """Its end, or its models' ends, the first to the last."""
    if one.ends:
        return str(one.ends.on)
    days = sorted({model.ends.on for model in one.models if model.ends})
    return "" if not days else str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]} (models)"


def sources(one: Destination) -> list[str]:
    """Every source that its texts and figures name, each once."""
    facts = [one.status_about, one.region, one.retention, one.zero_retention, one.serving.about]
    figures = [one.rows_minimum, one.rows_maximum, one.serving.per_hour, *(f for m in one.models for f in _prices(m))]
    named = [fact.source.text for fact in facts if isinstance(fact, Said)]
    return list(dict.fromkeys([*named, *(figure.source.text for figure in figures if isinstance(figure, Figure))]))


def _prices(model: Tunable) -> tuple[Figure | NotFound | None, ...]:
    return model.train, model.input, model.cached_input, model.output


def _models(catalogue: Catalogue, one: Destination) -> str:
    if one.any_open_model:
        return "any open model"
    names = [model.name for model in one.models]
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _rows(figure: Figure | NotFound, today: date) -> str:
    return not_found(figure) if isinstance(figure, NotFound) else f"{figure.value:,.0f}{signs([figure], today)}"


def _fact(fact: Said | NotFound, today: date) -> str:
    return said(fact) if isinstance(fact, NotFound) else f"{fact.text}{signs([fact], today)}"
