"""Texts with personal data whose places are known: made from public conventions of writing, not from our rules.

Check digits are computed here once more, by trial; numbers of other countries are drawn with the phonenumbers library's
examples and written in its three formats, those of the USA and the United Kingdom by hand.
"""

import ipaddress
import string
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat

KINDS = ("email", "phone", "ssn", "card", "iban", "ip")


class Planted(NamedTuple):
    """A text and the one piece of personal data in it: text[start:end]; `kind` is empty when there is none."""

    text: str
    start: int
    end: int
    kind: str


_FIRST = ["ada", "grace", "alan", "linus", "margaret", "jörg", "zoë", "josé", "anna-lena", "bo", "o'neil", "xi"]
_LAST = ["lovelace", "hopper", "turing", "müller", "garcía", "nguyen", "smith", "van-dyk", "li", "o-brien"]
_HOSTS = (
    "example.org mail.example.com example.co.uk web-mail.example.de a.b.c.example.net bücher.example example.museum"
)
_REGIONS = "DE FR ES IT NL CH AT SE PL IN AU BR JP CN MX ZA KR TR DK NO FI IE PT GR CZ".split()  # noqa: SIM905 - shorter to read than a list
_WORDS = (  # noqa: SIM905 - shorter to read than a list
    "the a kettle parcel came late and it was broken so we would like to have the money back or another one please "
    "write a function that returns every second item of this list in reverse order explain why the sum of two odd "
    "numbers is even summarise what follows in one sentence our shop opens at nine and closes at six on weekdays "
).split()
_BRANDS = {
    "4": (13, 16, 19),
    "51": (16,),
    "55": (16,),
    "2221": (16,),
    "2720": (16,),
    "34": (15,),
    "37": (15,),
    "6011": (16,),
    "65": (16,),
    "3528": (16,),
    "3589": (16,),
    "36": (14,),
    "62": (16,),
    "5018": (12, 16),
    "6759": (16,),
}
_IBANS = {
    "DE": "################## ",
    "GB": "AAAA##############",
    "FR": "##########***********##",
    "NL": "AAAA##########",
    "ES": "####################",
    "IT": "A##########************",
    "CH": "#####************",
    "BE": "############",
    "NO": "###########",
    "PL": "########################",
    "MT": "AAAA#####******************",
    "SE": "####################",
    "SA": "##******************",
    "BR": "#######################A*",
}
_LEAD = {
    "email": (
        "Write to {}",
        "Contact: {}",
        "<{}>",
        "mailto:{}",
        "my address {}, please",
        "({})",
        '{{"email": "{}"}}',
        "{}",
    ),
    "phone": ("Call {}", "Tel. {}", "my number is {}", "phone: {}", "{} is my mobile", "reach me on {}.", "({})", "{}"),
    "ssn": ("SSN {}", "my social security number is {}", "ssn: {}.", "{}", "number {},"),
    "card": ("card {}", "charge {} please", "my Visa is {}.", "{} (expires 11/29)", "cc: {}", '"{}"'),
    "iban": ("IBAN {}", "transfer it to {}", "account {}.", "{} is ours", "IBAN:{}", "{}\nThanks"),
    "ip": ("from {}", "ping {}", "http://{}/index.html", "host {} is down", "[{}]", "{},", "client={}"),
}
_DISTRACTORS: tuple[Callable[[Random], str], ...] = (
    lambda r: f"on {r.randint(1990, 2030)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
    lambda r: f"on {r.randint(1, 28):02}/{r.randint(1, 12):02}/{r.randint(1990, 2030)} at 7:{r.randint(10, 59)}",
    lambda r: f"{r.randint(1, 28):02}.{r.randint(1, 12):02}.{r.randint(1990, 2030)}",
    lambda r: f"2026-11-{r.randint(10, 28)}T10:15:{r.randint(10, 59)}.123456Z",
    lambda r: f"order number {r.randint(10**7, 10**12)}",
    lambda r: f"order #{r.randint(10**5, 10**9)}",
    lambda r: f"invoice INV-2026-{r.randint(1000, 99999)}",
    lambda r: f"tracking id {r.randint(10**11, 10**12)}",
    lambda r: f"version {r.randint(0, 20)}.{r.randint(0, 20)}.{r.randint(0, 20)}",
    lambda r: f"version {r.randint(0, 9)}.{r.randint(0, 99)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    lambda r: f"v1.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    lambda r: f"see 1.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    lambda r: f"Chrome/{r.randint(90, 130)}.0.{r.randint(1000, 6000)}.{r.randint(10, 99)}",
    lambda r: f"ISBN 978-{r.randint(0, 9)}-{r.randint(100, 999)}-{r.randint(10000, 99999)}-{r.randint(0, 9)}",
    lambda r: f"ISBN 0-{r.randint(100, 999)}-{r.randint(10000, 99999)}-{r.randint(0, 9)}",
    lambda r: f"costs {r.randint(1, 999)},{r.randint(100, 999)},{r.randint(100, 999)}.00 dollars",
    lambda r: f"{r.randint(1, 99)} % of {r.randint(10**5, 10**8)} people",
    lambda r: f"timestamp {r.randint(1_600_000_000, 1_799_999_999)}",
    lambda r: f"at {r.randint(1_600_000_000_000, 1_799_999_999_999)}",
    lambda r: f"pi is 3.{r.randint(10**9, 10**12)}",
    lambda r: f"{r.randint(10, 99)} x {r.randint(100, 999)} = {r.randint(1000, 99999)}",
    lambda r: f"colour #{r.randint(0, 0xFFFFFF):06x}, id {r.getrandbits(64):016x}",
    lambda r: (
        f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}-4{r.getrandbits(12):03x}-9{r.getrandbits(12):03x}-{r.getrandbits(48):012x}"
    ),
    lambda r: f"at {r.randint(10, 89)}.{r.randint(10**5, 10**6)}, -{r.randint(10, 89)}.{r.randint(10**5, 10**6)}",
    lambda r: f"items[{r.randint(0, 9)}::{r.randint(1, 9)}] and std::dec at 10:15:{r.randint(10, 59)}",
    lambda r: "@property and lodash@4.17.21 and icon@2x.png",
    lambda r: f"ratio {r.randint(1, 99)}:{r.randint(1, 99)}, score {r.randint(0, 9)}-{r.randint(0, 9)}",
    lambda r: f"part {r.randint(100, 999)}-{r.randint(100, 999)}-{r.randint(10, 99)}",
    lambda r: f"MAC {':'.join(f'{r.getrandbits(8):02x}' for _ in range(6))}",
    lambda r: f"{r.randint(2, 9)},{r.randint(100, 999)} km in {r.randint(10, 99)} h",
)


