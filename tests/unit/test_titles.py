"""Rules in words."""

import pytest

from engine.data import titles
from engine.data.titles import title


@pytest.mark.parametrize(
    ("rule", "words"),
    [("same-role-twice", "one speaker twice in a row"), ("json-syntax", "not valid JSON"), ("a-rule", "a rule")],
)
def test_a_rule_is_said_in_words(rule: str, words: str) -> None:
    assert title(rule) == words


def test_every_title_leaves_room_for_its_count_in_the_list_of_the_data_step() -> None:
    assert not [one for one in titles._TITLES.values() if len(one) > 36]
