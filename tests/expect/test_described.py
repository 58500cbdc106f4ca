"""From the table or text below a step to the pattern of the expected event."""

from __future__ import annotations

import pytest
from expect.support import Scene, document, event, no_data, table, text_of

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.expect.described import pattern_of, patterns_of
from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data
from evtbdd.values.store import Values


@pytest.fixture
def values() -> Values:
    return Scene().values


def described(values: Values, data: Data, base: Pattern = Pattern()) -> Pattern:  # noqa: B008
    return pattern_of(data, base, values)


def test_without_data_the_step_says_all(values: Values) -> None:
    """The base is the pattern."""
    base = Pattern("T", "k")
    assert described(values, no_data(), base) is base


def test_cells_of_the_payload_are_values_and_those_around_it_are_text(values: Values) -> None:
    """`42` is a number in the payload, and a text as a header or key; facts of the broker are values."""
    rows = """
        | field       | value |
        | count       | 42    |
        | text        | "42"  |
        | @key        | 42    |
        | @header.h   | true  |
        | @partition  | 0     |
    """
    pattern = described(values, table(rows))
    assert [(at.text, expected) for at, expected in pattern.fields] == [
        ("count", 42),
        ("text", "42"),
        ("@key", "42"),
        ("@header.h", "true"),
        ("@partition", 0),
    ]
    assert pattern.fits(event({"count": 42, "text": "42"}, key="42", headers={"h": "true"}))


def test_a_matcher_may_stand_around_the_payload_too(values: Values) -> None:
    """And a placeholder becomes text there."""
    values.remember("n", 7)
    rows = "| @key | @header.h | @header.x |\n| ${any text} | ORD-${n} | ${absent} |"
    (pattern,) = patterns_of(table(rows, ""), Pattern(), values)
    assert pattern.fits(event({}, key="k", headers={"h": "ORD-7"}))
    assert not pattern.fits(event({}, headers={"h": "ORD-7"}))
    assert not pattern.fits(event({}, key="k", headers={"h": "ORD-7", "x": ""}))


def test_the_type_may_stand_in_the_table(values: Values) -> None:
    """It becomes the type of the pattern, a remembered one too; another than the step's is an error."""
    values.remember("kind", "T")
    for cell in ("T", "${kind}"):
        assert described(values, table(f"| field | value |\n| @type | {cell} |")).type == "T"
    assert described(values, table("| field | value |\n| @type | T |"), Pattern("T")).type == "T"
    said = text_of(
        PhraseError, described, values, table("| field | value |\n| @type | U |"), Pattern("T")
    )
    assert said == 'shop.feature:9: @type is "U" here, and "T" in the step.'


def test_a_matcher_for_the_type_is_a_field(values: Values) -> None:
    """`${one of …}` is no type that could be misspelt."""
    pattern = described(values, table("| field | value |\n| @type | ${one of T, U} |"))
    assert pattern.type is None
    assert pattern.fits(event({}, type="U"))


def test_each_row_is_an_event_with_a_count_of_its_own(values: Values) -> None:
    """`${counter}` is one more in every row."""
    rows = patterns_of(
        table("| n | id |\n| ${counter} | A |\n| ${counter} | B |", ""), Pattern(), values
    )
    assert [[expected for _, expected in row.fields] for row in rows] == [[1, "A"], [2, "B"]]


def test_a_document_is_the_payload(values: Values) -> None:
    """As a subset with `with:`, whole with `equal to:`; it may hold matchers at any depth."""
    text = '{"id": ${any uuid}, "items": [{"sku": "tea"}]}'
    subset = described(values, document(text))
    whole = described(values, document(text, "equal to"))
    seen = event({"id": "0b7b2f6e-3d1c-4a53-9a37-0a5a3f1de001", "items": [{"sku": "tea"}], "x": 1})
    assert subset.fits(seen)
    assert not whole.fits(seen)


def test_equal_to_with_a_table_puts_the_fields_together(values: Values) -> None:
    """Nothing else may be in the payload; headers and keys only where they are named."""
    rows = "| field | value |\n| a.b | 1 |\n| a.c[0] | x |\n| @key | k |"
    pattern = described(values, table(rows, "equal to"))
    assert pattern.payload == {"a": {"b": 1, "c": ["x"]}}
    assert pattern.fits(event({"a": {"b": 1, "c": ["x"]}}, key="k", headers={"h": "1"}))
    assert not pattern.fits(event({"a": {"b": 1, "c": ["x"], "d": 2}}, key="k"))
    assert not pattern.fits(event({"a": {"b": 1, "c": ["x"]}}, key="l"))


def test_equal_to_with_an_address_of_many_places_says_where_it_stands(values: Values) -> None:
    """A wildcard names no one place."""
    rows = table("| field | value |\n| items[*].sku | x |", "equal to")
    assert text_of(PhraseError, described, values, rows) == (
        "shop.feature:8: items[*].sku does not name one place, so no value can be put there."
    )


def test_a_text_channel_takes_a_text_as_it_stands() -> None:
    """Its placeholders are replaced; it need not be JSON."""
    scene = Scene()
    scene.values.remember("name", "ann")
    pattern = pattern_of(document("dear ${name}"), Pattern(), scene.values, as_text=True)
    assert pattern.payload == "dear ann"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            table("| field | value |\n| a | 1 |\n| b | ${nme} |"),
            "shop.feature:10: ${nme} is not known. ",
        ),
        (document('{"a": ${nme}}'), "shop.feature:8: ${nme} is not known. "),
    ],
)
def test_an_unknown_name_is_told_with_its_line(values: Values, data: Data, text: str) -> None:
    """The line of the cell, or the one in which the document begins."""
    assert text_of(UnknownName, described, values, data).startswith(text)


def test_rows_need_a_table(values: Values) -> None:
    """A document describes one event."""
    assert text_of(PhraseError, patterns_of, document("[]"), Pattern(), values) == (
        "shop.feature:8: the step needs a table whose columns are addresses, with a row for each "
        "event."
    )
