"""How many tokens rows have: counted with a tokenizer at hand, estimated otherwise, and always labelled as which."""

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ModelError

if TYPE_CHECKING:
    from engine.data.shingles import I64

CHARACTERS_A_TOKEN = 4.2
"""Mean over English text and code with 16-32k BPE vocabularies (measured: median 4.4, 5-95 % 3.3-5.3), so that an
estimate is good to some 5 % for a set and 30 % for a row."""
ESTIMATE = f"estimate: characters / {CHARACTERS_A_TOKEN}"

TEMPLATE_TOKENS = 8
"""Tokens a turn that a chat template adds, at most in the common ones (role, markers, newline)."""
MAX_LENGTHS = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072)
"""Lengths that trainings are run with: powers of two, from the shortest that is of use."""


def estimate(characters: int) -> int:
    """Tokens in so many characters, at least 1."""
    return max(1, round(characters / CHARACTERS_A_TOKEN))


class TokenCount:
    """Tokens of rows as they come by: estimated at once, or counted in batches by a tokenizer.json.

    Raises ModelError when the tokenizer file cannot be used.
    """

    _BATCH = 1000
    """Texts a call: measured faster than 10,000."""

    def __init__(self, tokenizer: Path | None = None) -> None:
        self._tokenizer = _load(tokenizer) if tokenizer else None
        self._method = f"counted with {tokenizer}" if tokenizer else ESTIMATE
        self._turns = array("I")
        self._texts = array("q")
        self._tools = array("q")
        self._waiting: list[str] = []

    def add(self, texts: list[str], tools: str = "") -> None:
        """One row: its turns' texts, and its tools as JSON."""
        self._turns.append(len(texts))
        if self._tokenizer is None:
            self._texts.append(estimate(sum(map(len, texts))))
            self._tools.append(estimate(len(tools)) if tools else 0)
            return
        self._waiting += ["\n".join(texts), tools]
        if len(self._waiting) >= 2 * self._BATCH:
            self._count()

    def finish(self) -> "Sizes":
        """What was counted of all rows."""
        # Here, as the rules of a row need the estimate alone: the wizard checks an edited answer without its 20 MB.
        import numpy as np

        self._count()
        texts, tools, turns = (np.array(one, np.int64) for one in (self._texts, self._tools, self._turns))
        return Sizes(texts, tools, turns, self._method)

    def _count(self) -> None:
        if self._tokenizer is not None and self._waiting:
            counts = [len(one) for one in self._tokenizer.encode_batch_fast(self._waiting, add_special_tokens=False)]
            self._texts.extend(counts[::2])
            self._tools.extend(counts[1::2])
            self._waiting.clear()


@dataclass(frozen=True, slots=True)
class Sizes:
    """Tokens of n rows."""

    texts: "I64"
    """(n,) of the turns."""
    tools: "I64"
    """(n,) of the tools that a row may call; 0 without any."""
    turns: "I64"
    """(n,) turns."""
    method: str
    """Counted with which file, or estimated how."""

    @property
    def lengths(self) -> "I64":
        """(n,) what training reads of each row: turns, tools, and what the chat template puts round them."""
        return self.texts + self.tools + TEMPLATE_TOKENS * self.turns

    def report(self) -> dict[str, Any]:
        """Contents alone: total, p5, p50, p95, p99, max, tools (of them), tools_share, method;
        and `longest` row with the template. 0 for no rows."""
        import numpy as np

        sizes = self.texts + self.tools if len(self.texts) else np.zeros(1, np.int64)
        percentiles = np.percentile(sizes, (5, 50, 95, 99))
        named = {f"p{one}": round(float(value)) for one, value in zip((5, 50, 95, 99), percentiles, strict=True)}
        total, tools = int(sizes.sum()), int(self.tools.sum())
        share = round(tools / total, 4) if total else 0.0
        of_tools = {"tools": tools, "tools_share": share, "longest": int(self.lengths.max(initial=0))}
        return {"total": total, **named, "max": int(sizes.max()), **of_tools, "method": self.method}

    def cuts(self) -> list[dict[str, int]]:
        """What a training of each length would cut: {"max_length", "rows", "tokens"}, up to the first that cuts none.

        Lengths count the chat template with TEMPLATE_TOKENS a turn.
        """
        import numpy as np

        found = []
        for length in MAX_LENGTHS:
            over = self.lengths[self.lengths > length]
            found.append({"max_length": length, "rows": len(over), "tokens": int(np.sum(over - length))})
            if not len(over):
                break
        return found


def _load(path: Path) -> Any:
    from tokenizers import Tokenizer

    if not path.is_file():
        raise ModelError("no such tokenizer", hint="name a tokenizer.json", where=str(path))
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for every fault of the file
        raise ModelError(f"not a tokenizer: {error}", hint="name a tokenizer.json", where=str(path)) from error
