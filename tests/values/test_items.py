"""Lists of values within a placeholder."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.values.items import split_items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("created, packed", ["created", "packed"]),
        ("created", ["created"]),
        ('"a, b", c', ['"a, b"', "c"]),
        (r'"a \", b", c', [r'"a \", b"', "c"]),
        (r'"a\\", b', [r'"a\\"', "b"]),
        ('[1, 2], {"a": 1, "b": "]"}, 3', ["[1, 2]", '{"a": 1, "b": "]"}', "3"]),
        ('5" pipe, 6" pipe', ['5" pipe', '6" pipe']),
        ("it's, that's", ["it's", "that's"]),
        ("a,,b,", ["a", "", "b", ""]),
        ("a ], b", ["a ]", "b"]),
    ],
)
def test_items_are_parted_by_commas_outside_of_quotes_and_brackets(
    text: str, items: list[str]
) -> None:
    """Only a comma that stands free parts two items."""
    assert split_items(text) == items


@settings(deadline=None)
@given(st.lists(st.recursive(st.integers() | st.text(), st.lists, max_leaves=4), min_size=1))
def test_json_items_come_back(values: list[object]) -> None:
    """Values that are written as JSON are parted where they were joined."""
    written = [json.dumps(value) for value in values]
    assert split_items(", ".join(written)) == written
