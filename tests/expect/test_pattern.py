"""What an expected event is like, and how a real one differs."""

from __future__ import annotations

import pytest
from expect.support import JSON_READING, event
from hamcrest import greater_than
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.events import Event, Reading
from evtbdd.expect.pattern import ANYTHING, Pattern, brief
from evtbdd.values.addresses import Address
from evtbdd.values.matchers import Absent, AnyOfKind, AnythingBut, AnyValue, OneOf
from evtbdd.values.types import type_rule


def fields(**said: object) -> tuple[tuple[Address, object], ...]:
    return tuple((Address.parse(name.replace("at_", "@")), value) for name, value in said.items())


def told(pattern: Pattern, seen: Event) -> list[str]:
    return [each.line() for each in pattern.judge(seen).differences]


UNTYPED = Reading(JSON_READING.decode, type_rule("none"))
PAYLOAD_TYPED = Reading(JSON_READING.decode, type_rule("type"))
RAW = [b"", b"not json", b"\xff", b"null", b"1", b"{}", b'{"a": 1}', b'{"a": "1", "type": "T"}']
RAW += [b'{"a": null}', b'{"a": {"b": [1, 2]}}', b"[1]", b'"text"', None]  # type: ignore[list-item]
EVENTS = st.builds(
    event,
    key=st.sampled_from([None, "k", "l", b"\xff"]),
    type=st.sampled_from([None, "T", "U"]),
    headers=st.sampled_from([{}, {"h": "1"}, {"h": "2"}]),
    raw=st.sampled_from(RAW),
    reading=st.sampled_from([JSON_READING, UNTYPED, PAYLOAD_TYPED]),
)
VALUES = st.sampled_from(
    [1, "1", None, True, {"b": [1, 2]}, {}, [1], AnyValue(), Absent(), AnythingBut(1), "text"]
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["a", "a.b", "$", "@header.h", "@key", "a.b[*]", "type"]).map(
            Address.parse
        ),
        VALUES,
    ),
    max_size=3,
).map(tuple)
PATTERNS = st.builds(
    Pattern,
    type=st.sampled_from([None, "T"]),
    key=st.sampled_from([None, "k", b"k", b"\xff"]),
    fields=FIELDS,
    payload=st.one_of(st.just(ANYTHING), VALUES),
    exactly=st.booleans(),
    text=st.sampled_from([None, None, "not json", b"\xff"]),
    tombstone=st.sampled_from([False, False, True]),
)


@settings(deadline=None)
@given(PATTERNS, EVENTS)
def test_an_event_fits_if_and_only_if_no_difference_is_told(pattern: Pattern, seen: Event) -> None:
    """The quick look and the thorough one never disagree."""
    assert pattern.fits(seen) == pattern.judge(seen).fits


@settings(deadline=None)
@given(PATTERNS, EVENTS)
def test_an_event_weighs_something_if_and_only_if_it_differs(pattern: Pattern, seen: Event) -> None:
    """What fits lies at no distance, and the cheap distance is never more than the whole."""
    judgement = pattern.judge(seen)
    assert (judgement.weight == 0) == judgement.fits
    assert 0 <= pattern.distance(seen) <= judgement.weight


@settings(deadline=None)
@given(PATTERNS, EVENTS)
def test_only_an_unreadable_event_that_does_not_fit_hides_whether_it_does(
    pattern: Pattern, seen: Event
) -> None:
    """Where the payload can be read, or is not needed, there is no doubt."""
    hides = pattern.hides(seen)
    assert pattern.judge(seen).unreadable == hides
    if hides:
        assert not pattern.fits(seen)
        assert "unreadable" in brief(seen)


@settings(deadline=None)
@given(PATTERNS, EVENTS, st.sampled_from([b for b in RAW if b is not None]))
def test_an_unreadable_event_without_doubt_would_not_fit_with_any_payload(
    pattern: Pattern, seen: Event, other: bytes
) -> None:
    """Whatever a repaired payload might be, type, key and headers rule it out."""
    if "unreadable" not in brief(seen) or pattern.hides(seen) or pattern.fits(seen):
        return
    if (
        pattern.text is not None
        or pattern.tombstone
        or any(a.text == "$" for a, _ in pattern.fields)
    ):
        return  # these are told from the raw payload
    record = seen.record
    mended = event(
        key=record.key,
        headers={n: v.decode() for n, v in record.headers if v is not None},
        raw=other,
        reading=seen.reading,
    )
    assert not pattern.fits(mended)


