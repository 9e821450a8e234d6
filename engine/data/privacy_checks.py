"""Check digits: what tells a number that means somebody from one that only looks like it.

Each function takes the text as it was found, separators included. Sources: ISO/IEC 7812-1 (Luhn), ISO 13616 with its
registry (IBAN), ISO 7064 (mod 97-10, mod 11-2), and the published rules of each national register.
"""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import date

_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
IBAN_LENGTH = {country: length for length, names in _LENGTHS.items() for country in names.split()}
"""Characters of an IBAN, for each country that has them (registry of 2025)."""

_BRANDS = (
    # (first and last prefix, lengths): issuer ranges of ISO/IEC 7812 as the card networks publish them.
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2200", "2204", (16, 19)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14, 16)),
    ("36", "36", (14,)),
    ("38", "39", (14, 16)),
    ("3528", "3589", (16, 19)),
    ("2131", "2131", (15,)),
    ("6011", "6011", (16, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("644", "659", (16, 19)),
    ("60", "60", (16,)),
    ("5018", "5038", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("56", "58", (16, 19)),
    ("6304", "6304", (12, 16, 19)),
    ("6759", "6763", (12, 13, 14, 15, 16, 17, 18, 19)),
)

Check = Callable[[str], bool]


def digits(text: str) -> str:
    """The ASCII digits of `text`."""
    return "".join(character for character in text if character in "0123456789")


def luhn(number: str) -> bool:
    """Whether digits carry the check digit of ISO/IEC 7812-1 and are not all the same."""
    values = [int(digit) for digit in number]
    doubled = [value * 2 - 9 * (value > 4) for value in values[-2::-2]]
    return len(set(values)) > 1 and (sum(values[-1::-2]) + sum(doubled)) % 10 == 0


def card(text: str) -> bool:
    """A payment card: the prefix and length of a network, and its check digit."""
    number = digits(text)
    known = any(low <= number[: len(low)] <= high and len(number) in lengths for low, high, lengths in _BRANDS)
    return known and luhn(number)


def iban(compact: str) -> bool:
    """An IBAN without separators, in capitals: the length of its country and the check of ISO 7064 mod 97-10."""
    if len(compact) != IBAN_LENGTH.get(compact[:2]) or not compact.isascii() or not compact.isalnum():
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def ssn(text: str) -> bool:
    """A US social security number that can be issued, or a taxpayer number (ITIN) in its ranges."""
    area, group, serial = (int(part) for part in (text[:3], text[4:6], text[7:11]))
    if area >= 900:
        return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99
    return area not in (0, 666) and group != 0 and serial != 0


def ip_v6(text: str) -> bool:
    """An address of eight groups, or a shortened one whose first group has at least three digits, as routed ones do."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    # a[1::2] and std::dec are no addresses; ::1 is nobody's.
    return not address.is_loopback and ("::" not in text or len(text.partition(":")[0]) >= 3)


def ip_v4(text: str) -> bool:
    """Four numbers up to 255 without leading zeros that address some machine: not this one, and no mask."""
    parts = text.split(".")
    if any(int(part) > 255 or (part[0] == "0" and part != "0") for part in parts):
        return False
    return parts[0] not in ("0", "127") and parts[:2] != ["255", "255"]


def aadhaar(text: str) -> bool:
    """India: 12 digits in fours, the last by Verhoeff."""
    total = 0
    for place, digit in enumerate(reversed(digits(text))):
        total = _dihedral(total, _permuted(int(digit), place))
    return total == 0


def _dihedral(a: int, b: int) -> int:
    """The product of two elements of the symmetries of a pentagon."""
    turned = (a - b) % 5 if a >= 5 else (a + b) % 5
    return turned + 5 * ((a >= 5) != (b >= 5))


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def cpf(text: str) -> bool:
    """Brazil: 11 digits, two of them checks mod 11."""
    number = digits(text)
    return len(set(number)) > 1 and all(
        _weighted(number[:size], range(size + 1, 1, -1)) * 10 % 11 % 10 == int(number[size]) for size in (9, 10)
    )


def dni(text: str) -> bool:
    """Spain: 8 digits (foreigners X, Y or Z and 7) and the letter mod 23."""
    number = text[:-1].rstrip("-").replace("X", "0").replace("Y", "1").replace("Z", "2")
    return len(number) == 8 and text[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def nir(text: str) -> bool:
    """France: 13 characters and 97 minus their rest; 2A and 2B are Corsica."""
    compact = "".join(text.split()).replace("2A", "19").replace("2B", "18")
    return len(compact) == 15 and compact.isdigit() and 97 - int(compact[:13]) % 97 == int(compact[13:])


def codice_fiscale(text: str) -> bool:
    """Italy: 16 characters, the last from values of the odd and the even places mod 26."""
    order = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    values = [order.index(one) - 10 * (one.isalpha()) for one in text[:15]]
    total = sum(odd[value] if place % 2 == 0 else value for place, value in enumerate(values))
    return chr(ord("A") + total % 26) == text[15]


def eleven(text: str) -> bool:
    """11 digits that are a birth number of Poland (PESEL) or Norway."""
    return _pesel(text) or _norwegian(text)


def _pesel(number: str) -> bool:
    # 20 is added to the month of those born since 2000.
    year = (2000 if number[2] in "23" else 1900) + int(number[:2])
    month = int(number[2:4]) - (20 if number[2] in "23" else 0)
    check = -_weighted(number[:10], (1, 3, 7, 9) * 3) % 10
    return check == int(number[10]) and _day(year, month, int(number[4:6]))


def _norwegian(number: str) -> bool:
    first = -_weighted(number[:9], (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -_weighted(number[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    born = _day(2000 + int(number[4:6]), int(number[2:4]), int(number[:2]) % 40)
    return born and [first, second] == [int(number[9]), int(number[10])]


def turkish(number: str) -> bool:
    """Turkey: 11 digits, the last two by sums of the others."""
    odd, even = (sum(map(int, number[start:9:2])) for start in (0, 1))
    tenth, last = (odd * 7 - even) % 10, sum(map(int, number[:10])) % 10
    return number[0] != "0" and [tenth, last] == [int(number[9]), int(number[10])]


def swedish(text: str) -> bool:
    """Sweden: a date of birth (the day may have 60 added), a dash and four digits, the last by Luhn."""
    number = digits(text)[-10:]
    return luhn(number) and _day(2000 + int(number[:2]), int(number[2:4]), int(number[4:6]) % 60)


def finnish(text: str) -> bool:
    """Finland: a date of birth, the sign of the century, three digits and a character mod 31."""
    born = _day(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    return born and text[10] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[7:10]) % 31]


def belgian(text: str) -> bool:
    """Belgium: a date of birth, three digits and 97 minus the rest, with a 2 before them for those born since 2000."""
    number = digits(text)
    born = _day(2000 + int(number[:2]), int(number[2:4]), int(number[4:6]))
    return born and int(number[9:]) in (97 - int(century + number[:9]) % 97 for century in ("", "2"))


def chinese(text: str) -> bool:
    """China: region, date of birth, three digits and a character by ISO 7064 mod 11-2."""
    total = _weighted(text[:17], [pow(2, 17 - place, 11) for place in range(17)])
    born = _day(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    return born and text[17].upper() == "10X98765432"[total % 11]


def romanian(text: str) -> bool:
    """Romania: 13 digits with a date of birth and a check mod 11."""
    check = _weighted(text[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (check if check < 10 else 1) == int(text[12]) and _day(2000 + int(text[1:3]), int(text[3:5]), int(text[5:7]))


def sin(text: str) -> bool:
    """Canada: nine digits in threes with one separator, by Luhn; none begins with 0 or 8."""
    return text[3] == text[7] and text[0] not in "08" and luhn(digits(text))


def nino(text: str) -> bool:
    """United Kingdom (National Insurance): it has no check digit, but pairs of letters that are never given."""
    return text[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def nhs(text: str) -> bool:
    """The health number of England: ten digits, the last mod 11."""
    number = digits(text)
    return len(number) == 10 and -_weighted(number[:9], range(10, 1, -1)) % 11 == int(number[9])


def bsn(text: str) -> bool:
    """The citizen number of the Netherlands: nine digits, mod 11."""
    number = digits(text)
    return len(number) == 9 and _weighted(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def steuer_id(text: str) -> bool:
    """The tax number of Germany: eleven digits, the last by ISO 7064 mod 11,10."""
    number, product = digits(text), 10
    for digit in number[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return len(number) == 11 and number[0] != "0" and (11 - product) % 10 == int(number[10])


def _weighted(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
