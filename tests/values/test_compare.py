"""Strict comparison, and how differences are told."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hamcrest import assert_that, greater_than, has_length, is_not, starts_with
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evtbdd.events import MISSING, TOMBSTONE, Unreadable
from evtbdd.values.addresses import Address
from evtbdd.values.compare import Difference, differences, equal, strictly
from evtbdd.values.matchers import Absent, AnyOfKind, AnyValue


def lines(expected: object, actual: object, **options: Any) -> list[str]:
    return [d.line() for d in differences(expected, actual, **options)]


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (20.0, 20),
        (20, Decimal("20.00")),
        (0.1, Decimal("0.10")),
        (10**30, 10**30),
        ("a", "a"),
        (None, None),
        ({"a": 1}, {"a": 1.0, "b": 2}),
        ({}, {"b": 2}),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 1, "d": 2}], "e": 3}}),
        ([1, {"a": 2}], (1, {"a": 2, "b": 3})),
        (b"\x01", b"\x01"),
        ("grün".encode(), "grün"),
        (TOMBSTONE, TOMBSTONE),
        (MISSING, MISSING),
        ({"a": MISSING}, {}),
        ({"a": AnyValue(), "b": [AnyOfKind("number")]}, {"a": None, "b": [1.5]}),
        ({"a": Absent()}, {"b": 1}),
        ([1, Absent()], [1]),
        ({"n": greater_than(5)}, {"n": 6}),
    ],
)
def test_what_is_equal(expected: object, actual: object) -> None:
    """Numbers are equal by value, objects as subsets, elements of lists as subsets."""
    assert lines(expected, actual) == []
    assert equal(expected, actual) is True


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ("shipped", "pending", ['$: "pending", expected "shipped"']),
        ({"status": "shipped"}, {"status": "pending"}, ['status: "pending", expected "shipped"']),
        ({"a": 1, "b": 2, "c": 3}, {"a": 9, "b": 2}, ["a: 9, expected 1", "c: absent, expected 3"]),
        ({"a": None}, {}, ["a: absent, expected null"]),
        ({"a": 1}, {"a": None}, ["a: null, expected 1"]),
        (
            {"data": {"items": [{"sku": "A"}, {"sku": "B"}]}},
            {"data": {"items": [{"sku": "A"}, {"sku": "C"}]}},
            ['data.items[1].sku: "C", expected "B"'],
        ),
        ([1, 2], [1], ["[1]: absent, expected 2"]),
        ([1], [1, 2, 3], ["[1]: 2, not expected", "[2]: 3, not expected"]),
        ([], [1], ["[0]: 1, not expected"]),
        ({"a": {"b": 1}}, {"a": "x"}, ['a: "x", expected {"b":1}']),
        ({"a": {"b": 1}}, {}, ['a: absent, expected {"b":1}']),
        ({"a": [1]}, {"a": {"0": 1}}, ['a: {"0":1}, expected [1]']),
        ({"like.this": 1}, {"like.this": 2}, ["['like.this']: 2, expected 1"]),
        ({"a": {"@b": 1}}, {"a": {"@b": 2}}, ["a['@b']: 2, expected 1"]),
        ({"a": 1}, TOMBSTONE, ['$: a tombstone, expected {"a":1}']),
        ({"a": 1}, Unreadable("no JSON"), ['$: unreadable (no JSON), expected {"a":1}']),
        ("x", MISSING, ['$: absent, expected "x"']),
        (b"\x01\x02", "\x01", [r'$: "\u0001", expected bytes 01 02']),
        ("k", b"\xff", ['$: bytes ff, expected "k"']),
        (b"", b"\x01", ["$: bytes 01, expected no bytes"]),
    ],
)
def test_every_wrong_place_is_told(expected: object, actual: object, told: list[str]) -> None:
    """Each difference has its address, what is there and what was expected."""
    assert lines(expected, actual) == told
    assert equal(expected, actual) is False


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        (42, "42", '$: "42" (a text), expected 42 (a number)'),
        ("42", 42, '$: 42 (a number), expected "42" (a text)'),
        (20.0, "20", '$: "20" (a text), expected 20.0 (a number)'),
        (True, 1, "$: 1 (a number), expected true (a boolean)"),
        (0, False, "$: false (a boolean), expected 0 (a number)"),
        (True, "true", '$: "true" (a text), expected true (a boolean)'),
        (None, "null", '$: "null" (a text), expected null'),
        ({"a": 1}, '{"a": 1}', r'$: "{\"a\": 1}" (a text), expected {"a":1} (an object)'),
        ([], "[]", '$: "[]" (a text), expected [] (a list)'),
        (42, "43", '$: "43", expected 42'),
        ("", None, '$: null, expected ""'),
    ],
)
def test_kinds_must_be_the_same_and_are_named_where_only_they_differ(
    expected: object, actual: object, told: str
) -> None:
    """42 is not "42", true is not 1; the difference says so."""
    assert lines(expected, actual) == [told]
    assert equal(expected, actual) is False


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1, "b": 2}, ["b: 2, not expected"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, ["a[0].c: 2, not expected"]),
        ({"a": 1, "b": Absent()}, {"a": 1}, []),
        ({"a": AnyValue()}, {"a": {"any": "thing"}}, []),
        ({}, {"a": None}, ["a: null, not expected"]),
    ],
)
def test_exactly_means_that_nothing_more_is_there(
    expected: object, actual: object, told: list[str]
) -> None:
    """With `exactly`, what was not named is a difference, at any depth."""
    assert lines(expected, actual, exactly=True) == told
    assert equal(expected, actual, exactly=True) is (told == [])


def test_differences_stand_below_the_address_that_was_compared() -> None:
    """The address of what is compared comes first, that of the field within it after."""
    assert lines({"a": 1}, {"a": 2}, at="data.items[0]") == ["data.items[0].a: 2, expected 1"]
    assert lines([1], [2], at="data.items") == ["data.items[0]: 2, expected 1"]
    assert lines("x", "y", at="@header.source") == ['@header.source: "y", expected "x"']
    assert lines({"a": 1}, {"a": 2}, at="$") == ["$.a: 2, expected 1"]


def test_a_difference_holds_its_texts() -> None:
    """Address, expected and actual are texts for people."""
    assert differences({"status": "shipped"}, {"status": "pending"}) == (
        Difference(address="status", expected='"shipped"', actual='"pending"'),
    )
    assert differences({}, {"extra": 5}, exactly=True) == (
        Difference(address="extra", expected="not expected", actual="5"),
    )


class Even(BaseMatcher[Any]):
    """A matcher as a project would write it."""

    def _matches(self, item: Any) -> bool:
        return isinstance(item, int) and item % 2 == 0

    def describe_to(self, description: Description) -> None:
        description.append_text("an even number")

    def describe_mismatch(self, item: Any, mismatch_description: Description) -> None:
        mismatch_description.append_text("was odd: ").append_text(str(item))


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"n": Even()}, {"n": 3}, ["n: odd: 3, expected an even number"]),
        ({"n": [2, Even()]}, {"n": [2, 5]}, ["n[1]: odd: 5, expected an even number"]),
        (starts_with("A"), "B-1", ["$: \"B-1\", expected a string starting with 'A'"]),
        ({"n": greater_than(5)}, {"n": 4}, ["n: 4, expected a value greater than <5>"]),
        (
            {"items": has_length(2)},
            {"items": [1]},
            ["items: <[1]> with length of <1>, expected an object with length of <2>"],
        ),
        ({"n": is_not("x")}, {}, ["n: absent, expected not 'x'"]),
        ({"n": AnyValue()}, {}, ["n: absent, expected any value"]),
        ({"n": Absent()}, {"n": None}, ["n: null, expected absent"]),
    ],
)
def test_any_hamcrest_matcher_may_stand_anywhere(
    expected: object, actual: object, told: list[str]
) -> None:
    """A matcher is asked, and its own words are told; a missing field fulfils none but absent."""
    assert lines(expected, actual) == told
    assert equal(expected, actual) is False


def test_strictly_makes_an_expected_value_a_hamcrest_matcher() -> None:
    """An expected value can be used wherever Hamcrest is."""
    assert_that({"a": 1, "b": 2}, strictly({"a": 1.0}))
    assert_that({"x": "42"}, is_not(strictly({"x": 42})))
    with pytest.raises(AssertionError) as raised:
        assert_that("pending", strictly("shipped"))
    assert str(raised.value) == '\nExpected: "shipped"\n     but: was "pending"\n'
    with pytest.raises(AssertionError) as raised:
        assert_that({"a": 1, "b": 2, "c": 3}, strictly({"a": 2, "b": "2"}, exactly=True))
    assert str(raised.value) == (
        '\nExpected: {"a":2,"b":"2"}\n     but: had a: 1, expected 2; '
        'b: 2 (a number), expected "2" (a text); c: 3, not expected\n'
    )


def test_strictly_can_stand_within_what_is_expected() -> None:
    """Part of an expectation can be exact while the rest is a subset."""
    expected = {"data": strictly({"a": 1}, exactly=True)}
    assert lines(expected, {"data": {"a": 1}, "more": 2}) == []
    assert lines(expected, {"data": {"a": 1, "b": 2}}) == ["data.b: 2, not expected"]
    assert lines({"data": strictly(Absent())}, {}) == []


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=15,
)


@settings(deadline=None)
@given(JSON_VALUES)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    """Every value is equal to itself, exactly too."""
    assert differences(value, copy.deepcopy(value)) == ()
    assert differences(value, copy.deepcopy(value), exactly=True) == ()


@settings(deadline=None)
@given(JSON_VALUES, JSON_VALUES, st.booleans())
def test_equal_is_the_absence_of_differences(one: object, other: object, exactly: bool) -> None:
    """The fast answer and the explained one never contradict each other."""
    assert equal(one, other, exactly=exactly) is (differences(one, other, exactly=exactly) == ())


OBJECTS = st.dictionaries(st.text(max_size=2), JSON_VALUES, max_size=4)


@settings(deadline=None)
@given(OBJECTS, OBJECTS, st.text(max_size=2), JSON_VALUES)
def test_more_fields_never_add_differences(
    expected: dict[str, object], actual: dict[str, object], name: str, more: object
) -> None:
    """A field that is not expected leaves a subset comparison as it was."""
    assume(name not in expected)
    assert differences(expected, {**actual, name: more}) == differences(expected, actual)


def leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [leaf for name in value for leaf in leaves(value[name], (*path, name))]
    if isinstance(value, list):
        return [leaf for i in range(len(value)) for leaf in leaves(value[i], (*path, i))]
    return [path]


@settings(deadline=None)
@given(JSON_VALUES, st.data())
def test_one_changed_leaf_is_one_difference_at_its_address(value: Any, data: st.DataObject) -> None:
    """Exactly the place that was changed is told, and its address leads to it."""
    paths = leaves(value)
    assume(paths not in ([], [()]))
    path = data.draw(st.sampled_from(paths))
    changed = copy.deepcopy(value)
    container = changed
    for step in path[:-1]:
        container = container[step]
    container[path[-1]] = ["changed"]

    (difference,) = differences(value, changed)

    assert Address.parse(difference.address).steps == path
    assert Address.parse(difference.address).find_in(changed) == ["changed"]
    assert difference.actual == '["changed"]'
