"""A small market of made-up destinations, one for each thing that can be the matter with one."""

from dataclasses import replace
from datetime import date

from engine.providers.entries import (
    Catalogue,
    Destination,
    Gpu,
    OpenModel,
    Serving,
    Tunable,
    Upload,
)
from engine.providers.figures import Confidence, Ends, Figure, NotFound, Said, Source, Unit

TODAY = date(2026, 11, 21)
SOUGHT = NotFound(date(2026, 11, 20))


def source(text: str = "its price page", as_of: date = date(2026, 11, 1), sure: Confidence = "official") -> Source:
    return Source(text, as_of, sure)


def figure(value: float, unit: Unit, of: Source | None = None) -> Figure:
    return Figure(value, unit, of or source())


def said(text: str) -> Said:
    return Said(text, source())


def tunable(model: str, train: float | None, size: float | None, *methods: str, ends: Ends | None = None) -> Tunable:
    return Tunable(
        model,
        model.title(),
        methods or ("LoRA", "SFT"),
        SOUGHT if train is None else figure(train, "USD per 1M tokens"),
        None if size is None else figure(size, "billion parameters"),
        input=figure(0.2, "USD per 1M tokens"),
        output=figure(0.6, "USD per 1M tokens"),
        ends=ends,
    )


PER_TOKEN = Destination(
    id="tokens",
    name="Tokens Inc.",
    provider="tokens",
    provider_name="Tokens Inc.",
    kind="service",
    status="open",
    status_about=said("for everybody"),
    methods=("LoRA", "SFT", "DPO"),
    models=(tunable("small-8b", 0.5, 8), tunable("large-70b", 3, 70)),
    any_open_model=False,
    rows_minimum=figure(10, "rows"),
    rows_maximum=SOUGHT,
    data_leaves=True,
    regions=("us", "eu"),
    region=said("us or eu, as chosen"),
    retention=said("30 days"),
    zero_retention=said("yes, on request"),
    serving=Serving("per token", said("served at once")),
    checked_on=date(2026, 11, 20),
    upload=Upload(
        "openai",
        "openai",
        ("theirs upload FILE --eval VALIDATION", 'theirs tune "MODEL"'),
        source(),
        ("delete the file after",),
    ),
)
HERE = replace(
    PER_TOKEN,
    id="this-machine",
    name="This machine",
    provider="this-machine",
    provider_name="you",
    kind="this machine",
    models=(),
    any_open_model=True,
    rows_minimum=SOUGHT,
    data_leaves=False,
    regions=(),
    serving=Serving("own GPU", said("by vLLM or Ollama")),
    upload=None,
)
BY_THE_HOUR = replace(
    PER_TOKEN,
    id="hours",
    name="Hours Ltd",
    provider_name="Hours Ltd",
    regions=("us",),
    retention=SOUGHT,
    zero_retention=said("no"),
    serving=Serving("per hour", said("a dedicated endpoint"), figure(4, "USD per hour")),
)
RENTED = replace(
    HERE,
    id="rented-h100",
    name="Rented H100",
    provider_name="Rental",
    kind="rented GPU",
    data_leaves=True,
    regions=("eu",),
    serving=Serving(
        "own GPU",
        said("by vLLM"),
        figure(3.99, "USD per hour", source("a blog", date(2026, 8, 1), "single source")),
        gpu="h100",
        gpus_minimum=2,
    ),
)
ENDS_SOON = replace(
    PER_TOKEN, id="soon", name="Soon", ends=Ends(date(2027, 1, 14), source(), "and what was tuned there")
)
GONE = replace(PER_TOKEN, id="gone", name="Gone", ends=Ends(date(2026, 9, 10), source()))
OLD_CUSTOMERS = replace(PER_TOKEN, id="old", name="Old", status="existing customers", status_about=said("since May"))
UNSERVED = replace(PER_TOKEN, id="unserved", name="Unserved", serving=Serving("none", said("no endpoint takes it")))
CLOSED = replace(PER_TOKEN, id="closed", name="Closed", status="closed", status_about=said("stopped in 2025"))
PREVIEW = replace(
    PER_TOKEN,
    id="preview",
    name="Preview",
    status="preview",
    status_about=said("by invitation"),
    models=(tunable("unpriced", None, None), tunable("dying", 1, 8, ends=Ends(date(2026, 12, 24), source()))),
)
ALL = (CLOSED, RENTED, GONE, HERE, PER_TOKEN, BY_THE_HOUR, ENDS_SOON, OLD_CUSTOMERS, UNSERVED, PREVIEW)
MARKET = Catalogue(
    ALL,
    (),
    (OpenModel("qwen3-8b", "Qwen3 8B", figure(8.2, "billion parameters"), said("Apache-2.0")),),
    (
        Gpu(
            "h100",
            "H100 SXM",
            figure(80, "GB"),
            figure(989, "TFLOP per s"),
            figure(3.35, "TB per s"),
        ),
    ),
    (),
)
