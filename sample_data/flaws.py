"""The flaws planted in the raw rows of the sample project, the kinds and counts that README.md documents."""

from dataclasses import dataclass, replace
from random import Random

from assets.base_model.tickets import Ticket, write_ticket
from sample_data.desk import PRIORITIES, draw_desk, labels

EXACT_DUPLICATES, NEAR_DUPLICATES, CONTRADICTIONS = 30, 30, 12
PERSONAL_DATA, SECRETS_EACH, REPEAT_CUSTOMERS = 40, 2, 12

CONTACTS = (
    "You can write to me at {e}.", "My number is {n}.", "Reach me at {e} or {n}.", "Please call {n}.",
    "My e-mail address is {e}.", "Answer to {e}, please.", "On the phone I am {n}.",
)  # fmt: skip
NEAR_PREFIXES = ("Again:", "Reminder:", "Second letter:", "Once more:", "Copy:", "Resent:")
UPPER, LOWER, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"


@dataclass(frozen=True, slots=True)
class Row:
    """A raw row before it is written. `flaw` names what was planted in it, `twin` the ticket it was made from."""

    ticket_id: str
    opened: str
    customer_id: str
    message: str
    answer: dict[str, str]
    flaw: str | None = None
    twin: str | None = None


class Desk:
    """Hands out fresh rows: ticket and customer numbers run on, dates fall in one spring."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.count = 0

    def stamp(self) -> tuple[str, str, str]:
        """A new ticket id, date and customer id."""
        self.count += 1
        opened = f"2026-{self.rng.randint(3, 5):02d}-{self.rng.randint(1, 30):02d}"
        return f"T-{self.count:04d}", opened, f"C-{20_000 + 7 * self.count}"

    def row(self, ticket: Ticket, flaw: str | None = None) -> Row:
        """The row of a ticket."""
        return Row(*self.stamp(), ticket.text, labels(ticket), flaw)

    def fresh(self, flaw: str | None = None) -> Row:
        """A row with a new ticket, worded as in tuning (seen phrasings only)."""
        return self.row(write_ticket(self.rng, ("seen",), draw_desk(self.rng)), flaw)

    def again(self, row: Row, **changes: object) -> Row:
        """A second row of the same customer, under a new ticket id."""
        ticket_id, opened, _ = self.stamp()
        return replace(row, ticket_id=ticket_id, opened=opened, twin=row.ticket_id, **changes)  # type: ignore[arg-type]


def plant(rng: Random, desk: Desk, clean: list[Row]) -> list[Row]:
    """The clean rows, some of them now with personal data or secrets, and the flawed rows that come on top of them."""
    victims = iter(rng.sample(range(len(clean)), PERSONAL_DATA + 4 * SECRETS_EACH))
    rows = list(clean)
    for index in [next(victims) for _ in range(PERSONAL_DATA)]:
        message = _insert(rng, rows[index].message, contact(rng))
        rows[index] = replace(rows[index], message=message, flaw="personal_data")
    for index, text in zip(victims, secrets(rng), strict=True):
        rows[index] = replace(rows[index], message=_insert(rng, rows[index].message, text), flaw="secret")
    plain = iter(rng.sample([row for row in rows if row.flaw is None], EXACT_DUPLICATES + NEAR_DUPLICATES + 24))
    exact = [desk.again(next(plain), flaw="exact_duplicate") for _ in range(EXACT_DUPLICATES)]
    near = [_near_duplicate(rng, desk, next(plain)) for _ in range(NEAR_DUPLICATES)]
    contradicting = [_contradiction(rng, desk, next(plain)) for _ in range(CONTRADICTIONS)]
    repeated = [replace(desk.fresh(), customer_id=next(plain).customer_id) for _ in range(REPEAT_CUSTOMERS)]
    return [*rows, *exact, *near, *contradicting, *repeated]


def contact(rng: Random) -> str:
    """A sentence with personal data: reserved mail domains, and the 555-01xx numbers that belong to nobody."""
    domain = rng.choice(("example.com", "example.org", "example.net"))
    mail = f"{rng.choice(('mara', 'j', 'post', 'info', 'k'))}.{rng.choice(('berg', 'lund', 'holm', 'stein'))}@{domain}"
    phone = f"({rng.choice((202, 212, 303, 415))}) 555-01{rng.randrange(100):02d}"
    return rng.choice(CONTACTS).format(e=mail, n=phone)


def secrets(rng: Random) -> list[str]:
    """Sentences with fake credentials. Their marks are put together here, so that no scanner barks at this file."""

    def draw(alphabet: str, length: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(length))

    word = "pass" + "word"
    return [
        text
        for _ in range(SECRETS_EACH)
        for text in (
            f"My old key was {'s' + 'k-'}{draw(UPPER + LOWER + DIGITS, 40)} if that helps.",
            f"I still use {'AK' + 'IA'}{draw(UPPER + '234567', 16)} for your price list.",
            f"The app wanted {'gh' + 'p_'}{draw(UPPER + LOWER + DIGITS, 36)} from me.",
            f"I use {word}={draw(LOWER + DIGITS, 12)} everywhere.",
        )
    ]


def _insert(rng: Random, message: str, sentence: str) -> str:
    sentences = message.split(". ")
    sentences.insert(rng.randint(1, len(sentences) - 1), sentence.rstrip("."))
    return ". ".join(sentences)


def _near_duplicate(rng: Random, desk: Desk, row: Row) -> Row:
    return desk.again(row, message=f"{rng.choice(NEAR_PREFIXES)} {row.message}", flaw="near_duplicate")


def _contradiction(rng: Random, desk: Desk, row: Row) -> Row:
    other = rng.choice([code for code in PRIORITIES.values() if code != row.answer["priority"]])
    return desk.again(row, answer={**row.answer, "priority": other}, flaw="contradiction")
