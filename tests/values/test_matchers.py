"""The matchers of expected data, and their texts."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hamcrest.core.string_description import StringDescription, tostring

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.values.matchers import (
    KINDS,
    Absent,
    AnyOfKind,
    AnythingBut,
    AnyValue,
    Containing,
    Matching,
    NotSameAs,
    OneOf,
    SameAs,
    ValueMatcher,
)

ID = "5fd4ab7c-1d0e-4b7a-9f54-3a1d2c8e9b10"


def said(matcher: ValueMatcher, value: object) -> str:
    description = StringDescription()
    matcher.describe_mismatch(value, description)
    return str(description)


@pytest.mark.parametrize(
    ("name", "fitting", "others"),
    [
        ("uuid", [ID, ID.upper(), UUID(ID)], ["A-1", ID[1:], ID.replace("-", ""), 5, None]),
        ("text", ["", "42", ID], [42, None, True, b"x", []]),
        ("number", [0, 1.5, Decimal("1")], ["42", True, None, []]),
        ("boolean", [True, False], [0, 1, "true", None]),
        ("timestamp", ["2024-05-01T12:00:00Z", 1714521600], ["2024-05-01", "x", 5, True, None]),
        ("list", [[], [1], (1,)], [{}, "[]", None]),
        ("object", [{}, {"a": 1}], [[], "{}", None]),
    ],
)
def test_any_of_a_kind(name: str, fitting: list[object], others: list[object]) -> None:
    """`${any KIND}` holds for values of that kind, and for no other."""
    matcher = AnyOfKind(name)
    assert [value for value in fitting if not matcher.matches(value)] == []
    assert [value for value in others if matcher.matches(value)] == []
    assert tostring(matcher) == f"any {name}"


def test_every_kind_has_been_tried() -> None:
    """The kinds are those of the vocabulary."""
    assert set(KINDS) == {"uuid", "text", "number", "boolean", "timestamp", "list", "object"}


@pytest.mark.parametrize(
    "matcher",
    [
        AnyValue(),
        *map(AnyOfKind, KINDS),
        OneOf([MISSING]),
        AnythingBut("x"),
        SameAs("a", MISSING),
        NotSameAs("a", 1),
        Matching(""),
        Containing(""),
    ],
)
def test_nothing_but_absent_holds_for_a_field_that_is_not_there(matcher: ValueMatcher) -> None:
    """Every matcher demands that the field is there; `${absent}` that it is not."""
    assert matcher.matches(MISSING) is False
    assert matcher.absence_allowed is False
    assert Absent().matches(MISSING) is True


@pytest.mark.parametrize(
    ("matcher", "value", "holds"),
    [
        (AnyValue(), None, True),
        (AnyValue(), [], True),
        (Absent(), None, False),
        (OneOf(["created", 5]), "created", True),
        (OneOf(["created", 5]), 5.0, True),
        (OneOf(["created", 5]), "5", False),
        (OneOf([{"a": 1}]), {"a": 1, "b": 2}, True),
        (OneOf([AnyOfKind("number"), None]), None, True),
        (AnythingBut("created"), "packed", True),
        (AnythingBut("created"), None, True),
        (AnythingBut("created"), "created", False),
        (AnythingBut(5), "5", True),
        (SameAs("order", {"a": 1}), {"a": 1.0}, True),
        (SameAs("order", {"a": 1}), {"a": 1, "b": 2}, False),
        (NotSameAs("order", {"a": 1}), {"a": 1, "b": 2}, True),
        (NotSameAs("order", {"a": 1}), {"a": 1}, False),
        (Matching("^ORD-[0-9]+$"), "ORD-12", True),
        (Matching("^ORD-[0-9]+$"), "XORD-12", False),
        (Matching("[0-9]"), "a1b", True),
        (Matching("[0-9]"), 1, False),
        (Containing("late"), "too late", True),
        (Containing("Late"), "too late", False),
        (Containing("late"), ["late"], False),
    ],
)
def test_what_matchers_hold_for(matcher: ValueMatcher, value: object, holds: bool) -> None:
    """Each matcher compares strictly: a kind that is wrong never holds."""
    assert matcher.matches(value) is holds


@pytest.mark.parametrize(
    ("matcher", "value", "expected", "mismatch"),
    [
        (AnyValue(), MISSING, "any value", "was absent"),
        (AnyOfKind("number"), "42", "any number", 'was "42" (a text)'),
        (AnyOfKind("uuid"), "A-1", "any uuid", 'was "A-1"'),
        (AnyOfKind("uuid"), 5, "any uuid", "was 5 (a number)"),
        (AnyOfKind("timestamp"), "noon", "any timestamp", 'was "noon"'),
        (AnyOfKind("text"), None, "any text", "was null"),
        (Absent(), None, "absent", "was null"),
        (OneOf(["created", 5]), "lost", 'one of "created", 5', 'was "lost"'),
        (OneOf(["created", 5]), "5", 'one of "created", 5', 'was "5" (a text)'),
        (OneOf([AnyOfKind("text"), None]), 5, "one of any text, null", "was 5"),
        (AnythingBut("created"), "created", 'anything but "created"', 'was "created"'),
        (SameAs("orderId", "A-1"), "B", '"A-1" (the same as orderId)', 'was "B"'),
        (SameAs("n", 5), "5", "5 (the same as n)", 'was "5" (a text)'),
        (NotSameAs("orderId", "A-1"), "A-1", 'anything but "A-1" (orderId)', 'was "A-1"'),
        (Matching("^A$"), "B", "a text matching ^A$", 'was "B"'),
        (Matching("^5$"), 5, "a text matching ^5$", "was 5 (a number)"),
        (Containing('a "b"'), "c", r'a text containing "a \"b\""', 'was "c"'),
        (Containing("5"), 5, 'a text containing "5"', "was 5 (a number)"),
    ],
)
def test_matchers_say_what_they_expect_and_what_was_there(
    matcher: ValueMatcher, value: object, expected: str, mismatch: str
) -> None:
    """Both texts are part of what a tester reads when a step fails."""
    assert matcher.matches(value) is False
    assert tostring(matcher) == expected
    assert said(matcher, value) == mismatch


def test_a_pattern_that_is_no_regular_expression_is_an_error() -> None:
    """The reason is the one that Python's `re` gives."""
    with pytest.raises(PhraseError) as raised:
        Matching("[a-z")
    assert str(raised.value) == (
        "${matching [a-z} is no regular expression: unterminated character set at position 0."
    )
