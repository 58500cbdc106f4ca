"""Addresses: reading them, finding what stands there, and putting something there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtbdd.errors import PhraseError
from evtbdd.events import MISSING, TOMBSTONE, Event, Position, Reading, Record, Unreadable
from evtbdd.values.address_text import step_below
from evtbdd.values.addresses import Address

ORDER = {
    "orderId": "A-1",
    "note": None,
    "data": {"items": [{"sku": "X", "n": 1}, {"sku": "Y", "n": "2"}, {"n": None}]},
    "like.this": 1,
    "@type": 2,
    "$ref": 3,
    "it's": 4,
    'q"': 5,
    "a[0]": 6,
    "order id": 7,
    "größe": 8,
    "back\\slash": 9,
    "": 10,
    "*": 11,
    "text": "abc",
    "price (EUR)": 12,
}


@dataclass
class Seen:
    """Something observed, in these tests."""

    payload: object
    facts: dict[str, object] = field(default_factory=dict)

    def fact(self, name: str) -> object:
        return self.facts.get(name, MISSING)


def find(address: str, payload: object = ORDER) -> object:
    return Address.parse(address).find(Seen(payload))


def event(value: bytes | None) -> Event:
    record = Record("c", b"k", value, (("a.b", b"v"),), Position("0", 7), 1.5, "", {"partition": 0})
    return Event(record, "orders", Reading(lambda data, headers: json.loads(data), lambda e: "T"))


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("orderId", "A-1"),
        ("$.orderId", "A-1"),
        (" orderId ", "A-1"),
        ("note", None),
        ("data.items[0].sku", "X"),
        ("$.data.items[-1].n", None),
        ("['data']['items'][1][\"sku\"]", "Y"),
        ("data.['items'][0].sku", "X"),
        ("['like.this']", 1),
        ("['@type']", 2),
        ("['$ref']", 3),
        (r"['it\'s']", 4),
        ("it's", 4),
        ("""['q"']""", 5),
        ("['a[0]']", 6),
        ("order id", 7),
        ("größe", 8),
        (r"['back\\slash']", 9),
        ("back\\slash", 9),
        ("['']", 10),
        ("['*']", 11),
        ("price (EUR)", 12),
    ],
)
def test_a_place_is_found_by_names_and_indexes(address: str, value: object) -> None:
    """Names and indexes lead to one value; the leading `$.` may be left out."""
    assert find(address) == value


@pytest.mark.parametrize(
    "address",
    [
        "orderid", "data.items[3]", "data.items[-4]", "data.items.sku", "orderId.x", "orderId[0]",
        "text[0]", "data[0]", "note.x", "['orderId.x']", "data.items[*].price", "orderId[*]",
        "data.items[7:]", "text[0:1]", "orderId.*", "data.items[?(@.n > 99)]", "data.items[7,8]",
    ],
)  # fmt: skip
def test_where_nothing_is_missing_is_found(address: str) -> None:
    """A place that is not there is MISSING, of whatever kind the values on the way are."""
    assert find(address) is MISSING


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("data.items[*].sku", ["X", "Y"]),
        ("$.data.items[*]['sku']", ["X", "Y"]),
        ("data.items[0:1].sku", ["X"]),
        ("data.items[1:].n", ["2", None]),
        ("data.items[::-2].n", [None, 1]),
        ("data.*[0].sku", ["X"]),
        ("data.items[0].*", ["X", 1]),
        ("$..sku", ["X", "Y"]),
        ("data..sku", ["X", "Y"]),
        ("..sku", ["X", "Y"]),
        ("data.items[?(@.sku == 'Y')].n", ["2"]),
        ("data.items[?(@.sku)].sku", ["X", "Y"]),
        ("data.items[0,1].sku", ["X", "Y"]),
        ("data.items.`len`", [3]),
    ],
)
def test_an_address_of_several_places_finds_the_list_of_their_values(
    address: str, values: list[object]
) -> None:
    """Wildcards, slices, filters, unions and `..` find the list of all values."""
    assert find(address) == values


def test_a_filter_that_compares_kinds_that_do_not_compare_selects_no_such_element() -> None:
    """Elements of the wrong kind never break a filter."""
    assert find("items[?(@.n > 1)].n", {"items": [{"n": None}]}) is MISSING
    assert find("items[?(@.n > 1)].n", {"items": [{"n": 2}]}) == [2]


@pytest.mark.parametrize("payload", [{"a": 1}, [1], "text", 5, None, True, b"\x01"])
def test_the_dollar_sign_is_the_whole_payload(payload: object) -> None:
    """`$` finds the payload, of whatever kind."""
    assert find("$", payload) == payload


def test_a_list_can_be_the_payload() -> None:
    """An address may begin with an index."""
    assert find("[1].a", [0, {"a": "x"}]) == "x"
    assert find("$[*].a", [{"a": 1}, {"a": 2}]) == [1, 2]


@pytest.mark.parametrize("address", ["$", "a", "$..a", "[0]"])
def test_a_tombstone_holds_nothing(address: str) -> None:
    """Every payload address finds MISSING in an event without payload."""
    assert find(address, TOMBSTONE) is MISSING


def test_of_a_payload_that_cannot_be_decoded_only_the_raw_text_is_there() -> None:
    """`$` is the raw text, with a replacement sign where it is no UTF-8; fields are MISSING."""
    poison = event(b"no {json \xff")
    assert isinstance(poison.payload, Unreadable) is True
    assert Address.parse("$").find(poison) == "no {json \ufffd"
    assert Address.parse("a").find(poison) is MISSING
    assert Address.parse("$..a").find(poison) is MISSING
    assert find("$", Unreadable("no JSON")) is MISSING


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("@key", "k"),
        ("@type", "T"),
        ("@header.a.b", "v"),
        ("@header.x", MISSING),
        ("@timestamp", 1.5),
        ("@channel", "orders"),
        ("@partition", 0),
        ("@nonsense", MISSING),
    ],
)
def test_facts_stand_around_the_payload(address: str, value: object) -> None:
    """What begins with @ is asked of the event; a header's name is all that follows."""
    parsed = Address.parse(address)
    assert parsed.find(event(None)) == value
    assert parsed.is_payload is False
    assert parsed.fact_name == address[1:]


