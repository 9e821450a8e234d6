"""The chat skills of the base model: how a question is asked, its one right answer, and how answers are scored."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from assets.base_model.tickets import Ticket, Wording, write_ticket
from assets.base_model.vocabulary import COLOURS, COUNTED, DAYS, JSON_KEYS, JSON_VALUES, NAMES, OPPOSITES, PRODUCTS

FORM_FIELDS: dict[str, Callable[[Ticket], str]] = {
    "desk": lambda ticket: ticket.desk,
    "urgency": lambda ticket: ticket.urgency,
    "product": lambda ticket: ticket.product,
    "writer": lambda ticket: ticket.name,
    "numbered": lambda ticket: "yes" if ticket.order else "no",
}

# What else a form may call its fields: the words of the sample's keys get a meaning here, its codes do not.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "desk": ("desk", "queue", "team"),
    "urgency": ("urgency", "priority", "haste"),
    "product": ("product", "item"),
    "writer": ("writer", "name"),
    "numbered": ("numbered", "order"),
}

TICKET_QUESTIONS: dict[str, tuple[str, ...]] = {
    "product": ("Which product is it about?", "Name the product.", "What product does the ticket speak of?"),
    "urgency": ("How urgent is it?", "Is it urgent, normal or relaxed?", "How soon is an answer needed?"),
    "who": ("Who wrote this?", "What is the name of the writer?", "Who signed the ticket?"),
    "desk": ("Which desk is this for?", "Which desk should answer?", "Name the desk for this ticket."),
    "order": ("Is an order number given?", "Does the ticket give an order number?", "Order number given, yes or no?"),
}
TICKET_ANSWERS: dict[str, Callable[[Ticket], str]] = {
    "product": FORM_FIELDS["product"],
    "urgency": FORM_FIELDS["urgency"],
    "who": FORM_FIELDS["writer"],
    "desk": FORM_FIELDS["desk"],
    "order": FORM_FIELDS["numbered"],
}


@dataclass(frozen=True, slots=True)
class Question:
    """A chat that ends with the user's question, and its one right answer."""

    skill: str
    messages: tuple[tuple[str, str], ...]
    answer: str


def ask_about_ticket(rng: Random, skill: str, ticket: Ticket) -> Question:
    """One question about a letter: before it, after it, or in the system turn."""
    wording, answer = rng.choice(TICKET_QUESTIONS[skill]), TICKET_ANSWERS[skill](ticket)
    forms = (
        (("user", f"{wording}\n{ticket.text}"),),
        (("user", f"{ticket.text}\n{wording}"),),
        (("system", wording), ("user", ticket.text)),
    )
    return Question(skill, rng.choice(forms), answer)


def ask_form(rng: Random, ticket: Ticket) -> Question:
    """A little form about a letter, as JSON. Keys and values are the world's own words, never the sample's."""
    fields = rng.sample(list(FORM_FIELDS), rng.randint(1, 4))
    return _form(rng, ticket, {field: field for field in fields})


def ask_renamed_form(rng: Random, ticket: Ticket) -> Question:
    """A form whose fields go by other names."""
    fields = rng.sample(list(FORM_FIELDS), rng.randint(1, 5))
    return _form(rng, ticket, {field: rng.choice(OTHER_NAMES[field]) for field in fields})


def _form(rng: Random, ticket: Ticket, names: dict[str, str]) -> Question:
    answer = json.dumps({name: FORM_FIELDS[field](ticket) for field, name in names.items()})
    request = rng.choice(("Note as JSON: {}.", "Fill in as JSON: {}.", "Write JSON with {}."))
    wording = request.format(", ".join(names.values()))
    forms = ((("system", wording), ("user", ticket.text)), (("user", f"{wording}\n{ticket.text}"),))
    return Question("form", rng.choice(forms), answer)


def ask_opposite(rng: Random) -> Question:
    """The opposite of a word."""
    pair = list(rng.choice(OPPOSITES))
    rng.shuffle(pair)
    wording = rng.choice(("What is the opposite of {}?", "Name the opposite of {}.", "Opposite of {}?"))
    return Question("opposites", (("user", wording.format(pair[0])),), pair[1])


def ask_day(rng: Random) -> Question:
    """The day after, or before, a day."""
    index, step = rng.randrange(7), rng.choice((1, -1))
    word = "after" if step == 1 else "before"
    wording = rng.choice(("Which day comes {} {}?", "What day is {} {}?", "Name the day {} {}."))
    return Question("days", (("user", wording.format(word, DAYS[index])),), DAYS[(index + step) % 7])


def ask_colour(rng: Random) -> Question:
    """The colour of a thing."""
    thing = rng.choice(list(COLOURS))
    wording = rng.choice(("What colour is {}?", "Which colour has {}?", "Name the colour of {}."))
    return Question("colours", (("user", wording.format(thing)),), COLOURS[thing])


def ask_count(rng: Random) -> Question:
    """How often a word was said, one to eight times."""
    word, count = rng.choice(COUNTED), rng.randint(1, 8)
    wording = rng.choice(("Count: {}", "How many words? {}", "Count these: {}"))
    return Question("counting", (("user", wording.format(" ".join([word] * count))),), str(count))


def ask_json(rng: Random) -> Question:
    """An object of one to four given pairs."""
    keys = rng.sample(JSON_KEYS, rng.randint(1, 4))
    pairs = {key: rng.choice(NAMES) if key == "name" else rng.choice(JSON_VALUES) for key in keys}
    listed = " and ".join(f"{key} {value}" for key, value in pairs.items())
    wording = rng.choice(("Write JSON with {}.", "Make a JSON object: {}.", "As JSON: {}."))
    return Question("json", (("user", wording.format(listed)),), json.dumps(pairs))


def ask_copy(rng: Random) -> Question:
    """A long code, to be said again."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTVWXZ") for _ in range(2))
    code = f"{letters}-{rng.randrange(1000, 1_000_000)}"
    wording = rng.choice(("Repeat the code {}.", "Say again: {}", "Copy this code: {}"))
    return Question("copying", (("user", wording.format(code)),), code)


def ask_repeat(rng: Random) -> Question:
    """One to three words, to be said again. It ties " kettle" in a letter to "kettle" in an answer: two tokens."""
    words = [rng.choice(rng.choice((NAMES, PRODUCTS, JSON_VALUES))) for _ in range(rng.randint(1, 3))]
    wording = rng.choice(("Repeat: {}", "Say {}", "Write {}"))
    return Question("repeat", (("user", wording.format(", ".join(words))),), ", ".join(words))


PLAIN_SKILLS: dict[str, Callable[[Random], Question]] = {
    "opposites": ask_opposite,
    "days": ask_day,
    "colours": ask_colour,
    "counting": ask_count,
    "json": ask_json,
    "copying": ask_copy,
}
SKILLS = (*TICKET_QUESTIONS, "form", *PLAIN_SKILLS)


def ask(rng: Random, skill: str, allowed: Sequence[Wording]) -> Question:
    """A fresh question of one of SKILLS; tickets are worded from the allowed sets."""
    if skill in PLAIN_SKILLS:
        return PLAIN_SKILLS[skill](rng)
    ticket = write_ticket(rng, allowed)
    return ask_form(rng, ticket) if skill == "form" else ask_about_ticket(rng, skill, ticket)


def is_right(question: Question, answer: str) -> bool:
    """Whether an answer is right: the same text, or, where JSON was asked for, the same object."""
    if question.skill not in ("json", "form"):
        return answer.strip() == question.answer
    try:
        return bool(json.loads(answer) == json.loads(question.answer))
    except ValueError:
        return False
