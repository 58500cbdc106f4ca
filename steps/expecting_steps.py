"""Expecting: what must arrive, how often, in which order, and what must not."""

from __future__ import annotations

from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario
from evtbdd.values.cells import parse_cell

SECTION = "Expecting"
ON = 'on "{channel}" [with key "{key}"]'
ROUTED = f'{ON} [with routing key "{{routing_key}}"]'
IN_TIME = "[within {within:Duration}] [{in_all=in all}]"
WATCHED = "[during {during:Duration}] [{in_all=in all}]"
NAMES = {"routing_key": "RK"}
Key = str | bytes | None
Time = float | None


@step(
    f'a[n] "{{type}}" event arrives {ROUTED} {IN_TIME} [with:|equal to:]',
    section=SECTION,
    names=NAMES,
    example='an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 5 seconds with:'
    "\n  | field  | value   |\n  | status | shipped |",
)
def typed_event_arrives(
    scenario: Scenario,
    *,
    type: str,
    channel: str,
    key: Key,
    routing_key: str | None,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """Met by the first event of that type, key and content."""
    scenario.expect.arrives(channel, Pattern(type, key, routing_key), data, within, in_all)


@step(
    f"an event arrives {ROUTED} {IN_TIME} [with:|equal to:]",
    section=SECTION,
    names=NAMES,
    example='an event arrives on "shipments" with key "ORD-1"',
)
def event_arrives(
    scenario: Scenario,
    *,
    channel: str,
    key: Key,
    routing_key: str | None,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """Met by the first event of that key and content, whatever its type."""
    scenario.expect.arrives(channel, Pattern(None, key, routing_key), data, within, in_all)


@step(
    f'the text "{{text}}" arrives {ON} {IN_TIME}',
    section=SECTION,
    example='the text "not json" arrives on "rejected"',
)
def text_arrives(
    scenario: Scenario, *, text: str, channel: str, key: Key, within: Time, in_all: bool
) -> None:
    """Met by the first event whose payload is that text, whatever the channel's codec."""
    scenario.expect.arrives(channel, Pattern(key=key, text=text), None, within, in_all)


@step(
    f"a tombstone arrives {ON} {IN_TIME}",
    section=SECTION,
    example='a tombstone arrives on "shipments" with key "ORD-1"',
)
def tombstone_arrives(
    scenario: Scenario, *, channel: str, key: Key, within: Time, in_all: bool
) -> None:
    """Met by the first event without a payload."""
    scenario.expect.arrives(channel, Pattern(key=key, tombstone=True), None, within, in_all)


@step(
    f'at least {{number:Number}} ["{{type}}"] (event arrives|events arrive) {ON} {IN_TIME} [with:]',
    section=SECTION,
    example='at least 2 "ParcelPacked" events arrive on "shipments"',
)
def at_least_arrive(
    scenario: Scenario,
    *,
    number: int,
    type: str | None,
    channel: str,
    key: Key,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """Met as soon as there are so many."""
    scenario.expect.at_least(channel, number, Pattern(type, key), data, within, in_all)


@step(
    f'exactly {{number:Number}} ["{{type}}"] (event arrives|events arrive) {ON} {WATCHED} [with:]',
    section=SECTION,
    example='exactly 1 "OrderShipped" event arrives on "shipments" during 2 seconds',
)
def exactly_arrive(
    scenario: Scenario,
    *,
    number: int,
    type: str | None,
    channel: str,
    key: Key,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """One too many fails at once; that there are enough, and no more, is watched."""
    scenario.expect.counted(channel, number, number, Pattern(type, key), data, during, in_all)


@step(
    f'at most {{number:Number}} ["{{type}}"] (event arrives|events arrive) {ON} {WATCHED} [with:]',
    section=SECTION,
    example='at most 1 "OrderShipped" event arrives on "shipments" during 2 seconds',
)
def at_most_arrive(
    scenario: Scenario,
    *,
    number: int,
    type: str | None,
    channel: str,
    key: Key,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """One too many fails at once; that there are no more is watched."""
    scenario.expect.counted(channel, 0, number, Pattern(type, key), data, during, in_all)


@step(
    f'these ["{{type}}"] events arrive {ON} [{{in_order=in order}}] {IN_TIME} :',
    section=SECTION,
    example='these "ParcelPacked" events arrive on "shipments" in order:\n'
    "  | orderId | parcel |\n  | ORD-1   | 1      |\n  | ORD-1   | 2      |",
)
def these_arrive(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    in_order: bool,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """An event of its own for every row; others may come between them."""
    scenario.expect.these(channel, Pattern(type, key), data, within, in_all, in_order)


@step(
    f'only these ["{{type}}"] events arrive {ON} [{{in_order=in order}}] {WATCHED} :',
    section=SECTION,
    example='only these "OrderShipped" events arrive on "shipments" during 2 seconds:\n'
    "  | orderId |\n  | ORD-1   |",
)
def only_these_arrive(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    in_order: bool,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """An event of its own for every row, and no other of that type and key."""
    scenario.expect.only_these(channel, Pattern(type, key), data, during, in_all, in_order)


@step(
    f'no ["{{type}}"] event follows {ON} [{{in_all=in all}}] [with:]',
    section=SECTION,
    example='no "OrderShipped" event follows on "shipments"',
)
def none_follows(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    in_all: bool,
    data: Data,
) -> None:
    """None up to the point where the services had nothing left to do: proven, or an error."""
    scenario.expect.counted(channel, 0, 0, Pattern(type, key), data, None, in_all)


@step(
    f'no ["{{type}}"] event arrives {ON} during {{during:Duration}} [{{in_all=in all}}] [with:]',
    section=SECTION,
    example='no "OrderShipped" event arrives on "shipments" during 2 seconds',
)
def none_arrives(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    during: float,
    in_all: bool,
    data: Data,
) -> None:
    """None while it is watched."""
    scenario.expect.counted(channel, 0, 0, Pattern(type, key), data, during, in_all)


@step(
    f'every ["{{type}}"] event {ON} {WATCHED} has:',
    section=SECTION,
    example='every "OrderShipped" event on "shipments" during 2 seconds has:\n'
    "  | field  | value   |\n  | status | shipped |",
)
def every_has(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """All of them, of which there is at least one."""
    scenario.expect.every(channel, Pattern(type, key), data, during, in_all)


@step(
    '{number:Number} ["{type}"] events arrive on "{channel}" in the order of "{address}" '
    f"[{{per_key=per key}}] {IN_TIME}",
    section=SECTION,
    example='3 "ParcelPacked" events arrive on "shipments" in the order of "parcel" per key',
)
def arrive_in_order_of(
    scenario: Scenario,
    *,
    number: int,
    type: str | None,
    channel: str,
    address: str,
    per_key: bool,
    within: Time,
    in_all: bool,
) -> None:
    """So many, and none of them with a smaller value than the one before it."""
    pattern = Pattern(type)
    scenario.expect.in_order_of(channel, number, pattern, address, per_key, within, in_all)


@step(
    f'the last ["{{type}}"] event {ON} [within {{within:Duration}}] has:',
    section=SECTION,
    example='the last "OrderShipped" event on "shipments" has:\n'
    "  | field  | value   |\n  | status | shipped |",
)
def last_has(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    within: Time,
    data: Data,
) -> None:
    """The one that came last, as soon as it is like that."""
    scenario.expect.last(channel, Pattern(type, key), data, within)


@step(
    'its "{address}" is remembered as "{name}"',
    section=SECTION,
    example='its "trackingId" is remembered as "tracking"',
)
def remember_its(scenario: Scenario, *, address: str, name: str) -> None:
    """What the event that the step before met has there, for ${NAME} in later steps."""
    scenario.expect.remember_its(address, name)


@step(
    '"{name}" is a fresh id',
    section=SECTION,
    keyword="Given",
    example='"order" is a fresh id',
)
def fresh_id(scenario: Scenario, *, name: str) -> None:
    """A value that nobody else has, for ${NAME} in later steps."""
    scenario.values.remember_fresh(name)


@step(
    '"{name}" is "{value}"',
    section=SECTION,
    keyword="Given",
    example='"customer" is "ann"',
)
def remember(scenario: Scenario, *, name: str, value: str) -> None:
    """A value to be used as ${NAME} in later steps."""
    scenario.values.remember(name, parse_cell(value))
