"""What was shipped: the forms there are, what lies in a folder of exports/, and how it is run elsewhere."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from engine.durable import read_json
from engine.errors import DataError
from engine.evaluate.outputs import output_at
from engine.findings import output_file
from engine.plan.recipe import frozen
from engine.project import RunFolder

Form = Literal["adapter", "merged"]
FORMS: Mapping[Form, str] = {
    "adapter": "small, loaded onto its base model, which may serve several of them",
    "merged": "one whole model, as large as its base, for any tool that loads one",
}
"""{form: what it is for}"""
PARITY = "parity.json"


@dataclass(frozen=True, slots=True)
class Shipped:
    """An export and its parity with the trained model, on the validation prompts, greedy."""

    run: str
    form: str
    folder: str
    rows: int
    same: int
    """Rows on which the export, loaded anew, gave the very text that the trained model gave."""
    different: tuple[str, ...]
    """Ids of the others."""
    base_fingerprint: str
    precision: str

    @property
    def parity(self) -> bool:
        return self.same == self.rows


def export_folder(run: RunFolder, form: Form) -> Path:
    """Where the export lies; it may not be there yet."""
    return run.project.exports / f"{run.id}-{form}"


def forms_of(run: RunFolder) -> tuple[Form, ...]:
    """What can be made of the run's model: a full fine-tune has no adapter. Raises UsageError for a damaged recipe."""
    return ("merged",) if frozen(run).method == "full" else ("adapter", "merged")


def shipped(run: RunFolder, form: Form) -> Shipped | None:
    """The export as it lies there now; None before it is made, or before it was compared with what was trained.

    Raises DataError when its parity.json is damaged.
    """
    folder = export_folder(run, form)
    try:
        given = read_json(folder / PARITY)
    except FileNotFoundError:
        return None
    return _parsed(given, folder)


def contents(folder: Path) -> Sequence[tuple[str, int]]:
    """(name, bytes) of the files of an export, the largest first; empty when the folder is not there."""
    found: list[tuple[str, int]] = []
    # A file may go while we look: the folder is the person's.
    with contextlib.suppress(FileNotFoundError):
        found = [(str(path.relative_to(folder)), path.stat().st_size) for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def how_to_run(run: RunFolder, form: Form) -> str:
    """Python lines that load the export as the parity check did, and answer the first validation prompt.

    Raises UsageError when the run's recipe is damaged, DataError when its saved answers are.
    """
    recipe, folder = frozen(run), export_folder(run, form)
    base = str(folder) if form == "merged" else recipe.model
    adapter = ["from peft import PeftModel", f"model = PeftModel.from_pretrained(model, {str(folder)!r})"]
    lines = [
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        f"chat = {_example(run)!r}",
        f"base = {base!r}",
        "tokenizer = AutoTokenizer.from_pretrained(base)",
        "options = {'add_generation_prompt': True, 'return_tensors': 'pt', 'return_dict': True}",
        "asked = tokenizer.apply_chat_template(chat, **options)",
        f"model = AutoModelForCausalLM.from_pretrained(base, dtype={recipe.precision!r})",
        *(adapter if form == "adapter" else []),
        f"told = model.generate(**asked, max_new_tokens={recipe.new_tokens}, do_sample=False)",
        "print(tokenizer.decode(told[0, asked['input_ids'].shape[1] :], skip_special_tokens=True))",
    ]
    return "\n".join(lines) + "\n"


def _example(run: RunFolder) -> Sequence[Mapping[str, Any]]:
    """A real prompt: without the system turn that it was trained with, a model answers differently."""
    answers = output_file(run.evals, "validation", "tuned")
    turns = output_at(answers, 0).prompt if answers.is_file() else [{"role": "user", "content": "..."}]
    return [{"role": turn.get("role"), "content": turn.get("content")} for turn in turns]


def _parsed(given: Any, folder: Path) -> Shipped:
    kinds: dict[str, Any] = {"run": str, "form": str, "rows": int, "same": int, "different": list}
    kinds |= {"base_fingerprint": str, "precision": str}
    if not isinstance(given, dict) or not all(isinstance(given.get(name), kind) for name, kind in kinds.items()):
        hint = "ship it again: the comparison is made anew"
        raise DataError("not what shipping saves", hint=hint, where=str(folder / PARITY))
    values: dict[str, Any] = {one.name: given.get(one.name) for one in fields(Shipped)}
    # The project may have moved since.
    values |= {"folder": str(folder), "different": tuple(map(str, given["different"]))}
    return Shipped(**values)