def test_a_payload_is_compared_as_a_subset() -> None:
    """What is not mentioned may be anything."""
    pattern = Pattern(payload={"order": {"id": "A"}})
    assert pattern.fits(event({"order": {"id": "A", "total": 5}, "more": 1}))
    assert told(pattern, event({"order": {"id": "B"}})) == ['order.id: "B", expected "A"']


def test_equal_to_compares_all_of_the_payload() -> None:
    """What is there besides is a difference, on every level."""
    pattern = Pattern(payload={"order": {"id": "A"}}, exactly=True)
    assert not pattern.fits(event({"order": {"id": "A", "total": 5}}))
    assert told(pattern, event({"order": {"id": "A"}, "more": 1})) == ["more: 1, not expected"]


def test_kinds_are_compared_strictly_and_it_says_so() -> None:
    """42 is not "42", true is not 1, and both are told with their kinds; 20.0 is 20."""
    assert told(Pattern(fields=fields(a="42")), event({"a": 42})) == [
        'a: 42 (a number), expected "42" (a text)'
    ]
    assert told(Pattern(fields=fields(a=1)), event({"a": True})) == [
        "a: true (a boolean), expected 1 (a number)"
    ]
    assert Pattern(fields=fields(a=20)).fits(event({"a": 20.0}))


def test_the_type_the_key_and_the_headers_are_told_with_the_payload() -> None:
    """Every difference is told, in the order type, key, around the payload, payload."""
    pattern = Pattern(
        "T", "k", fields=(*fields(a=1, at_key="k"), (Address.parse("@header.h"), "x"))
    )
    assert told(pattern, event({"a": 2}, key="l", type="U", headers={"h": "y"})) == [
        'type: "U", expected "T"',
        'key: "l", expected "k"',
        '@key: "l", expected "k"',
        '@header.h: "y", expected "x"',
        "a: 2, expected 1",
    ]


def test_what_is_not_there_is_absent() -> None:
    """A missing type, key, header and field are all told as absent."""
    pattern = Pattern("T", "k", fields=(*fields(a=1), (Address.parse("@header.h"), "x")))
    assert told(pattern, event({})) == [
        'type: absent, expected "T"',
        'key: absent, expected "k"',
        '@header.h: absent, expected "x"',
        "a: absent, expected 1",
    ]


def test_null_is_there_and_absent_is_not() -> None:
    """Both can be expected, and neither is the other."""
    assert Pattern(fields=fields(a=None)).fits(event({"a": None}))
    assert not Pattern(fields=fields(a=None)).fits(event({}))
    assert Pattern(fields=fields(a=Absent())).fits(event({}))
    assert not Pattern(fields=fields(a=Absent())).fits(event({"a": None}))


def test_an_unreadable_payload_does_not_even_fit_where_a_field_is_to_be_absent() -> None:
    """Nobody knows what it holds; nor does it fit `${any}` or `${not …}` as a whole."""
    garbage = event(raw=b"not json")
    for pattern in (
        Pattern(fields=fields(a=Absent())),
        Pattern(payload=AnyValue()),
        Pattern(payload=AnythingBut("x")),
    ):
        assert not pattern.fits(garbage)
        assert pattern.hides(garbage)


def test_an_unreadable_payload_is_told_once_with_its_reason() -> None:
    """Not field by field."""
    assert told(Pattern(fields=fields(a=1, b=2)), event(raw=b"\xff")) == [
        "$: unreadable (no JSON: byte ff at position 0 is no UTF-8), "
        "expected a payload that can be read"
    ]


def test_an_unreadable_event_of_a_known_other_type_is_no_doubt() -> None:
    """Its header tells the type; without one nobody knows."""
    assert not Pattern("T", fields=fields(a=1)).hides(event(raw=b"x", type="U"))
    assert Pattern("T", fields=fields(a=1)).hides(event(raw=b"x", type="T"))
    assert Pattern("T").hides(event(raw=b"x"))
    assert not Pattern("T").hides(event(raw=b"x", type="T"))
    assert Pattern("T").fits(event(raw=b"x", type="T"))


