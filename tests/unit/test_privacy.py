"""Personal data with a shape is found in many writings, and what only looks like it is not."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import privacy_checks as checks
from engine.data.privacy import _RULES, NOT_SCANNED, findings, places
from engine.data.privacy_cues import cues
from engine.data.privacy_fields import fields, replaced, rewritten, row_findings, row_places
from engine.data.privacy_phones import REGIONS, known_regions
from engine.data.rows import Row, row_id
from engine.errors import UsageError
from tests.planted import KINDS, measured, planted

RECALL = 0.95


def found(text: str, regions: tuple[str, ...] = REGIONS) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.kind) for one in places(text, regions)]


def test_recall_and_precision_on_texts_that_other_rules_have_made() -> None:
    texts = list(planted(1500, 0.8, seed=11))
    counts = measured(texts, lambda text: [tuple(one) for one in places(text)])  # type: ignore[misc]
    for kind in KINDS:
        right, sought, wrong = counts[kind]
        assert sought > 150, kind
        assert right / sought >= RECALL, (kind, right, sought)
        assert right / (right + wrong) >= RECALL, (kind, right, wrong)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Write to Ada.L+x@mail.example.org.", "Ada.L+x@mail.example.org", "email"),
        ("jörg@bücher.example", "jörg@bücher.example", "email"),
        ("john (at) example (dot) com", "john (at) example (dot) com", "email"),
        ("bob at example dot co dot uk", "bob at example dot co dot uk", "email"),
        ('{"m":"call\\nada@example.org"}', "ada@example.org", "email"),
        ("DE89 3704 0044 0532 0130 00 IS MINE", "DE89 3704 0044 0532 0130 00", "iban"),
        ("IBANDE89370400440532013000IS", "DE89370400440532013000", "iban"),
        ("gb29nwbk60161331926819", "gb29nwbk60161331926819", "iban"),
        ("4111-1111-1111-1111", "4111-1111-1111-1111", "card"),
        ("168171935 4111 1111 1111 1111", "4111 1111 1111 1111", "card"),
        ("my number is 123-45-6789", "123-45-6789", "ssn"),
        ("SSN: 123456789", "123456789", "ssn"),
        ("fe80::1 is up", "fe80::1", "ip"),
        ("2001:db8::ff00:42:8329.", "2001:db8::ff00:42:8329", "ip"),
        ("http://10.0.0.1:80/", "10.0.0.1", "ip"),
        ("the server is 1.2.3.4", "1.2.3.4", "ip"),
        ("+33 (0)1 23 45 67 89", "+33 (0)1 23 45 67 89", "phone"),
        ("581.896.0013x38", "581.896.0013x38", "phone"),
        ('{"phone": 2125550131}', "2125550131", "phone"),
        ("(020 7946 0958)", "020 7946 0958", "phone"),
        ("2125550131 6175551234", "6175551234", "phone"),
        ("CPF 123.456.789-09", "123.456.789-09", "national_id"),
        ("DNI 12345678Z", "12345678Z", "national_id"),
        ("1 85 05 78 006 084 91", "1 85 05 78 006 084 91", "national_id"),
        ("RSSMRA85T10A562S", "RSSMRA85T10A562S", "national_id"),
        ("44051401359", "44051401359", "national_id"),
        ("811218-9876", "811218-9876", "national_id"),
        ("131052-308T", "131052-308T", "national_id"),
        ("93.05.18-223.61", "93.05.18-223.61", "national_id"),
        ("11010519491231002X", "11010519491231002X", "national_id"),
        ("2341 2341 2346", "2341 2341 2346", "national_id"),
        ("130 692 544", "130 692 544", "national_id"),
        ("AB 12 34 56 C", "AB 12 34 56 C", "national_id"),
        ("NHS number 943 476 5919", "943 476 5919", "national_id"),
        ("Steuer-ID 86 095 742 719", "86 095 742 719", "national_id"),
        ("BSN 111222333", "111222333", "national_id"),
    ],
)
def test_each_writing_is_found_just_where_it_stands(text: str, value: str, kind: str) -> None:
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "card 4111 1111 1111 1112 and DE88 3704 1044 1532 1130 10",
        "on 2026-11-21 at 10:15, 21.11.2026 10 15, order 12345678, EUR 1,299.00",
        "version 1.2.3.4, v2.0.1.7, see 1.2.3.4, pkg==10.20.30.40, Chrome/120.0.6099.71",
        "ISBN 978-0-306-40615-7, 0-306-40615-2, UUID 550e8400-e29b-41d4-a716-446655440000",
        "1700000000 1763722800 1700000000000 3.14159265358979",
        "order number 2125550131, invoice 02079460958, tracking id: 4111111111111111",
        "a[1::2] std::dec 10:15:30 00:1a:2b:3c:4d:5e ::1 127.0.0.1 255.255.255.0",
        "@property lodash@4.17.21 icon@2x.png git@host.example:a/b",
        "000-12-3456 666-12-3456 123-00-4567 123-45-0000",
        "<EMAIL_1> <PHONE_2> <SECRET:password:1>@host.example",
        "colour #33666d, id ee56a6594c89c127 a the one",
        "we met at noon, dot the i",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_numbers_of_a_region_are_known_where_the_project_names_it() -> None:
    assert found("Llama al 612 34 56 78, gracias") == []
    assert found("Llama al 612 34 56 78, gracias", ("US", "GB", "ES")) == [("612 34 56 78", "phone")]
    assert known_regions(["de", "FR "]) == ("DE", "FR")
    for wrong in (["XX"], [], "DE", [""], None):
        with pytest.raises(UsageError):
            known_regions(wrong)


ALPHABET = st.sampled_from("0123456789 -.:/()+@abx\n[]DEtAT") | st.characters()


@given(st.text(ALPHABET, max_size=80))
def test_places_are_in_order_apart_and_inside_whatever_the_text(text: str) -> None:
    at = 0
    for one in places(text):
        assert at <= one.start < one.end <= len(text)
        at = one.end
    assert findings(text).total() == len(places(text))


@given(st.integers(0, 10**6), st.text(st.sampled_from(string.printable + "é机"), max_size=40))
def test_the_filter_hides_nothing(seed: int, around: str) -> None:
    """What every rule finds by itself is in a text that the filter lets through."""
    from engine.data.privacy import _FILTER, _PATTERNS

    [one] = planted(1, 1.0, seed)
    text = f"{around} {one.text}"
    fired = _FILTER.Match(text) or ()
    for number, rule in enumerate(_RULES[:-1]):
        hits = [span for match in _PATTERNS[number].finditer(text) for span in rule.accept(match, REGIONS)]
        assert not hits or number in fired, rule


@given(st.integers(1, 10**15))
def test_one_wrong_digit_breaks_every_check_digit(body: int) -> None:
    number = f"4{body:015}"
    right = next(number[:15] + digit for digit in string.digits if checks.luhn(number[:15] + digit))
    assert [digit for digit in string.digits if checks.luhn(right[:15] + digit)] == [right[15]]
    groups = f"{body % 10**11:011}"
    good = [digit for digit in string.digits if checks.aadhaar(groups + digit)]
    assert len(good) == 1


def row_of(**more: object) -> Row:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"card": 4111111111111111}'}}
    turns = [
        {"role": "system", "content": "Mail ada@example.org."},
        {"role": "user", "content": "I am ada@example.org", "name": "ada@example.org"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": '{"mail": "ada@example.org"}', "tool_call_id": "1"},
        {"role": "assistant", "content": "done"},
    ]
    other = [{"role": "assistant", "content": "ask +49 170 1234567"}]
    meta = {"phone": 2125550131, "bob@example.org": ["10.0.0.17"], "n": 7}
    return Row(
        row_id(turns, None, other), turns, meta, {"file": "f", "line": 1, "byte": 0}, ["import"], rejected=other, **more
    )  # type: ignore[arg-type]


def test_every_text_of_a_row_is_read_and_can_be_rewritten() -> None:
    row = row_of()
    assert row_findings(row) == {"email": 5, "card": 1, "phone": 2, "ip": 1}
    texts = fields(row)
    new = {}
    for at, one in row_places(texts):
        new[at] = replaced(texts[at].text, [(one.start, one.end, "<X_1>")])
    made = rewritten(row, new, "redact")
    assert not row_findings(made)
    assert made.messages[2]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"card": "<X_1>"}'}
    assert made.meta == {"phone": "<X_1>", "<X_1>": ["<X_1>"], "n": 7}
    assert (made.parent, made.steps) == (row.id, ["import", "redact"])
    assert rewritten(row, {}, "redact").id == row.id


def test_json_stays_json_whatever_is_replaced_in_it() -> None:
    assert replaced('{"a": 12, "b": "12"}', [(6, 8, "<X_1>"), (16, 18, "<X_2>")]) == '{"a": "<X_1>", "b": "<X_2>"}'
    assert replaced("a 12 b", [(2, 4, "<X_1>")]) == "a <X_1> b"


def test_cues_point_at_rows_to_read() -> None:
    text = "Dear Jane, my name is Ada Lovelace and I live at 12 Main Street, born on May 3. My passport number is"
    assert [one.hints_at for one in cues(text)] == [
        "a name",
        "a name",
        "an address",
        "an address",
        "a date of birth",
        "an identity document",
    ]
    assert cues("Dear Sir, Hello World! Hi there, I live for this") == ()
    assert cues("\ud800") == ()


def test_names_are_not_sought_and_it_is_said() -> None:
    assert found("Ada Lovelace, 12 Main Street, Acme Ltd") == []
    assert NOT_SCANNED == ("names", "addresses", "organisations")


def test_hostile_repetition_is_done_in_linear_time() -> None:
    for text in ("1 " * 200_000, "a@" * 100_000, "0:" * 100_000, "DE89 " * 60_000, "+1 " * 100_000, "1." * 100_000):
        places(text)
