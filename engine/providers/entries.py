"""What the catalogue holds: models served per token, models that can be tuned, GPUs, and destinations."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.providers.figures import Ends, Figure, NotFound, Said, Source

Kind = Literal["this machine", "rented GPU", "service"]
Status = Literal["open", "preview", "existing customers", "closed"]
Way = Literal["per token", "per hour", "own GPU", "none"]
"""How a tuned model is served: paid per token; a dedicated endpoint paid by the hour; on GPUs that one runs oneself
(rented by the hour, or this machine's); or not at all."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices of a long prompt."""

    above: Figure
    """Tokens of the prompt above which they hold for all of its tokens."""
    input: Figure
    output: Figure
    cached_input: Figure | None = None


@dataclass(frozen=True, slots=True)
class PricedModel:
    """A model as it is, served per token: what a tuned model would replace."""

    id: str
    name: str
    provider: str
    """The id of the provider's file."""
    input: Figure
    """USD per 1M tokens, as are the others."""
    output: Figure
    cached_input: Figure | None = None
    """None: no price for cached input, it costs as much as any."""
    batch_discount: Figure | None = None
    """The share taken off a request that may wait; None: no batch price."""
    tiers: tuple[Tier, ...] = ()
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Gpu:
    id: str
    name: str
    memory: Figure
    """GB."""
    compute: Figure
    """Dense bfloat16, TFLOP per s."""
    bandwidth: Figure
    """Of its memory, TB per s."""


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model whose weights one can run anywhere."""

    id: str
    name: str
    parameters: Figure
    """Billion."""
    licence: Said | NotFound


@dataclass(frozen=True, slots=True)
class Tunable:
    """A model that can be tuned at one destination, and what is charged for it there."""

    model: str
    """The id of a PricedModel or OpenModel, or one of its own; what the lever tuned_model takes."""
    name: str
    methods: tuple[str, ...]
    """Of: LoRA, full, SFT, DPO, RFT, ..."""
    train: Figure | NotFound | None
    """USD per 1M trained tokens; None: paid by the hour of a GPU."""
    parameters: Figure | None = None
    """Billion; None: not published. A file leaves it out for a model that is an open one, whose size it takes."""
    minimum_fee: Figure | None = None
    """USD a job at least."""
    input: Figure | NotFound | None = None
    """Of the tuned model, USD per 1M tokens, as are the two below; None: it is not served per token."""
    cached_input: Figure | None = None
    output: Figure | NotFound | None = None
    ends: Ends | None = None
    """When the base, and what was tuned on it, is shut down."""


@dataclass(frozen=True, slots=True)
class Serving:
    way: Way
    about: Said | NotFound
    per_hour: Figure | None = None
    """USD per hour of one GPU where `gpu` names it, else of one replica; None: nothing is paid by the hour."""
    gpu: str | None = None
    """The id of the GPU that serves, where it is known: replicas then follow from the volume."""
    gpus_minimum: int = 1
    """GPUs that are rented together."""
    storage: Figure | NotFound | None = None
    """USD per month for keeping the tuned model."""
    batch_discount: Figure | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """How a person gets the rows there."""

    form: str
    """Of `tunewright data export --to`."""
    target: str | None
    """Of `tunewright data check --target`."""
    commands: tuple[str, ...]
    """What is typed there, line by line; FILE, VALIDATION and MODEL stand for what is chosen."""
    source: Source
    """Of both, the commands and the notes."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One place to train, with one way of serving what was trained."""

    id: str
    """What the lever `destination` takes."""
    name: str
    provider: str
    """The id of the provider's file."""
    provider_name: str
    kind: Kind
    status: Status
    status_about: Said
    """Since when, and for whom."""
    methods: tuple[str, ...]
    models: tuple[Tunable, ...]
    """Empty with `any_open_model`: the catalogue's open models."""
    any_open_model: bool
    rows_minimum: Figure | NotFound
    rows_maximum: Figure | NotFound
    data_leaves: bool
    regions: tuple[str, ...]
    """Of: us, eu, asia, ...; empty: not to be chosen, or not known."""
    region: Said | NotFound
    retention: Said | NotFound
    zero_retention: Said | NotFound
    serving: Serving
    checked_on: date
    validation_billed: Said | None = None
    """That held-out rows are charged like trained ones; None: no source says so."""
    ends: Ends | None = None
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one model was measured to do on one GPU, by others."""

    what: Literal["serving", "training"]
    gpu: str
    parameters: float
    """Billion."""
    precision: str
    """fp8 or bf16 when serving; the method, LoRA or QLoRA, when training."""
    figure: Figure
    """Requests per s at the provider's own latency limits, or trained tokens per s; of one GPU."""
    prompt_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    destinations: tuple[Destination, ...]
    models: tuple[PricedModel, ...]
    open_models: tuple[OpenModel, ...]
    gpus: tuple[Gpu, ...]
    throughputs: tuple[Throughput, ...]
    problems: tuple[str, ...] = ()
    """Files and overrides that could not be used, and why, ready to be shown; the rest of the catalogue holds."""
