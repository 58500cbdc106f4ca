"""The record a broker hands over, and the event an author speaks of."""

from __future__ import annotations

import json

import pytest

from evtbdd.events import (
    MISSING,
    TOMBSTONE,
    Event,
    Headers,
    Position,
    Reading,
    Record,
    Unreadable,
    text_or_bytes,
)


def decode(data: bytes, headers: Headers) -> object:
    del headers
    return json.loads(data)


def event(
    value: bytes | None = b"{}",
    key: bytes | None = b"k",
    headers: Headers = (),
    reading: Reading | None = None,
) -> Event:
    record = Record(
        "t-orders",
        key,
        value,
        headers,
        Position("0", 7),
        1.5,
        "partition 0 offset 7",
        {"partition": 0, "offset": 7},
    )
    return Event(record, "orders", reading or Reading(decode, lambda each: "T"))


def test_a_payload_is_decoded_when_it_is_first_looked_at_and_once() -> None:
    """An event that nobody looks at costs nothing."""
    decoded: list[bytes] = []

    def noting(data: bytes, headers: Headers) -> object:
        decoded.append(data)
        return decode(data, headers)

    seen = event(b'{"a": 1}', reading=Reading(noting, lambda each: None))
    assert decoded == []
    assert seen.payload == {"a": 1}
    assert seen.payload is seen.payload
    assert decoded == [b'{"a": 1}']


def test_no_value_is_a_tombstone_and_null_is_a_value() -> None:
    """Nor is an empty value a tombstone: it cannot be read."""
    assert event(None).payload is TOMBSTONE
    assert event(b"null").payload is None
    assert isinstance(event(b"").payload, Unreadable)


def test_what_cannot_be_decoded_says_why() -> None:
    """In the codec's own words, or that it has none."""

    def silent(data: bytes, headers: Headers) -> object:
        raise ValueError

    def telling(data: bytes, headers: Headers) -> object:
        raise ValueError("it is no Avro")

    assert event(reading=Reading(telling, lambda e: None)).payload == Unreadable("it is no Avro")
    quiet = event(reading=Reading(silent, lambda e: None)).payload
    assert quiet == Unreadable("its codec does not say why")


def test_the_type_is_read_by_the_channels_rule_once() -> None:
    """From whatever the rule looks at."""
    asked: list[Event] = []
    seen = event(reading=Reading(decode, lambda each: asked.append(each) or "T"))  # type: ignore[func-returns-value]
    assert (seen.type, seen.type) == ("T", "T")
    assert asked == [seen]


def test_a_key_is_text_or_bytes_or_not_there() -> None:
    """Bytes where it is no UTF-8; an empty key is one."""
    assert event(key="grün".encode()).key == "grün"
    assert event(key=b"\xff").key == b"\xff"
    assert event(key=b"").key == ""
    assert event(key=None).key is None
    assert event(key=None).fact("key") is MISSING
    assert event(key=b"").fact("key") == ""


def test_of_several_headers_of_one_name_the_last_counts() -> None:
    """One without a value is there, as null."""
    headers = (("h", b"1"), ("h", b"2"), ("empty", None), ("raw", b"\xff"))
    seen = event(headers=headers)
    assert seen.header("h") == "2"
    assert seen.header("empty") is None
    assert seen.header("raw") == b"\xff"
    assert seen.header("H") is MISSING
    assert seen.fact("header.h") == "2"
    assert seen.fact("header.none") is MISSING


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("type", "T"),
        ("channel", "orders"),
        ("timestamp", 1.5),
        ("partition", 0),
        ("offset", 7),
        ("routing_key", MISSING),
        ("nonsense", MISSING),
    ],
)
def test_facts(name: str, found: object) -> None:
    """Those that every event has, and those of its broker."""
    assert event().fact(name) == found


def test_an_event_without_a_type_has_no_such_fact() -> None:
    """It is absent, not null."""
    assert event(reading=Reading(decode, lambda each: None)).fact("type") is MISSING


def test_positions_rise_within_a_lane() -> None:
    """That is all they tell."""
    assert Position("0", 2) < Position("0", 10)


def test_how_they_are_shown() -> None:
    """What is not there as absent, what has no payload as a tombstone."""
    assert (repr(MISSING), repr(TOMBSTONE)) == ("absent", "a tombstone")


def test_text_or_bytes() -> None:
    """Nothing stays nothing."""
    assert text_or_bytes(None) is None
    assert text_or_bytes(b"a") == "a"
    assert text_or_bytes(b"\xc3") == b"\xc3"
