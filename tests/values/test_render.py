"""How values are shown to people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hamcrest import greater_than
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.events import MISSING, TOMBSTONE, Unreadable
from evtbdd.values.render import show, show_both, show_with_kind


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("pending", '"pending"'),
        ('say "hi"\n', r'"say \"hi\"\n"'),
        ("Größe", '"Größe"'),
        (42, "42"),
        (20.0, "20.0"),
        (Decimal("20.00"), "20.00"),
        (True, "true"),
        (None, "null"),
        (MISSING, "absent"),
        (TOMBSTONE, "a tombstone"),
        (Unreadable("no JSON: Expecting value"), "unreadable (no JSON: Expecting value)"),
        ([1, "a", [None]], '[1,"a",[null]]'),
        ((1, 2), "[1,2]"),
        ({"a": {"b": []}, "c": "d"}, '{"a":{"b":[]},"c":"d"}'),
        ({"n": greater_than(5)}, '{"n":a value greater than <5>}'),
        (b"\x01\xff", "bytes 01 ff"),
        ({"k": b"\x01"}, '{"k":bytes 01}'),
        (b"", "no bytes"),
        (datetime(2024, 5, 1, 12), "2024-05-01 12:00:00"),
        ("\ud800", r'"\ud800"'),
    ],
)
def test_every_value_has_a_rendering(value: object, shown: str) -> None:
    """Values are shown as JSON where JSON has them, and in words where not."""
    assert show(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("abcdefghijklmnopqrstuvwxyz", '"abcdefghijklmnopq…"'),
        ({"items": [{"sku": "A"}, {"sku": "B"}]}, '{"items":[{"sku":"A…'),
        (list(range(100)), "[0,1,2,3,4,5,6,7,8,…"),
        (bytes(range(100)), "bytes 00 … (100 bytes)"),
    ],
)
def test_what_is_too_long_is_cut(value: object, shown: str) -> None:
    """A long value ends in an ellipsis; bytes say how many there are."""
    assert show(value, limit=20) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (42, "42 (a number)"),
        ("42", '"42" (a text)'),
        (True, "true (a boolean)"),
        ([1], "[1] (a list)"),
        ({}, "{} (an object)"),
        (None, "null"),
        (MISSING, "absent"),
        (b"1", "bytes 31"),
    ],
)
def test_a_kind_is_named_where_it_is_not_seen(value: object, shown: str) -> None:
    """The kind follows in brackets, unless the rendering itself says it."""
    assert show_with_kind(value) == shown


def test_of_two_long_texts_the_part_that_differs_is_shown() -> None:
    """Two texts never look the same because both were cut."""
    one, other = "x" * 200 + "one" + "y" * 200, "x" * 200 + "two" + "y" * 200
    assert show_both(one, other, limit=30) == (
        '"…xxxxxxxone' + "y" * 16 + '…"',
        '"…xxxxxxxtwo' + "y" * 16 + '…"',
    )
    assert show_both("a", "b") == ('"a"', '"b"')
    assert show_both("x" * 100, "x" * 101, limit=20) == ('"…xxxxx"', '"…xxxxxx"')


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300), st.integers(20, 90))
def test_different_texts_are_shown_differently(one: str, other: str, limit: int) -> None:
    """Whatever two different texts are, their renderings differ."""
    if one != other:
        shown = show_both("x" * 100 + one, "x" * 100 + other, limit)
        assert shown[0] != shown[1]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(JSON_VALUES, st.integers(10, 90))
def test_a_rendering_is_one_line_within_its_limit(value: object, limit: int) -> None:
    """No value breaks the line, or the limit."""
    shown = show(value, limit)
    assert "\n" not in shown
    assert len(shown) <= limit
