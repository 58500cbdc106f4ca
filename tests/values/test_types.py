"""The type of an event: reading it, and publishing under one."""

from __future__ import annotations

import json

import pytest

from evtbdd.errors import PhraseError, SettingsError
from evtbdd.events import MISSING, TOMBSTONE, Event, Headers, Position, Reading, Record
from evtbdd.values.types import place_type, type_rule


def event(value: bytes | None, headers: Headers = (), setting: str | None = None) -> Event:
    reading = Reading(lambda data, headers: json.loads(data), type_rule(setting))
    record = Record("c", None, value, headers, Position("0", 0), 0.0, "", {"routing_key": "rk"})
    return Event(record, "orders", reading)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("payload", "headers", "found"),
    [
        ({}, (), None),
        ({"type": "A"}, (), "A"),
        ({"eventType": "A"}, (), "A"),
        ({"event_type": "A"}, (), "A"),
        ({"event_type": "C", "eventType": "B", "type": "A"}, (), "A"),
        ({"type": "A"}, (("event_type", b"H"),), "H"),
        ({}, (("event_type", b"4"), ("eventType", b"3"), ("type", b"2")), "2"),
        ({}, (("type", b"2"), ("ce_type", b"1")), "1"),
        ({"type": 5, "eventType": "A"}, (), "A"),
        ({"type": "A"}, (("type", None),), "A"),
        ({"type": "A"}, (("type", b"\xff"),), "A"),
        ({"type": 5}, (), None),
        ("type", (), None),
        ([{"type": "A"}], (), None),
    ],
)
def test_the_type_is_the_first_text_at_the_usual_places(
    payload: object, headers: Headers, found: str | None
) -> None:
    """Headers come before the payload; what is no text is passed over."""
    assert event(dumped(payload), headers).type == found


def test_poison_and_tombstones_have_the_type_of_their_headers() -> None:
    """A payload that cannot be read has no type, and breaks nothing."""
    assert event(b"no {json").type is None
    assert event(b"no {json", (("type", b"A"),)).type == "A"
    assert event(None).type is None
    assert event(None, (("ce_type", b"A"),)).type == "A"


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        (None, "H"),
        ("none", None),
        ("kind.name", "K"),
        ("@header.x-kind", "X"),
        ("@routing_key", "rk"),
        ("kind", None),
        ("missing", None),
    ],
)
def test_a_setting_replaces_the_usual_places(setting: str | None, found: str | None) -> None:
    """An address is the only place; `none` switches types off."""
    payload = dumped({"kind": {"name": "K"}, "type": "P"})
    headers = (("type", b"H"), ("x-kind", b"X"))
    assert event(payload, headers, setting).type == found


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("@type", "The setting type cannot be @type: it says where @type is read."),
        (
            "a[",
            'The setting type cannot be meant. "a[" is no address: a bracket is never closed.',
        ),
    ],
)
def test_a_setting_that_cannot_be_meant_is_an_error(setting: str, message: str) -> None:
    """The setting is an address, and not the type itself."""
    with pytest.raises(SettingsError) as raised:
        type_rule(setting)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("payload", "headers", "setting", "placed"),
    [
        ({"a": 1}, (), None, ({"a": 1}, (("type", b"T"),))),
        (b"\x01", (("x", b"y"),), None, (b"\x01", (("x", b"y"), ("type", b"T")))),
        (TOMBSTONE, (), None, (TOMBSTONE, (("type", b"T"),))),
        ({"type": "T"}, (), None, ({"type": "T"}, ())),
        ({"eventType": "T"}, (), None, ({"eventType": "T"}, ())),
        ({}, (("ce_type", b"T"),), None, ({}, (("ce_type", b"T"),))),
        ({"type": "x"}, (("ce_type", b"T"),), None, ({"type": "x"}, (("ce_type", b"T"),))),
        ({"a": 1}, (), "kind.name", ({"a": 1, "kind": {"name": "T"}}, ())),
        (MISSING, (), "kind", ({"kind": "T"}, ())),
        ({"kind": "T"}, (), "kind", ({"kind": "T"}, ())),
        ({"type": "x"}, (), "kind", ({"type": "x", "kind": "T"}, ())),
        ({}, (), "@header.x-kind", ({}, (("x-kind", b"T"),))),
        ({}, (), "@routing_key", ({}, ())),
    ],
)
def test_a_type_goes_where_it_is_read(
    payload: object,
    headers: Headers,
    setting: str | None,
    placed: tuple[object, Headers],
) -> None:
    """It goes to the setting's place, else to the header `type`, unless it is there already."""
    assert place_type("T", payload, headers, setting) == placed


@pytest.mark.parametrize(
    ("payload", "headers", "setting", "message"),
    [
        (
            {"type": "x"},
            (),
            None,
            'The event is published under the type "T", but its type says "x".',
        ),
        (
            {"type": "T"},
            (("eventType", b"x"),),
            None,
            'The event is published under the type "T", but its @header.eventType says "x".',
        ),
        (
            {"kind": "x"},
            (),
            "kind",
            'The event is published under the type "T", but its kind says "x".',
        ),
        (
            {},
            (),
            "none",
            'Nothing can be published here under the type "T": '
            'the setting "type = none" says that the events of this channel have no type.',
        ),
        (
            "text",
            (),
            "kind",
            'The type "T" has no place: it is read from kind, and the payload is no object.',
        ),
        (
            {"kind": 5},
            (),
            "kind",
            "kind is given twice: it is 5 already.",
        ),
        (
            {},
            (),
            "@key",
            'The type "T" has no place: it is read from @key, which cannot be set by a type.',
        ),
    ],
)
def test_a_type_that_has_no_place_is_an_error(
    payload: object, headers: Headers, setting: str | None, message: str
) -> None:
    """Two types for one event, and a type that cannot be written, say so."""
    with pytest.raises(PhraseError) as raised:
        place_type("T", payload, headers, setting)
    assert str(raised.value) == message


def test_what_is_published_under_a_type_is_read_as_that_type() -> None:
    """Placing and reading agree, whatever the setting."""
    for setting in (None, "kind.name", "@header.x-kind"):
        payload, headers = place_type("T", {"a": 1}, (), setting)
        assert event(dumped(payload), headers, setting).type == "T"
