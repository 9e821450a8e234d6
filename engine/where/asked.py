"""The constraints on a destination, as command and screen offer them; it imports nothing, for the parser reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One constraint."""

    name: str
    flag: str
    title: str
    """In at most 26 characters."""
    example: str
    why: str


ASKED: tuple[Asked, ...] = (
    Asked(
        "privacy", "--privacy", "Privacy", "any | zero-retention | here", "what may leave, and what may be kept of it"
    ),
    Asked("region", "--region", "Region", "eu", "where rows and weights must stay"),
    Asked("method", "--method", "Method", "LoRA", "how it is tuned: LoRA, full, DPO, RFT, ..."),
    Asked("model_size_b", "--model-size", "Model size (billion)", "8", "half as many parameters to twice as many fit"),
    Asked("budget", "--budget", "Budget of a training (USD)", "500", "against price x rows x tokens x epochs"),
    Asked("budget_month", "--budget-month", "Serving a month (USD)", "300", "against what is billed by the hour"),
    Asked("horizon_months", "--horizon", "Horizon (months)", "12", "what is shut down before its end is flagged"),
)