def email(chance: Random) -> str:
    first, last, host = chance.choice(_FIRST), chance.choice(_LAST), chance.choice(_HOSTS.split())
    name = chance.choice(
        (
            f"{first}.{last}",
            f"{first}_{last}{chance.randint(1, 99)}",
            f"{first[0]}{last}",
            f"{first}+news",
            f"{chance.randint(10, 999)}{last}",
        )
    )
    plain = f"{name}@{host}"
    if chance.random() < 0.85 or not plain.isascii() or "'" in plain:
        return plain.upper() if chance.random() < 0.1 else plain
    spelt = chance.choice((" (at) ", " [at] ", "(at)", " at "))
    dot = {" at ": " dot ", "(at)": "(dot)"}.get(spelt, chance.choice((" (dot) ", " [dot] ")))
    return f"{name}{spelt}{host.replace('.', dot)}"


def phone(chance: Random) -> str:
    return chance.choice((_american, _american, _british, _foreign, _foreign))(chance)


def _american(chance: Random) -> str:
    area = chance.choice(["201", "212", "305", "312", "415", "503", "617", "702", "808", "917"])
    a, b = chance.randint(200, 999), chance.randint(0, 9999)
    writing = chance.choice(
        (
            "({}) {}-{}",
            "{}-{}-{}",
            "{}.{}.{}",
            "{} {} {}",
            "+1 {} {} {}",
            "+1-{}-{}-{}",
            "1-{}-{}-{}",
            "({}){}-{}",
            "+1{}{}{}",
            "+1 ({}) {}-{}",
            "{}{}{}",
            "{}-{}-{} ext. 12",
            "{}-{}-{}x345",
            "001-{}-{}-{}",
            "{} - {} - {}",
        )
    )
    return writing.format(area, a, f"{b:04}")


def _british(chance: Random) -> str:
    a, b = chance.randint(0, 999), chance.randint(0, 9999)
    return chance.choice(
        (
            f"020 7{a:03} {b:04}",
            f"(020) 7{a:03} {b:04}",
            f"0207 {a:03} {b:04}",
            f"07700 9{a:03}{b % 100:02}"[:12],
            f"07{chance.randint(400, 999)} {a:03} {b % 1000:03}",
            f"07{chance.randint(400, 999)}{a:03}{b % 1000:03}",
            f"+44 20 7{a:03} {b:04}",
            f"+44 (0)20 7{a:03} {b:04}",
            f"+447{chance.randint(400, 999)}{a:03}{b % 1000:03}",
            f"0044 20 7{a:03} {b:04}",
            f"0161 496 {b:04}",
            f"0131-496-{b:04}",
            f"01632 960{a:03}",
        )
    )


