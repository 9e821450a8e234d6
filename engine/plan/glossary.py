"""What each value of a recipe means, in a sentence; those that matter most come first."""

from collections.abc import Mapping

METHODS: Mapping[str, str] = {
    "lora": "a small adapter beside the frozen weights, 10 to 100 times cheaper",
    "full": "all the weights, for what an adapter cannot hold; several times the memory",
}
GLOSSARY: Mapping[str, str] = {
    "model": "The base model: what tuning starts from.",
    "method": "What is trained: " + "; or ".join(f"{name}, {what}" for name, what in METHODS.items()) + ".",
    "learning_rate": "How far each step moves the weights: too high and the loss jumps, too low and little is learned.",
    "epochs": "Passes over the training rows. Too many learn them by heart; a run ends early by itself.",
    "batch_size": "Rows in one step of the optimizer. Larger batches make fewer and steadier steps.",
    "rank": "Size of the adapter: how much it can learn. Memory and file size grow with it.",
    "max_length": "Tokens of a row that are read; a longer row loses its end. Memory grows with it.",
    "general_file": "Chat rows of other skills, mixed in so that the model does not forget them.",
    "general_share": "General rows as a share of all rows trained on.",
    "seed": "Fixes every random choice, so that a run can be repeated.",
    "data_version": "The rows that are trained on.",
    "micro_batch": "Rows in memory at once: what to lower first when memory runs out.",
    "accumulation": "Micro-batches that are added up to one batch.",
    "max_steps": "Steps that end the run whatever the epochs say; none: the epochs decide.",
    "precision": "How numbers are kept while training: bfloat16 takes half the memory of float32.",
    "alpha": "Weight of the adapter: what it says is scaled by alpha / rank.",
    "dropout": "Share of the adapter's inputs left out at random, against learning by heart.",
    "target": "The layers that get an adapter.",
    "warmup_ratio": "Share of the steps over which the learning rate rises to its height.",
    "scheduler": "How the learning rate goes on after its height.",
    "weight_decay": "Pull of the trained weights towards zero.",
    "clip_norm": "The longest gradient let through; a longer one is shortened to it.",
    "eval_every": "Steps from one evaluation on the validation rows, and its checkpoint, to the next.",
    "log_every": "Steps from one point of the training curve to the next.",
    "patience": "Evaluations without improvement that end the run.",
    "loss_on": "What is learned: every turn of the assistant, or the last answer only (completion).",
    "new_tokens": "Tokens at most in an answer when the model is measured.",
}
