"""What a lever that is no number may be set to, each with its prices and its status, to choose from a list."""

from collections.abc import Sequence

from engine.costing import Case, choices
from engine.costs.levers import Lever
from engine.costs.money import price
from engine.providers.catalogue import destination, priced_model, tunable
from engine.providers.entries import Destination, PricedModel, Tunable
from engine.providers.figures import Ends, Figure, NotFound
from engine.providers.telling import mark, span
from tui.screens.ask import Choose
from tui.widgets.painted import Row, row

_NAME = 30
_SIGNS = {"": "", "one source": "~", "stale": "!", "yours": "*", "not found": ""}
_WEIGHTS = {
    "bf16": "2 bytes a weight, as trained",
    "fp8": "1 byte a weight; newer GPUs reckon in it",
    "int8": "1 byte a weight",
    "int4": "half a byte a weight: the smallest and quickest; measure what it costs in quality",
}


def choose(case: Case, lever: Lever) -> tuple[Choose, Sequence[str]]:
    """The question, and the values of its rows."""
    values = choices(case, lever.name)
    now = str(case.values[lever.name].value)
    why = [row("Prices in USD. ~ one source, ! over 60 days old, * yours.")]
    cursor = values.index(now) if now in values else 0
    return Choose(f"{lever.short}: which?", [_line(case, lever.name, value) for value in values], why, cursor), values


def _line(case: Case, name: str, value: str) -> Row:
    if name == "destination":
        return _place(case, destination(case.catalogue, value))
    if name == "baseline_model":
        return _model(case, priced_model(case.catalogue, value))
    if name == "tuned_model":
        return _tuned(case, tunable(case.catalogue, case.destination.id, value))
    return row((f"{value:<{_NAME}}", "strong"), _WEIGHTS.get(value, ""))


def _place(case: Case, one: Destination) -> Row:
    """How it is paid first: of many it is all that can be seen at 80 columns."""
    serving = one.serving
    way = "cannot be served" if serving.way == "none" else f"served {serving.way}"
    hourly = f" {_price(case, serving.per_hour)}" if serving.per_hour else ""
    known = [model.train for model in one.models if isinstance(model.train, Figure)]
    trained = span(known, case.today) if known else "not found" if any(model.train for model in one.models) else ""
    train = f", training {trained}" if trained else ""
    status = ("" if one.status == "open" else f" · {one.status}", "warn")
    return row((f"{one.id:<{_NAME}}", "strong"), f"{way}{hourly}{train}", status, _ends(case, one.ends))


def _model(case: Case, one: PricedModel) -> Row:
    cached = f", cached {_price(case, one.cached_input)}" if one.cached_input else ""
    prices = f"in {_price(case, one.input)}{cached}, out {_price(case, one.output)} /1M"
    return row((f"{one.id:<{_NAME}}", "strong"), prices, _ends(case, one.ends))


def _tuned(case: Case, one: Tunable) -> Row:
    train = f"training {_price(case, one.train)}" if one.train else "trained by the hour"
    asked = one.input is not None and one.output is not None
    served = f", in {_price(case, one.input)}, out {_price(case, one.output)} /1M" if asked else ""
    return row((f"{one.model:<{_NAME}}", "strong"), f"{train}{served}", _ends(case, one.ends))


def _price(case: Case, figure: Figure | NotFound | None) -> str:
    if isinstance(figure, Figure):
        return f"{price(figure.value)}{_SIGNS[mark(figure, case.today)]}"
    return "not found" if figure else ""


def _ends(case: Case, ends: Ends | None) -> tuple[str, str]:
    if ends is None:
        return "", ""
    return (f" · gone since {ends.on}" if ends.on <= case.today else f" · ends {ends.on}", "warn")