def _foreign(chance: Random) -> str:
    region = chance.choice(_REGIONS)
    kind = chance.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None and number.national_number is not None
    base = number.national_number
    for _ in range(50):
        number.national_number = base // 1000 * 1000 + chance.randint(0, 999)
        if phonenumbers.is_valid_number(number):
            break
    form = chance.choice((PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.INTERNATIONAL))
    written = phonenumbers.format_number(number, form)
    return chance.choice((written, written, written.replace(" ", "-"), written.replace("+", "00 ", 1)))


def ssn(chance: Random) -> str:
    area = chance.choice([one for one in range(1, 900) if one != 666])
    sign = chance.choice("---- ")
    return f"{area:03}{sign}{chance.randint(1, 99):02}{sign}{chance.randint(1, 9999):04}"


def card(chance: Random) -> str:
    prefix = chance.choice(list(_BRANDS))
    size = chance.choice(_BRANDS[prefix])
    body = prefix + "".join(chance.choices(string.digits, k=size - len(prefix) - 1))
    number = next(body + last for last in string.digits if _sum_of_doubled(body + last) % 10 == 0)
    sign = chance.choice(("", " ", " ", "-"))
    if size == 15:
        return sign.join((number[:4], number[4:10], number[10:]))
    return sign.join(number[at : at + 4] for at in range(0, size, 4))


def _sum_of_doubled(number: str) -> int:
    """From the right, every second digit doubled, digits of the products added."""
    return sum(sum(map(int, str(int(digit) * (2 if place % 2 else 1)))) for place, digit in enumerate(reversed(number)))


def iban(chance: Random) -> str:
    country = chance.choice(list(_IBANS))
    drawn = {"#": string.digits, "A": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}
    body = "".join(chance.choice(drawn[sign]) for sign in _IBANS[country].strip())
    moved = "".join(str(ord(one) - 55) if one.isalpha() else one for one in f"{body}{country}00")
    number = f"{country}{98 - int(moved) % 97:02}{body}"
    grouped = [number[at : at + 4] for at in range(0, len(number), 4)]
    return chance.choice((number, " ".join(grouped), " ".join(grouped), "-".join(grouped), number.lower()))


def ip(chance: Random) -> str:
    if chance.random() < 0.6:
        return ".".join(str(chance.randint(11, 254)) for _ in range(4)).replace("127.", "126.", 1)
    six = ipaddress.IPv6Address(
        (0x2001 << 112) | (chance.getrandbits(32) << 80) | chance.getrandbits(chance.choice((16, 64)))
    )
    return chance.choice((six.compressed, six.exploded, six.compressed.upper()))


MAKERS: dict[str, Callable[[Random], str]] = {
    "email": email,
    "phone": phone,
    "ssn": ssn,
    "card": card,
    "iban": iban,
    "ip": ip,
}


def planted(count: int, share: float, seed: int, bait: float = 0.04, length: int = 470) -> Iterator[Planted]:
    """`count` texts of about `length` characters; a `share` of them holds one piece of personal data.

    `bait`: share of the words that are a date, an order number, a version or the like; at 0.04 there are three a text.
    """
    chance = Random(seed)
    for _ in range(count):
        parts = list(_filler(chance, length, bait))
        if chance.random() >= share:
            yield Planted(" ".join(parts), 0, 0, "")
            continue
        kind = chance.choice(KINDS)
        value = MAKERS[kind](chance)
        lead = chance.choice(_LEAD[kind])
        said, at = lead.format(value), lead.replace("{{", "{").index("{}")
        parts.insert(chance.randint(0, len(parts)), "\0")
        text = " ".join(parts)
        start = text.index("\0")
        yield Planted(text.replace("\0", said), start + at, start + at + len(value), kind)


def _filler(chance: Random, length: int, bait: float) -> Iterator[str]:
    size = 0
    while size < length - 20:
        part = chance.choice(_DISTRACTORS)(chance) if chance.random() < bait else chance.choice(_WORDS)
        size += len(part) + 1
        yield part


def measured(
    texts: list[Planted], find: Callable[[str], list[tuple[int, int, str]]]
) -> dict[str, tuple[int, int, int]]:
    """Kind -> (planted and found, planted, found and not planted). Found: one of that kind covers nine tenths of it."""
    counts = {kind: [0, 0, 0] for kind in KINDS}
    for one in texts:
        hits = find(one.text)
        if one.kind:
            counts[one.kind][1] += 1
        for start, end, kind in hits:
            covered = min(end, one.end) - max(start, one.start)
            if kind == one.kind and covered >= 0.9 * (one.end - one.start):
                counts[kind][0] += 1
            elif covered <= 0 and kind in counts:
                counts[kind][2] += 1
    return {kind: (found, planted, wrong) for kind, (found, planted, wrong) in counts.items()}