def test_an_unreadable_event_of_another_key_is_no_doubt() -> None:
    """What can be told without the payload decides."""
    assert not Pattern(key="k", fields=fields(a=1)).hides(event(raw=b"x", key="l"))


def test_an_event_of_another_type_is_not_decoded() -> None:
    """A type in a header is enough to leave the payload alone."""
    decoded: list[bytes] = []
    reading = Reading(lambda data, _: decoded.append(data), type_rule(None))
    other = event(raw=b"{}", type="U", reading=reading)
    pattern = Pattern("T", fields=fields(a=1))
    assert not pattern.fits(other)
    assert not pattern.hides(other)
    assert decoded == []


def test_the_raw_text_of_an_unreadable_payload_can_be_compared() -> None:
    """`$` is its text, so nothing is in doubt."""
    garbage = event(raw=b"not json")
    assert Pattern(fields=fields(**{"$": "not json"})).fits(garbage)
    other = Pattern(fields=fields(**{"$": "other"}))
    assert told(other, garbage) == ['$: "not json", expected "other"']
    assert not other.hides(garbage)


def test_a_text_is_compared_with_the_raw_payload_whatever_the_codec() -> None:
    """Letter by letter, also where the payload is JSON; bytes as bytes."""
    assert Pattern(text="not json").fits(event(raw=b"not json"))
    assert Pattern(text='{"a": 1}').fits(event(raw=b'{"a": 1}'))
    assert not Pattern(text='{"a":1}').fits(event(raw=b'{"a": 1}'))
    assert Pattern(text=b"\xff").fits(event(raw=b"\xff"))
    assert not Pattern(text="x").hides(event(raw=b"\xff"))
    assert told(Pattern(text="x"), event(raw=None)) == ['$: a tombstone, expected "x"']


def test_a_tombstone_is_an_event_without_payload_and_null_is_not() -> None:
    """JSON's null has a payload; what cannot be read has one too."""
    pattern = Pattern(tombstone=True)
    assert pattern.fits(event(raw=None))
    assert told(pattern, event(None)) == ['$: "null", expected a tombstone']
    assert told(pattern, event(raw=b"x")) == ['$: "x", expected a tombstone']
    assert not pattern.hides(event(raw=b"x"))
    assert not Pattern("T", tombstone=True).hides(event(raw=b"x"))


@pytest.mark.parametrize("seen", [event(raw=None), event(None), event(raw=b"x"), event({"a": 2})])
def test_tombstone_null_unreadable_and_unrelated_events_have_no_field(seen: Event) -> None:
    """None of them fits a pattern that names one."""
    assert not Pattern(fields=fields(a=1)).fits(seen)
    assert not Pattern(payload={"a": 1}).fits(seen)
    assert not Pattern(payload={"a": 1}, exactly=True).fits(seen)


def test_a_tombstone_is_told_as_a_whole() -> None:
    """Not as a payload that lacks its fields."""
    assert told(Pattern(payload={"a": 1}), event(raw=None)) == ['$: a tombstone, expected {"a":1}']


def test_a_tombstone_has_not_even_any_payload() -> None:
    """`${any}` as a whole needs one; `${absent}` holds."""
    assert not Pattern(payload=AnyValue()).fits(event(raw=None))
    assert Pattern(payload=Absent()).fits(event(raw=None))


def test_a_key_may_be_bytes() -> None:
    """Bytes are compared as bytes; bytes that are a text equal that text."""
    assert Pattern(key=b"\xff\x01").fits(event(key=b"\xff\x01"))
    assert Pattern(key=b"k").fits(event(key="k"))
    assert told(Pattern(key="k"), event(key=b"\xff\x01")) == ['key: bytes ff 01, expected "k"']


def test_a_users_own_matcher_is_told_in_its_own_words() -> None:
    """PyHamcrest's describe_mismatch is a part of the line."""
    assert told(Pattern(fields=fields(a=greater_than(5))), event({"a": 3})) == [
        "a: 3, expected a value greater than <5>"
    ]


