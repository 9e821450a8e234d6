from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.rows import Message
from engine.data.versions import open_version
from engine.errors import DataError
from engine.project import Project
from engine.tokens_seen import reading, saved, tokens_seen
from engine.worker.load import load_tokenizer
from engine.worker.seen import pieces
from engine.worker.tokens import UNLEARNED, Conversation, as_template_reads, tokens_of

Ready = Callable[..., Project]

TURNS: list[Message] = [
    {"role": "user", "content": "Where is it?"},
    {"role": "assistant", "content": "Which parcel?", "weight": 0},
    {"role": "user", "content": "The red one."},
    {"role": "assistant", "content": "Monday"},
]
TOOLS = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}]


def learned(tokenizer: Any, conversation: Conversation, loss_on: str) -> str:
    found = tokens_of(tokenizer, conversation, loss_on)
    assert all(label in (one, UNLEARNED) for one, label in zip(found.ids, found.labels, strict=True))
    return str(tokenizer.decode([one for one in found.labels if one != UNLEARNED]))


def without_weights(turns: list[Message]) -> Conversation:
    return Conversation([{key: turn[key] for key in ("role", "content")} for turn in turns])


def test_every_answer_is_learned_but_those_of_weight_0(tiny_llama: Path) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    assert learned(tokenizer, without_weights(TURNS), "assistant") == "Which parcel?<|end|>Monday<|end|>"
    assert learned(tokenizer, Conversation(TURNS), "assistant") == "Monday<|end|>"
    read = tokens_of(tokenizer, Conversation(TURNS), "assistant").ids
    assert read == tokens_of(tokenizer, without_weights(TURNS), "assistant").ids


def test_where_the_template_marks_nothing_the_last_answer_to_learn_is_found_by_what_stands_before_it(
    tiny_qwen: Path,
) -> None:
    tokenizer = load_tokenizer(tiny_qwen)
    assert learned(tokenizer, Conversation(TURNS), "completion") == "Monday<|end|>"
    other = [*TURNS[:1], {**TURNS[1], "weight": 1}, TURNS[2], {**TURNS[3], "weight": 0}]
    assert learned(tokenizer, Conversation(other), "completion") == "Which parcel?<|end|>"
    with pytest.raises(DataError, match="marks no turn"):
        tokens_of(tokenizer, Conversation(TURNS), "assistant")


@pytest.mark.parametrize(("kind", "loss_on"), [("tiny_llama", "assistant"), ("tiny_qwen", "completion")])
def test_the_labels_are_those_that_the_trainer_would_make_of_the_turns(
    kind: str, loss_on: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    from engine.worker.load import load_model

    folder = request.getfixturevalue(kind)
    tokenizer = load_tokenizer(folder)
    turns = list(without_weights(TURNS).messages)
    columns = {"messages": turns} if loss_on == "assistant" else {"prompt": turns[:-1], "completion": turns[-1:]}
    arguments = SFTConfig(
        str(tmp_path),
        assistant_only_loss=loss_on == "assistant",
        completion_only_loss=True if loss_on == "completion" else None,
        report_to="none",
        use_cpu=True,
        bf16=False,
        activation_checkpointing=False,
    )
    trainer = SFTTrainer(
        load_model(folder, "float32"), arguments, train_dataset=Dataset.from_list([columns]), processing_class=tokenizer
    )
    batch = trainer.data_collator([trainer.train_dataset[0]])
    ours = tokens_of(tokenizer, Conversation(turns), loss_on)
    assert batch["input_ids"][0].tolist() == ours.ids
    assert batch["labels"][0].tolist() == ours.labels


def test_a_template_gets_the_tools_and_the_arguments_of_calls_as_objects(tiny_llama: Path) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    tokenizer.chat_template = (
        "{% for t in tools or [] %}[{{ t.function.name }}]{% endfor %}{% for m in messages %}"
        "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
        "{% for c in m.tool_calls or [] %}{{ c.function.arguments | tojson }}{% endfor %}<|end|>{% endgeneration %}"
        "{% else %}{{ m.content }}{% endif %}{% endfor %}"
    )
    call = {"id": "a", "type": "function", "function": {"name": "find", "arguments": '{"colour": "red"}'}}
    turns = [TURNS[0], {"role": "assistant", "content": "", "tool_calls": [call]}]
    assert learned(tokenizer, Conversation(turns, TOOLS), "assistant") == '{"colour": "red"}<|end|>'
    read = tokenizer.decode(tokens_of(tokenizer, Conversation(turns, TOOLS), "assistant").ids)
    assert read.startswith("[find]")
    assert as_template_reads(TURNS)[1] == {"role": "assistant", "content": "Which parcel?"}


def test_what_is_shown_of_a_row_is_what_its_template_writes_in_pieces(tiny_llama: Path) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    turns = [TURNS[0], {"role": "assistant", "content": "Größe 🐘 OK"}]
    shown = pieces(tokenizer, Conversation(turns), "assistant", None)
    assert [(kind, text) for kind, text, _ in shown] == [
        ("read", "<|user|>Where is it?<|end|><|assistant|>"),
        ("learned", "Größe 🐘 OK<|end|>"),
    ]
    tokens = tokens_of(tokenizer, Conversation(turns), "assistant")
    assert sum(count for _, _, count in shown) == len(tokens.ids)
    cut = pieces(tokenizer, Conversation(turns), "assistant", len(tokens.ids) - 1)
    assert cut[-1] == ("cut", "<|end|>", 1)
    assert "".join(text for _, text, _ in cut) == "".join(text for _, text, _ in shown)


def test_rows_are_seen_once_and_kept(ready: Ready, tiny_llama: Path) -> None:
    project = ready(tiny_llama, max_length=24)
    rows = [open_version(project.data / "v1").row(number) for number in (0, 1)]
    assert [one.row for one in tokens_seen(project, rows)] == [row.id for row in rows]
    how = reading(project)
    assert how.max_length == 24 and how.loss_on == "assistant"
    kept = saved(project, [rows[1].id], how)
    assert list(kept) == [rows[1].id]
    seen = kept[rows[1].id]
    assert seen.tokens("cut") > 0 and "CUT OFF" in seen.sentence
    assert "".join(piece.text for piece in seen.pieces).endswith(f"{rows[1].answer}<|end|>")
    assert not saved(project, [rows[1].id], replace(how, max_length=200))


def test_a_row_that_the_template_refuses_is_an_error_in_words(tiny_llama: Path) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    tokenizer.chat_template = "{{ raise_exception('roles must alternate') }}"
    with pytest.raises(DataError, match="refuses a row: roles must alternate"):
        tokens_of(tokenizer, Conversation(TURNS), "assistant")
