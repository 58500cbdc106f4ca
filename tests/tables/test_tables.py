"""What stands below a step: tables, and documents that are not JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from expect.support import Scene, document, no_data, table, text_of

from evtbdd.errors import PhraseError, SettingsError, UnknownName
from evtbdd.phrases import Data
from evtbdd.tables import document as read_document
from evtbdd.tables import located, one_event, several_events


def cells(data: Data) -> list[list[tuple[str, str, int]]]:
    return [[(c.at.text, c.text, c.line) for c in fields] for fields in several_events(data)]


def test_field_and_value_describe_one_event() -> None:
    """A row a field, each with its line."""
    assert cells(table("| field | value |\n| orderId | A |\n| @key | k |")) == [
        [("orderId", "A", 9), ("@key", "k", 10)]
    ]


def test_any_other_heading_is_addresses_and_each_row_an_event() -> None:
    """Cells are left as they are written."""
    assert cells(table("| orderId | data.items[0].sku |\n| A | ${any} |\n| B | |")) == [
        [("orderId", "A", 9), ("data.items[0].sku", "${any}", 9)],
        [("orderId", "B", 10), ("data.items[0].sku", "", 10)],
    ]


def test_one_event_may_be_a_table_of_one_row() -> None:
    """Whatever its heading is."""
    assert [c.text for c in one_event(table("| orderId | n |\n| A | 1 |"))] == ["A", "1"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            table("| orderId | n |\n| A | 1 |\n| B | 2 |"),
            "shop.feature:8: the step speaks of one event, and the table describes 2 events. A "
            "table for one event is headed field | value, with a row for each field.",
        ),
        (
            no_data(),
            "shop.feature:7: the step needs a table whose columns are addresses, with a row for "
            "each event.",
        ),
        (
            table("| Field | Value |\n| a | 1 |"),
            "shop.feature:8: the table is headed Field | Value; a table for one event is headed "
            "field | value.",
        ),
        (
            table("| fields | values |\n| a | 1 |"),
            "shop.feature:8: the table is headed fields | values; a table for one event is headed "
            "field | value.",
        ),
        (table("| a | b | a |\n| 1 | 2 | 3 |"), "shop.feature:8: a column stands there twice."),
        (
            table("| field | value |\n| a | 1 |\n| b | 1 |\n| a | 2 |"),
            "shop.feature:11: a is described twice.",
        ),
        (
            table("| field | value |\n| a | 1 |\n| .b | 1 |"),
            "shop.feature:10: ",
        ),
        (table("| a | @ |\n| 1 | 2 |"), "shop.feature:8: "),
        (
            table("| a | b |"),
            "shop.feature:8: the table has only its heading; it needs a row for each event.",
        ),
        (
            table("| field | value |"),
            "shop.feature:8: the table has only its heading; it needs a row for each field.",
        ),
    ],
)
def test_a_table_that_cannot_be_meant(data: Data, text: str) -> None:
    """The file and the line come first, then what would be right."""
    said = text_of(PhraseError, one_event, data)
    assert said == text or (text.endswith(": ") and said.startswith(text))


def test_two_columns_may_be_called_whatever_they_like() -> None:
    """Only what looks like `field | value` is taken for a slip."""
    assert len(cells(table("| id | name |\n| 1 | a |"))) == 1
    assert len(cells(table("| value | field |\n| 1 | a |"))) == 1


@pytest.mark.parametrize("kind", [PhraseError, UnknownName])
def test_what_is_wrong_is_told_with_its_place_once(kind: type[Exception]) -> None:
    """However many look at it on its way."""
    with pytest.raises(kind) as caught, located("a.feature", 1), located("a.feature", 3):
        raise kind("This is wrong.")
    assert str(caught.value) == "a.feature:3: This is wrong."


def test_what_is_no_fault_of_the_feature_file_has_no_place_in_it() -> None:
    """A setting is wrong somewhere else."""
    with pytest.raises(SettingsError) as caught, located("a.feature", 1):
        raise SettingsError("This is wrong.")
    assert str(caught.value) == "This is wrong."


def below_a_step(folder: Path, text: str, indentation: int) -> Data:
    """A docstring in a feature file of its own, as behave hands it over: without its indentation."""
    feature = folder / f"{abs(hash(text))}.feature"
    lead = " " * indentation
    lines = ["Feature: x", "  Scenario: y", "    Then z:", f'{lead}"""']
    lines += [lead + line if line else "" for line in text.split("\n")]
    feature.write_text("\n".join([*lines, f'{lead}"""', ""]), encoding="utf-8")
    return Data(None, text, (str(feature), 4), "with")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,}', "5:15: this is no JSON: expected a name in double quotes."),
        ('{\n  "a": 1\n  "b": 2\n}', "7:9: this is no JSON: expected ',' or '}'."),
        ("{\n\n  a: 1\n}", "7:9: this is no JSON: expected a name in double quotes."),
        ("nothing", "5:7: this is no JSON: expected a value."),
    ],
)
def test_a_mistake_in_a_document_is_told_by_line_and_column_of_the_file(
    tmp_path: Path, text: str, place: str
) -> None:
    """Where an editor jumps to: the indentation counts."""
    data = below_a_step(tmp_path, text, 6)
    said = text_of(PhraseError, read_document, data, Scene().values.expected_document)
    assert said == f"{data.location[0]}:{place}"


def test_an_empty_document_is_told_too(tmp_path: Path) -> None:
    """There is no sign to point at."""
    data = below_a_step(tmp_path, "", 6)
    said = text_of(PhraseError, read_document, data, Scene().values.expected_document)
    assert said == f"{data.location[0]}:5:7: this is no JSON: expected a value."


def test_a_document_of_which_the_file_is_not_there() -> None:
    """A step that was run from a step has no lines of its own; the column is then the text's."""
    said = text_of(PhraseError, read_document, document("{"), Scene().values.expected_document)
    assert said.startswith("shop.feature:9:2: this is no JSON: ")


def test_a_document_is_read_by_whoever_reads_it() -> None:
    """Placeholders are their business, and so are their mistakes."""
    assert read_document(document('{"a": [1]}'), Scene().values.sent_document) == {"a": [1]}
    with pytest.raises(UnknownName):
        read_document(document('{"a": ${nme}}'), Scene().values.sent_document)
