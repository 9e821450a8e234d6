"""How many examples a task needs in each of its categories: what sizing and the verdict both go by."""

RANGES = {
    "classification": ((50, 100), (200, 500)),
    "extraction": ((100, 200), (500, 1000)),
    "style": ((50, 100), (200, 500)),
    "reasoning": ((200, 500), (1000, 5000)),
    "domain": ((500, 1000), (2000, 10000)),
}
"""Task -> (minimum, recommended) per category. The field's guidance (OpenAI: gains from 50-100; Azure: hundreds to
thousands for a new skill); it counts unique groups that are trained on, not rows."""


def minimum_of(task: str) -> int:
    """Unique examples under which a category of such a task is too small."""
    return RANGES[task][0][0]
