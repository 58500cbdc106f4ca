"""From messages to what RabbitMQ is sent, and from what it delivers to records."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pika

from evtbdd.events import Headers, Position, Record
from evtbdd.ports import Message

KEY = "key"
"""The header that holds the key."""

LANE = "queue"
PERSISTENT = 2

PROPERTIES: Mapping[str, str] = {
    "content_type": "content_type",
    "content_encoding": "content_encoding",
    "delivery_mode": "delivery_mode",
    "priority": "priority",
    "correlation_id": "correlation_id",
    "reply_to": "reply_to",
    "expiration": "expiration",
    "message_id": "message_id",
    "type": "message_type",
    "user_id": "user_id",
    "app_id": "app_id",
}
"""The properties of a message, and the facts that they are; `@type` is the event's by any rule."""

NUMBERS: Mapping[str, range] = {
    "delivery_mode": range(1, 3),
    "priority": range(256),
}
"""Those that are no texts, and what they can be."""


def properties(message: Message) -> pika.BasicProperties:
    """What a message is published with."""
    headers = {name: _field(value) for name, value in message.headers}
    if message.key is not None:
        headers[KEY] = _field(message.key)
    given = {
        name: int(message.properties[fact]) if fact in NUMBERS else message.properties[fact]
        for name, fact in PROPERTIES.items()
        if fact in message.properties
    }
    usual = {"delivery_mode": PERSISTENT, "message_id": message.id}
    return pika.BasicProperties(headers=headers or None, **{**usual, **given})


def _field(value: bytes | None) -> str | bytes | None:
    """A header's value: a long string, as all clients write text; bytes where it is none."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def record(channel: str, number: int, delivery: Any, found: Any, body: bytes) -> Record:
    """What was delivered; `delivery` is pika's Basic.Deliver, `found` are the properties."""
    headers: Mapping[str, object] = found.headers or {}
    return Record(
        channel=channel,
        key=_bytes(headers.get(KEY)),
        value=body,
        headers=_headers(headers),
        position=Position(LANE, number),
        timestamp=time.time() if found.timestamp is None else float(found.timestamp),
        where=f'number {number} routing key "{delivery.routing_key}"',
        facts={
            "routing_key": delivery.routing_key,
            "exchange": delivery.exchange,
            "redelivered": bool(delivery.redelivered),
            **{
                fact: _plain(value)
                for name, fact in PROPERTIES.items()
                if (value := getattr(found, name)) is not None
            },
            **_deaths(headers),
        },
    )


def _headers(headers: Mapping[str, object]) -> Headers:
    return tuple((name, _bytes(value)) for name, value in headers.items())


def _bytes(value: object) -> bytes | None:
    """A header's value as text in bytes: `true`, `42`, JSON for what has parts."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Mapping | list):
        return json.dumps(_plain(value), default=str, ensure_ascii=False).encode()
    return str(_plain(value)).encode()


def _plain(value: object) -> object:
    """Without the driver's own kinds of numbers; a moment in ISO 8601."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def _deaths(headers: Mapping[str, object]) -> Mapping[str, object]:
    """`death.count` and its like, of the last time that it was dead-lettered."""
    counted = headers.get("x-delivery-count")
    facts: dict[str, object] = {}
    if counted is not None:
        facts["delivery_count"] = _plain(counted)
    deaths = headers.get("x-death")
    if isinstance(deaths, list) and deaths and isinstance(deaths[0], Mapping):
        facts.update({f"death.{_fact(name)}": _plain(each) for name, each in deaths[0].items()})
    return facts


def _fact(name: str) -> str:
    return str(name).replace("-", "_")
