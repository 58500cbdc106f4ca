"""How numbers, names and lists are written for people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.phrases.kinds import DURATION
from evtbdd.words import a, counted, duration, listed, quoted, suggestion


@pytest.mark.parametrize(
    ("text", "written"),
    [("orders", '"orders"'), ('say "hi"', r'"say \"hi\""'), ("a\\b", r'"a\\b"'), ("", '""')],
)
def test_quoted(text: str, written: str) -> None:
    """As in a feature file."""
    assert quoted(text) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0 ms"),
        (0.0015, "1.5 ms"),
        (0.5, "500 ms"),
        (0.9996, "999.6 ms"),
        (1, "1 second"),
        (1.5, "1.5 seconds"),
        (59.999, "59.999 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (120.0, "2 minutes"),
        (0.1 + 0.2, "300 ms"),
        (1000000.5, "1000000.5 seconds"),
        (123456.789, "123456.789 seconds"),
    ],
)
def test_duration(seconds: float, written: str) -> None:
    """As an author would write it."""
    assert duration(seconds) == written


@settings(deadline=None)
@given(st.one_of(st.integers(1, 10**9 - 1), st.integers(1, 10**6).map(lambda n: n / 1000)))
def test_a_duration_can_be_read_again(seconds: float) -> None:
    """What is printed is a TIME of the vocabulary, and the same."""
    assert DURATION.convert(duration(seconds)) == pytest.approx(seconds)


def test_counted() -> None:
    """One is singular, none is not."""
    assert [counted(n, "event") for n in (0, 1, 2)] == ["0 events", "1 event", "2 events"]


@pytest.mark.parametrize(
    ("items", "written"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_listed(items: list[str], written: str) -> None:
    """A comma between all but the last two."""
    assert listed(items) == written
    assert listed(iter(items), "or") == written.replace("and", "or")


@pytest.mark.parametrize(
    ("noun", "written"),
    [
        ("event", "an event"),
        ("tombstone", "a tombstone"),
        ('"OrderPlaced" event', 'an "OrderPlaced" event'),
        ('"ParcelPacked" event', 'a "ParcelPacked" event'),
        ('"UserCreated" event', 'a "UserCreated" event'),
        ('"UnitSold" event', 'a "UnitSold" event'),
        ('"UpdateSent" event', 'an "UpdateSent" event'),
        ('"UninstallRequested" event', 'an "UninstallRequested" event'),
        ('"HourPassed" event', 'an "HourPassed" event'),
        ('"HouseBuilt" event', 'a "HouseBuilt" event'),
        ('"42" event', 'a "42" event'),
        ('"" event', 'a "" event'),
    ],
)
def test_a(noun: str, written: str) -> None:
    """By the sound of its beginning."""
    assert a(noun) == written


def test_a_suggestion_names_what_is_near() -> None:
    """The nearest first, three at most; a difference in case alone is near."""
    assert suggestion("shipmnts", ["orders", "shipments"]) == 'Did you mean "shipments"?'
    assert suggestion("ORDERS", ["orders", "shipments"]) == 'Did you mean "orders"?'
    near = suggestion("order1", ["order2", "order3", "order4", "order5"])
    assert near == 'Did you mean "order5", "order4" or "order3"?'


def test_a_suggestion_lists_all_where_none_is_near() -> None:
    """As far as they are not too many."""
    assert suggestion("x", ["orders", "a"], "channels") == 'Known channels: "a", "orders".'
    assert suggestion("x", ["orders"]) == 'Known: "orders".'
    many = suggestion("x", [f"channel-{n:02}" for n in range(20)], "channels")
    assert many.startswith('Known channels: "channel-00", ')
    assert many.endswith('"channel-11", ….')


def test_a_suggestion_is_never_empty() -> None:
    """Also where nothing is known."""
    assert suggestion("x", [], "channels") == "There are no channels."
    assert suggestion("x", []) == "None is known."