def test_an_address_says_what_it_is() -> None:
    """An address keeps its text, and says whether it points into the payload."""
    address = Address.parse(" data.items[0] ")
    assert (address.text, str(address)) == ("data.items[0]", "data.items[0]")
    assert (address.is_payload, address.fact_name) == (True, None)
    assert address == Address.parse("data.items[0]")
    assert len({address, Address.parse("data.items[0]")}) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "An address is empty: write a field like orderId, $ for the whole payload, "
            "or a fact like @key.",
        ),
        ("@", '"@" is no address: a name is missing after @.'),
        (
            "@header.",
            '"@header." is no address: the name of a header is missing, as in @header.content-type.',
        ),
        ("a[0", '"a[0" is no address: a bracket is never closed.'),
        ("a['b]", '"a[\'b]" is no address: a bracket is never closed.'),
        ("a..b[", '"a..b[" is no address: a bracket is never closed.'),
        ("a]", '"a]" is no address: it closes a bracket that was not opened.'),
        ("a.]", '"a.]" is no address: it closes a bracket that was not opened.'),
        ("a.", '"a." is no address: a name is missing after a dot.'),
        ("$.", '"$." is no address: a name is missing after a dot.'),
        ("a..", '"a.." is no address: a name is missing after a dot.'),
        (".a", '".a" is no address: a name is missing before the first dot.'),
        ("a[0]b", '"a[0]b" is no address: after ] comes a dot, another [, or nothing.'),
        ("$ref", "\"$ref\" is no address: a name that begins with $ is written ['$ref']."),
        ("a.@b", "\"a.@b\" is no address: a name that begins with @ is written ['@b']."),
        (
            "'a.b'",
            "\"'a.b'\" is no address: a name in quotes stands in brackets, like ['like.this'].",
        ),
        (
            "a[b]",
            '"a[b]" is no address: [b] is neither an index like [0] '
            "nor a name in quotes like ['like.this'].",
        ),
        ("a[::0]", '"a[::0]" is no address: a slice cannot have steps of 0.'),
        ("a[?(]", '"a[?(]" is no address: $[?(] cannot be read as JSONPath.'),
        ("a.`foo`", '"a.`foo`" is no address: $.`foo` cannot be read as JSONPath.'),
    ],
)
def test_what_is_no_address_is_said_in_a_sentence(text: str, message: str) -> None:
    """An address that cannot be meant says what is wrong with it."""
    with pytest.raises(PhraseError) as raised:
        Address.parse(text)
    assert str(raised.value) == message