def test_the_type_weighs_more_than_the_key_and_the_key_more_than_fields() -> None:
    """So the nearest is one of the type, then one of the key, then one with few differences."""
    pattern = Pattern("T", "k", fields=fields(a=1, b=2, c=3))
    weights = [
        pattern.judge(event({"a": 1, "b": 2}, key="k", type="T")).weight,
        pattern.judge(event({}, key="k", type="T")).weight,
        pattern.judge(event({"a": 1, "b": 2, "c": 3}, key="l", type="T")).weight,
        pattern.judge(event(raw=b"x", key="k", type="T")).weight,
        pattern.judge(event({"a": 1, "b": 2, "c": 3}, key="k", type="U")).weight,
    ]
    assert weights == [1, 3, 10, 50, 100]
    by_address = Pattern(fields=fields(at_key="k", a=1))
    assert by_address.judge(event({"a": 1}, key="l")).weight == 10


@pytest.mark.parametrize(
    ("pattern", "noun"),
    [
        (Pattern(), "an event"),
        (Pattern("OrderShipped"), 'an "OrderShipped" event'),
        (Pattern("ShipmentLost"), 'a "ShipmentLost" event'),
        (Pattern("UserCreated", "42"), 'a "UserCreated" event with key "42"'),
        (Pattern(key=b"\x01\xff"), "an event with key bytes 01 ff"),
        (Pattern("T", "k", "eu.orders"), 'a "T" event with key "k" with routing key "eu.orders"'),
        (Pattern(tombstone=True, key="k"), 'a tombstone with key "k"'),
        (Pattern(text="not json"), 'the text "not json"'),
        (Pattern(text=b"\x01"), "the bytes 01"),
    ],
)
def test_its_noun(pattern: Pattern, noun: str) -> None:
    """What it is called in a sentence."""
    assert pattern.noun() == noun


def test_its_noun_in_numbers() -> None:
    """One is singular."""
    assert Pattern("T", "k").noun(1) == '1 "T" event with key "k"'
    assert Pattern("T").noun(3) == '3 "T" events'
    assert Pattern().noun(2) == "2 events"


def test_its_details_of_a_table() -> None:
    """A line a field, matchers by what they hold for."""
    said = fields(status="shipped", id=AnyOfKind("uuid"), note=OneOf(["a", 1]))
    assert Pattern(fields=said).details() == [
        'status = "shipped"',
        "id = any uuid",
        'note = one of "a", 1',
    ]


def test_its_details_of_a_document_are_those_of_a_table() -> None:
    """An object is told field by field, so that a long one can be read."""
    payload = {"status": "shipped", "items": [{"sku": "tea"}], "like.this": 1}
    assert Pattern(payload=payload).details() == [
        'status = "shipped"',
        'items = [{"sku":"tea"}]',
        "['like.this'] = 1",
    ]
    assert Pattern(payload=[1, 2]).details() == ["$ = [1,2]"]
    assert Pattern(payload={}).details() == ["$ = {}"]
    assert Pattern(payload="a\ntext").details() == ['$ = "a\\ntext"']


def test_a_long_value_is_cut() -> None:
    """One line holds no more than a screen's width of it."""
    (line,) = Pattern(fields=fields(note="x" * 500)).details()
    assert line == f'note = "{"x" * 77}…"'


@pytest.mark.parametrize(
    ("seen", "said_type", "words"),
    [
        (event({}, key="42"), None, 'key "42"'),
        (event({}, key="42", type="T"), "T", 'key "42"'),
        (event({}, key="42", type="T"), None, 'key "42" type "T"'),
        (event({}, key="42"), "T", 'key "42" without a type'),
        (event({}, type="U"), "T", 'type "U"'),
        (event({"a": 1}), None, '{"a":1}'),
        (event(raw=b"x", key="42"), "T", 'key "42" unreadable'),
        (event(raw=None, key="42"), "T", 'key "42" a tombstone'),
        (event({}, key=b"\xff" * 20), None, f"key bytes {'ff ' * 7}… (20 bytes)"),
        (event({}, key="k" * 60), None, f'key "{"k" * 37}…"'),
        (event({"a": "x" * 60}), None, '{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'),
    ],
)
def test_an_event_in_brief(seen: Event, said_type: str | None, words: str) -> None:
    """Its key, its type where that was not said, and what is odd about it."""
    assert brief(seen, said_type) == words
