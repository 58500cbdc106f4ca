"""Matchers of size."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hamcrest.core.string_description import StringDescription, tostring

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING
from evtbdd.values.magnitude import Around, Bound, Compared

NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


def compared(text: str) -> Compared:
    first, second, bound = text.split(" ", 2)
    return Compared(f"{first} {second}", Bound(bound, NOON))


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("greater than 5", 5.1, True),
        ("greater than 5", 5, False),
        ("at least 5", 5.0, True),
        ("at least 5", Decimal("4.99"), False),
        ("less than 5", 4, True),
        ("less than 5", 5, False),
        ("at most 5", 5, True),
        ("at most 0.3", 0.3, True),
        ("greater than -1", 0, True),
        ("greater than 0", True, False),
        ("greater than 5", "6", False),
        ("at least 0", float("nan"), False),
        ("at least 5", None, False),
        ("at least 5", "2024-05-01T12:00:00Z", False),
        ("at least 2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", True),
        ("greater than 2024-05-01T12:00:00Z", "2024-05-01T12:00:00.000000001Z", True),
        ("less than 2024-05-01", "2024-04-30T23:59:59Z", True),
        ("at least 2024-05-01T12:00:00Z", 1714564800, True),
        ("at least 2024-05-01T12:00:00Z", 1714564799999, False),
        ("at least 2024-05-01T12:00:00Z", 5, False),
        ("at least 2024-05-01T12:00:00Z", "later", False),
        ("at least now", "2024-05-01T12:00:01Z", True),
        ("greater than now - 5 minutes", "2024-05-01T11:55:00Z", False),
        ("at most today", "2024-05-01", True),
        ("at least 0", MISSING, False),
    ],
)
def test_numbers_compare_with_numbers_and_times_with_times(
    text: str, value: object, holds: bool
) -> None:
    """What cannot be compared with the bound never holds."""
    assert compared(text).matches(value) is holds


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("5 ± 0.1", 5.1, True),
        ("5 ± 0.1", 4.9, True),
        ("0.3 +- 0.1", 0.4, True),
        ("0.3+/-0.1", 0.2, True),
        ("5 ± 0.1", 5.11, False),
        ("5 ± 0", 5.0, True),
        ("5 ± 0.1", "5", False),
        ("-5 ± 1", -6, True),
        ("now ± 5 seconds", "2024-05-01T12:00:05Z", True),
        ("now ± 5 seconds", "2024-05-01T12:00:05.001Z", False),
        ("2024-05-01T12:00:00Z ± 1 minute", 1714564740, True),
        ("2024-05-01 ± 1 day", "2024-05-02", True),
    ],
)
def test_around_includes_both_ends(text: str, value: object, holds: bool) -> None:
    """Distances are exact: 0.4 is within 0.1 of 0.3."""
    assert Around.written(text, NOON).matches(value) is holds


@pytest.mark.parametrize(
    ("matcher", "value", "expected", "mismatch"),
    [
        (compared("at least 5"), 4, "at least 5", "was 4"),
        (compared("at least 5"), "6", "at least 5", 'was "6" (a text)'),
        (compared("at least 5"), True, "at least 5", "was true (a boolean)"),
        (compared("at least 5"), MISSING, "at least 5", "was absent"),
        (
            compared("less than now + 1 day"),
            "2024-06-01",
            "less than 2024-05-02T12:00:00.000Z",
            'was "2024-06-01"',
        ),
        (Around.written("5 +- 0.1", NOON), 6, "5 ± 0.1", "was 6"),
        (
            Around.written("today ± 1 day", NOON),
            "x",
            "2024-05-01 ± 1 day",
            'was "x" (a text)',
        ),
    ],
)
def test_sizes_say_what_they_expect_and_what_was_there(
    matcher: Compared | Around, value: object, expected: str, mismatch: str
) -> None:
    """Times are said as they were computed, kinds where they are what is wrong."""
    description = StringDescription()
    matcher.describe_mismatch(value, description)
    assert (tostring(matcher), str(description)) == (expected, mismatch)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "total ± 5",
            '"total" is neither a number nor a time like 2024-05-01T12:00:00Z; '
            "a remembered value is written ${total} in there.",
        ),
        ("5 ± x", '"x" in ${5 ± x} is no number from 0 on.'),
        ("5 ± 5 seconds", '"5 seconds" in ${5 ± 5 seconds} is no number from 0 on.'),
        ("5 ± -1", '"-1" in ${5 ± -1} is no number from 0 on.'),
        ("2024-05-01 ± 5", '"5" in ${2024-05-01 ± 5} is no time like 5 seconds.'),
        ("plain", '"plain" is no value with a distance, as 5 ± 0.1 is.'),
    ],
)
def test_bounds_and_distances_that_cannot_be_meant_are_errors(text: str, message: str) -> None:
    """A bound is a number or a time, and its distance is of the same measure."""
    with pytest.raises(PhraseError) as raised:
        Around.written(text, NOON)
    assert str(raised.value) == message