def build(*rows: tuple[str, object]) -> object:
    payload: object = MISSING
    for text, value in rows:
        payload = Address.parse(text).into(payload, value)
    return payload


def test_a_payload_is_built_from_addresses() -> None:
    """Objects and lists on the way are made as needed."""
    built = build(
        ("orderId", "A-1"),
        ("data.items[0].sku", "X"),
        ("data.items[0].n", 1),
        ("data.items[1].sku", "Y"),
        ("$.data['like.this']", None),
    )
    assert built == {
        "orderId": "A-1",
        "data": {"items": [{"sku": "X", "n": 1}, {"sku": "Y"}], "like.this": None},
    }
    assert build(("$", "only text")) == "only text"
    assert build(("[0]", 1), ("[1]", 2)) == [1, 2]


def test_what_was_given_is_extended_and_never_changed() -> None:
    """A value that is placed and then extended stays as it was where it came from."""
    order = {"id": 1, "items": [1]}
    assert build(("order", order), ("order.items[1]", 2)) == {"order": {"id": 1, "items": [1, 2]}}
    assert order == {"id": 1, "items": [1]}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", 1), ("a", 2)], "a is given twice: it is 1 already."),
        ([("a.b", 1), ("a", 2)], 'a is given twice: it is {"b":1} already.'),
        ([("a", 1), ("$", 2)], '$ is given twice: it is {"a":1} already.'),
        (
            [("a", "x"), ("a.b", 2)],
            'a.b does not fit: a is "x" already, which cannot hold a field "b".',
        ),
        (
            [("a.b[0]", 1), ("a.b.c", 2)],
            'a.b.c does not fit: a.b is [1] already, which cannot hold a field "c".',
        ),
        (
            [("a.b", 1), ("a[0]", 2)],
            'a[0] does not fit: a is {"b":1} already, which cannot hold an element [0].',
        ),
        (
            [("$", "x"), ("a", 2)],
            'a does not fit: the payload is "x" already, which cannot hold a field "a".',
        ),
        ([("a[1]", 1)], "a[1] leaves a gap: the element before it, [0], is not there."),
        ([("a[-1]", 1)], "a[-1] does not name one place, so no value can be put there."),
        ([("a[*].b", 1)], "a[*].b does not name one place, so no value can be put there."),
        ([("$..b", 1)], "$..b does not name one place, so no value can be put there."),
        ([("@key", 1)], "@key does not point into the payload."),
    ],
)
def test_addresses_that_contradict_each_other_are_errors(
    rows: list[tuple[str, object]], message: str
) -> None:
    """What cannot be put anywhere is said with what stands there."""
    with pytest.raises(PhraseError) as raised:
        build(*rows)
    assert str(raised.value) == message


STEPS = st.lists(st.text(max_size=6) | st.integers(0, 3), min_size=1, max_size=4)


def written(steps: list[str | int]) -> str:
    text = ""
    for step in steps:
        text = step_below(text, step)
    return text


@settings(deadline=None)
@given(STEPS)
def test_steps_come_back_from_the_address_that_they_are_written_as(steps: list[str | int]) -> None:
    """Any names and indexes can be written as an address, and are read as the same."""
    address = Address.parse(written(steps))
    assert list(address.steps) == steps
    assert Address.parse(address.text) == address


@settings(deadline=None)
@given(st.lists(st.text(max_size=6) | st.just(0), min_size=1, max_size=4), st.integers())
def test_what_is_put_into_an_address_is_found_there(steps: list[str | int], value: int) -> None:
    """A payload that is built from an address holds the value at that address."""
    address = Address.parse(written(steps))
    assert address.find_in(address.into(MISSING, value)) == value
