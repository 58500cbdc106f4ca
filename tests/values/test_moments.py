"""Points in time as they are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import PhraseError
from evtbdd.values.moments import instant, instant_of, is_timestamp, iso, relative, seconds_of

NOON = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=timezone.utc)
MIDNIGHT = 1714521600  # 2024-05-01T00:00:00Z


def test_times_are_written_in_utc_with_milliseconds() -> None:
    """Whatever its zone, a time is written with Z and three digits."""
    assert iso(NOON) == "2024-05-01T12:00:00.123Z"
    assert iso(NOON.astimezone(timezone(timedelta(hours=2)))) == "2024-05-01T12:00:00.123Z"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-05-01", MIDNIGHT),
        ("2024-05-01T00:00Z", MIDNIGHT),
        ("2024-05-01 00:00:01", MIDNIGHT + 1),
        ("2024-05-01T02:00:00+02:00", MIDNIGHT),
        ("2024-05-01T02:00:00+0200", MIDNIGHT),
        ("2024-04-30T22:30:00-0130", MIDNIGHT),
        ("2024-05-01T02:00:00+02", MIDNIGHT),
        ("2024-05-01T00:00:00.5z", MIDNIGHT + Fraction(1, 2)),
        ("2024-05-01T00:00:00.000000001Z", MIDNIGHT + Fraction(1, 10**9)),
        ("1969-12-31T23:59:59Z", -1),
        ("2024-13-01", None),
        ("2024-05-01T25:00:00Z", None),
        ("2024-05-01T", None),
        ("20240501", None),
        ("today", None),
        ("", None),
    ],
)
def test_iso_texts_are_read_as_seconds_since_1970(text: str, seconds: Fraction | None) -> None:
    """Without an offset a time is UTC, without a time a date is its midnight; the rest is none."""
    assert instant(text) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT + 0.5, MIDNIGHT + Fraction(1, 2)),
        (MIDNIGHT * 1000 + 1, MIDNIGHT + Fraction(1, 1000)),
        (datetime(2024, 5, 1, tzinfo=timezone.utc), MIDNIGHT),
        (date(2024, 5, 1), MIDNIGHT),
        (5, None),
        (True, None),
        (float("inf"), None),
        (None, None),
        ([], None),
    ],
)
def test_numbers_and_datetimes_are_moments_too(value: object, seconds: Fraction | None) -> None:
    """Numbers from 1973 on are seconds or milliseconds, smaller ones are no time."""
    assert instant_of(value) == seconds


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("2024-05-01T12:00:00Z", True),
        ("2024-05-01 12:00", True),
        (1714521600, True),
        (NOON, True),
        ("2024-05-01", False),
        (date(2024, 5, 1), False),
        (5, False),
        ("noon", False),
        (None, False),
    ],
)
def test_a_timestamp_is_a_date_with_a_time(value: object, holds: bool) -> None:
    """A date alone is no timestamp, and a small number is none."""
    assert is_timestamp(value) is holds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500 ms", Fraction(1, 2)),
        ("1 second", 1),
        ("1.5 seconds", Fraction(3, 2)),
        ("2minutes", 120),
        ("1 hour", 3600),
        ("2 days", 172800),
        ("1 week", 604800),
        ("2 mss", None),
        ("two days", None),
        ("-1 day", None),
        ("2", None),
    ],
)
def test_distances_have_units(text: str, seconds: Fraction | None) -> None:
    """A distance is a number and a unit, in the singular or the plural."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("now", "2024-05-01T12:00:00.123Z"),
        ("now + 2 days", "2024-05-03T12:00:00.123Z"),
        ("now - 5 minutes", "2024-05-01T11:55:00.123Z"),
        ("now+500ms", "2024-05-01T12:00:00.623Z"),
        ("today", "2024-05-01"),
        ("today + 1 day", "2024-05-02"),
        ("today - 1 week", "2024-04-24"),
        ("today + 24 hours", "2024-05-02"),
        ("tomorrow", None),
        ("now and then", None),
    ],
)
def test_times_can_be_relative_to_now(text: str, written: str | None) -> None:
    """`now` is a time and `today` a date, both in UTC."""
    assert relative(text, NOON) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "now + 2 moons",
            '"2 moons" in ${now + 2 moons} is no time; write a number and ms, seconds, minutes, '
            "hours, days or weeks.",
        ),
        (
            "today + 5 hours",
            "${today + 5 hours} is a date, so it counts in whole days or weeks.",
        ),
        (
            "now + 999999 weeks",
            "${now + 999999 weeks} lies outside of the years 1 to 9999.",
        ),
        (
            "now + 99999999999999 weeks",
            "${now + 99999999999999 weeks} lies outside of the years 1 to 9999.",
        ),
    ],
)
def test_a_relative_time_that_cannot_be_meant_is_an_error(text: str, message: str) -> None:
    """What follows + or - must be a time, and lead to one."""
    with pytest.raises(PhraseError) as raised:
        relative(text, NOON)
    assert str(raised.value) == message


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_what_is_written_is_read_as_the_same_millisecond(moment: datetime) -> None:
    """Writing and reading a time loses nothing but what lies below the millisecond."""
    seconds = instant(iso(moment))
    assert seconds is not None
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert 0 <= Fraction(since // timedelta(microseconds=1), 10**6) - seconds < Fraction(1, 1000)
