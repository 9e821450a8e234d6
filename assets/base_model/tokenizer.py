"""The tokenizer of the base model: byte-level BPE with SmolLM's pre-tokenizer, which llama.cpp knows as "smollm"."""

from itertools import islice

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from assets.base_model.world import END_OF_TEXT, FIRST_SHARES, PADDING, TURN_END, TURN_START, documents

VOCABULARY_SIZE = 1536
SPECIAL_TOKENS = (END_OF_TEXT, TURN_START, TURN_END, PADDING)


def train_tokenizer(seed: int, count: int = 20_000) -> Tokenizer:
    """A tokenizer trained on the first `count` documents of a seed."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = ("".join(segment.text for segment in document) for document in islice(documents(seed, FIRST_SHARES), count))
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
