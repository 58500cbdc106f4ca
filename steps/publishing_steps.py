"""Publishing: what the scenario sends."""

from __future__ import annotations

from evtbdd.channels.message import Draft
from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario

SECTION = "Publishing"
TO = 'published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]'
NAMES = {"routing_key": "RK"}
Key = str | bytes | None


@step(
    f'a[n] "{{type}}" event is {TO} [:]',
    section=SECTION,
    act=True,
    names=NAMES,
    example='an "OrderPlaced" event is published to "orders" with key "ORD-1":\n'
    "  | field   | value |\n  | orderId | ORD-1 |",
)
def publish_typed_event(
    scenario: Scenario, *, type: str, channel: str, key: Key, routing_key: str | None, data: Data
) -> None:
    """One event of a type; its payload stands in a table of fields, or in a docstring."""
    scenario.publisher.event(channel, Draft(type, key, routing_key), data)


@step(
    f"an event is {TO} [:]",
    section=SECTION,
    act=True,
    names=NAMES,
    example='an event is published to "orders":\n  """\n  {"orderId": "ORD-1"}\n  """',
)
def publish_event(
    scenario: Scenario, *, channel: str, key: Key, routing_key: str | None, data: Data
) -> None:
    """One event without a type of its own."""
    scenario.publisher.event(channel, Draft(None, key, routing_key), data)


@step(
    f'the event from "{{file}}" is {TO}',
    section=SECTION,
    act=True,
    names=NAMES,
    example='the event from "data/order.json" is published to "orders"',
)
def publish_event_from_file(
    scenario: Scenario, *, file: str, channel: str, key: Key, routing_key: str | None
) -> None:
    """JSON with `payload` (and `key`, `headers`), or the payload itself."""
    scenario.publisher.file(channel, file, Draft(None, key, routing_key))


@step(
    f'these ["{{type}}"] events are {TO} :',
    section=SECTION,
    act=True,
    names=NAMES,
    example='these "OrderPlaced" events are published to "orders":\n'
    "  | @key  | orderId |\n  | ORD-1 | ORD-1   |\n  | ORD-2 | ORD-2   |",
)
def publish_these_events(
    scenario: Scenario,
    *,
    type: str | None,
    channel: str,
    key: Key,
    routing_key: str | None,
    data: Data,
) -> None:
    """A row for each event; the columns are addresses."""
    scenario.publisher.events(channel, Draft(type, key, routing_key), data)


@step(
    '{number:Number} ["{type}"] events are published to "{channel}" [with key "{key}"] '
    "[at {rate:Number} per second] [:]",
    section=SECTION,
    act=True,
    example='20 "OrderPlaced" events are published to "orders":\n'
    "  | field   | value          |\n  | orderId | ORD-${counter} |",
)
def publish_many_events(
    scenario: Scenario,
    *,
    number: int,
    type: str | None,
    channel: str,
    key: Key,
    rate: int | None,
    data: Data,
) -> None:
    """So many events; ${counter} tells them apart."""
    scenario.publisher.many(channel, number, Draft(type, key), data, rate)


@step(
    "the same event is published again [{number:Number} time[s]]",
    section=SECTION,
    act=True,
    example="the same event is published again",
)
def publish_again(scenario: Scenario, *, number: int | None) -> None:
    """What was published last, to the byte: a duplicate."""
    scenario.publisher.again(1 if number is None else number)


@step(
    f'the text "{{text}}" is {TO}',
    section=SECTION,
    act=True,
    names=NAMES,
    example='the text "not json" is published to "orders"',
)
def publish_text(
    scenario: Scenario, *, text: str, channel: str, key: Key, routing_key: str | None
) -> None:
    """A text as it is, whatever the channel's codec."""
    scenario.publisher.raw(channel, Draft(None, key, routing_key, raw=text.encode()))


@step(
    f"this text is {TO} :",
    section=SECTION,
    act=True,
    names=NAMES,
    example='this text is published to "orders":\n  """\n  not json\n  """',
)
def publish_this_text(
    scenario: Scenario, *, channel: str, key: Key, routing_key: str | None, data: Data
) -> None:
    """A longer text as it is."""
    scenario.publisher.text(channel, Draft(None, key, routing_key), data)


@step(
    f'the bytes from "{{file}}" are {TO}',
    section=SECTION,
    act=True,
    names=NAMES,
    example='the bytes from "data/order.bin" are published to "orders"',
)
def publish_bytes(
    scenario: Scenario, *, file: str, channel: str, key: Key, routing_key: str | None
) -> None:
    """The content of a file as it is."""
    scenario.publisher.bytes_of(channel, file, Draft(None, key, routing_key))


@step(
    'a tombstone is published to "{channel}" with key "{key}"',
    section=SECTION,
    act=True,
    example='a tombstone is published to "orders" with key "ORD-1"',
)
def publish_tombstone(scenario: Scenario, *, channel: str, key: str | bytes) -> None:
    """An event without a payload: in Kafka, the deletion of its key."""
    scenario.publisher.raw(channel, Draft(None, key, tombstone=True))
