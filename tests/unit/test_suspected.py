"""The one look at a record: what it lets pass holds nothing that the rules would find."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.formats_rendered import Rendered
from engine.data.masking import Mask
from engine.data.privacy_fields import row_findings
from engine.data.rows import Row
from engine.data.suspected import Suspected, suspected

_PIECES = (
    "hello there",
    "a.b@example.com",
    "at\\n192.168.10.44",
    "password: hunter22x",
    '{\\"password\\": \\"hunter22x\\"}',
    "AKIAABCDEFGHIJKLMNOP",
    "host:5432:name:user:p4ssword",
    "ssn",
    "219099999",
    "password",
    "192.168.10.44",
    "\n",
    " ",
    "\\",
)
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=3).map("".join)
_VALUES = st.one_of(_TEXTS, st.sampled_from([None, True, 1.5, 7, 219099999, [219099999], {"ssn": "219099999"}]))


def _rendered(content: Any, meta: dict[str, Any]) -> Rendered:
    turns = [{"role": "user", "content": content}, {"role": "assistant", "content": "yes"}]
    return Rendered(turns, meta=meta)


@settings(deadline=None)
@given(_TEXTS, st.dictionaries(_TEXTS, _VALUES, max_size=2))
def test_what_is_not_suspected_holds_nothing(content: str, meta: dict[str, Any]) -> None:
    rendered = _rendered(content, meta)
    mask = Mask()
    mask.value([rendered.messages, rendered.meta, rendered.rejected])
    private = row_findings(Row("", rendered.messages, rendered.meta, {}, []))
    found = suspected(rendered)
    assert found.secret or not mask.found
    assert found.private or not private


@pytest.mark.parametrize(
    ("content", "meta", "found"),
    [
        ("hello", {"note": "there", "count": 7, "none": None}, (False, False)),
        ("a.b@example.com", {}, (False, True)),
        ("at\\n192.168.10.44", {}, (False, True)),
        ("AKIAABCDEFGHIJKLMNOP", {}, (True, False)),
        ("hello", {"password": "hunter22x"}, (True, False)),
        ("hello", {"line": "host:5432:name:user:p4ssword"}, (True, False)),
        ("hello", {"ssn": 219099999}, (False, True)),
        ("hello", {"a.b@example.com": "there"}, (False, True)),
        ("hello", {"list": ["there"]}, (True, True)),
        (None, {}, (True, True)),
    ],
)
def test_suspected_by_the_rules_that_fire(content: Any, meta: dict[str, Any], found: tuple[bool, bool]) -> None:
    assert suspected(_rendered(content, meta)) == Suspected(*found)


def test_the_answer_that_is_not_preferred_is_looked_at_and_more_than_text_is_left_to_the_rules() -> None:
    rejected = Rendered([], rejected=[{"role": "assistant", "content": "AKIAABCDEFGHIJKLMNOP"}])
    assert suspected(rejected).secret
    assert suspected(Rendered([{"role": "user", "content": "", "name": "hello"}])) == (True, True)
    assert suspected(Rendered([{"role": "AKIAABCDEFGHIJKLMNOP", "content": ""}])) == (True, True)
