"""JSON texts with bare placeholders."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.values.documents import DocumentError, parse_document

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"id": ${uuid}}', {"id": "${uuid}"}),
        ('{"id": "${uuid}"}', {"id": "${uuid}"}),
        ('{"id": "ORD-${uuid}-${n}"}', {"id": "ORD-${uuid}-${n}"}),
        ("${order}", "${order}"),
        ("{${name}: [${a}, ${b.c[0]}]}", {"${name}": ["${a}", "${b.c[0]}"]}),
        ('{"s": ${one of "a", "b"}}', {"s": '${one of "a", "b"}'}),
        ('{"s": "${one of "a", "b"}"}', {"s": '${one of "a", "b"}'}),
        (r'{"s": "${containing \"a\"}"}', {"s": '${containing "a"}'}),
        (r'{"s": ${matching ^\d{3}$}}', {"s": r"${matching ^\d{3}$}"}),
        (r'{"s": "${matching ^\d{3}$}"}', {"s": r"${matching ^\d{3}$}"}),
        (r'{"s": "${matching ^\\d{3}$}"}', {"s": r"${matching ^\d{3}$}"}),
        ('{"s": ${one of {"a": 1}, {"b": 2}}}', {"s": '${one of {"a": 1}, {"b": 2}}'}),
        ('{"s": "$${literal}"}', {"s": "$${literal}"}),
        (r'{"s": "\\${a}"}', {"s": r"\${a}"}),
        (r'{"s": "a \" ${b}", "t": ${c}}', {"s": 'a " ${b}', "t": "${c}"}),
        ('{"open": "${", "n": 1}', {"open": "${", "n": 1}),
        ('{"open": "${",\n "close": "}"}', {"open": "${", "close": "}"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_a_placeholder_may_stand_in_quotes_or_bare(text: str, value: object) -> None:
    """A placeholder is the same in quotes and without, whatever it holds."""
    assert parse_document(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a value at line 1, column 1"),
        ("\n  ", "expected a value at line 2, column 3"),
        ('{"a": 1 "b": 2}', "expected ',' or '}' at line 1, column 9"),
        ("[1 2]", "expected ',' or ']' at line 1, column 4"),
        ('{"a": [{"]": 1}\n "b"]}', "expected ',' or ']' at line 2, column 2"),
        ('{"a": 1', "expected ',' or '}' at line 1, column 8"),
        ('{"a": 1,}', "expected a name in double quotes at line 1, column 9"),
        ("[1, ]", "expected a value at line 1, column 5"),
        ("{a: 1}", "expected a name in double quotes at line 1, column 2"),
        ("{'a': 1}", "expected a name in double quotes at line 1, column 2"),
        ('{"a" 1}', "expected ':' at line 1, column 6"),
        ('{"a": yes}', "expected a value at line 1, column 7"),
        ("[1] ]", "expected nothing after the end of the value at line 1, column 5"),
        (
            '{"a":\n  "x}',
            "the text that begins here is never closed by a quote at line 2, column 3",
        ),
        (
            '{"a": "x\ny"}',
            r"a line break or tab within a text is written \n or \t at line 1, column 9",
        ),
        (r'{"a": "\d"}', r"a backslash within a text is written \\ at line 1, column 8"),
        (r'{"a": "\u12"}', r"expected four hexadecimal digits after \u at line 1, column 9"),
        ('{"NaN": "NaN", "a": NaN}', "NaN is no JSON value at line 1, column 21"),
        ("[-Infinity]", "-Infinity is no JSON value at line 1, column 2"),
        ("[1,\n -1e999]", "-1e999 is too large a number at line 2, column 2"),
        (f"[{'9' * 5000}]", "the number has too many digits at line 1, column 2"),
        ("[" * 100_000, "it is nested too deeply at line 1, column 1"),
        (
            "[1, ${order]",
            "the placeholder that begins here is never closed by } at line 1, column 5",
        ),
    ],
)
def test_what_is_no_json_is_said_with_its_place(text: str, message: str) -> None:
    """An error names the line and the column, and what would have been right there."""
    with pytest.raises(DocumentError) as raised:
        parse_document(text)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"id": ${uuid} "x": 1}', 1, 16),
        ('{"id": ${one of "a", "b"} "x": 1}', 1, 27),
        ('{\n "id": ${a},\n "x": ${b} ${c}}', 3, 12),
        ('{"s": "${one of "a"}", "x" 1}', 1, 28),
        ("[${a} ${b}", 1, 7),
        ("[${a}, ${b}", 1, 12),
    ],
)
def test_places_count_in_the_text_as_it_was_written(text: str, line: int, column: int) -> None:
    """Bare placeholders do not shift the line and the column of what is wrong after them."""
    with pytest.raises(DocumentError) as raised:
        parse_document(text)
    assert (raised.value.line, raised.value.column) == (line, column)


@settings(deadline=None)
@given(JSON_VALUES, st.integers(0, 3))
def test_json_without_placeholders_is_json(value: object, indent: int) -> None:
    """A document without placeholders is what Python's json reads."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    assert parse_document(text) == value


@settings(deadline=None)
@given(st.lists(st.sampled_from(["${a}", "${b.c}", '${one of "x", "y"}', '"t"', "1", "null"])))
def test_the_first_wrong_sign_is_found_behind_any_placeholders(elements: list[str]) -> None:
    """Whatever stands before it, a wrong sign is reported exactly where it stands."""
    before = "[" + "".join(element + "," for element in elements)
    with pytest.raises(DocumentError) as raised:
        parse_document(before + "?]")
    assert (raised.value.line, raised.value.column) == (1, len(before) + 1)
