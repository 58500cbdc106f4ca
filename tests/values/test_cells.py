"""What a cell of a table stands for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.values.cells import parse_cell

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
JSON_VALUES = st.recursive(
    SCALARS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", ""),
        ("42", 42),
        (" 42 ", 42),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ('"42"', "42"),
        ('""', ""),
        ("[1, 2]", [1, 2]),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_json_is_read_as_json(cell: str, value: object) -> None:
    """A cell that is JSON stands for its value, of the very same kind."""
    assert parse_cell(cell) == value
    assert type(parse_cell(cell)) is type(value)


@pytest.mark.parametrize(
    "cell",
    [
        "created", "on hold", " ", "True", "None", "NaN", "Infinity", "-Infinity", "1e999", "[NaN]",
        "042", "2024-05-01", "'42'", "{a: 1}", "[1, 2", "+49 30", "1,5", "9" * 5000, "[" * 100_000,
    ],
)  # fmt: skip
def test_everything_else_is_text_as_written(cell: str) -> None:
    """A cell that is no JSON stands for its text, with its spaces."""
    assert parse_cell(cell) == cell


def test_placeholders_are_left_for_later() -> None:
    """Placeholders stay as they are, and may stand bare in lists and objects."""
    assert parse_cell("${orderId}") == "${orderId}"
    assert parse_cell("ORD-${orderId}") == "ORD-${orderId}"
    assert parse_cell('"${orderId}"') == "${orderId}"
    assert parse_cell('{"id": ${orderId}, "n": 1}') == {"id": "${orderId}", "n": 1}
    assert parse_cell("[${a}, 2]") == ["${a}", 2]


@settings(deadline=None)
@given(JSON_VALUES)
def test_every_json_value_comes_back(value: object) -> None:
    """What is written as JSON is read as the same value."""
    assert parse_cell(json.dumps(value)) == value


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_text_in_json_quotes_is_that_text(text: str) -> None:
    """Any text can be written in a cell by quoting it."""
    assert parse_cell(json.dumps(text, ensure_ascii=False)) == text
