"""From what a step says of an event to the bytes that are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evtbdd.channels.channel import Channel
from evtbdd.errors import PhraseError
from evtbdd.events import Headers
from evtbdd.ports import Capability, Message
from evtbdd.values.types import place_type
from evtbdd.words import quoted

NOTHING_SAID: Mapping[str, object] = {"json": {}, "text": "", "bytes": b""}


@dataclass
class Draft:
    """An event as a step describes it, before it is encoded for a channel.

    `payload` is a value for the channel's codec; `raw` are bytes that are published as they are;
    `tombstone` is an event without a payload. `properties` are further facts, of those that its
    broker `takes`.
    """

    type: str | None = None
    key: str | bytes | None = None
    routing_key: str | None = None
    payload: Any = None
    said_payload: bool = False
    headers: dict[str, str | bytes | None] = field(default_factory=dict)
    raw: bytes | None = None
    tombstone: bool = False
    takes: frozenset[str] = frozenset()
    properties: dict[str, str] = field(default_factory=dict)


def encode(draft: Draft, channel: Channel) -> Message:
    """The message for a channel. PhraseError where the channel's codec cannot write it."""
    can = channel.capabilities
    if draft.key is not None:
        can.require(Capability.KEYS)
    headers: Headers = tuple((name, _bytes(value)) for name, value in draft.headers.items())
    if draft.tombstone:
        can.require(Capability.TOMBSTONES)
        return _message(draft, None, headers)
    if draft.raw is not None:
        return _message(draft, draft.raw, headers)
    payload = draft.payload
    if not draft.said_payload:
        payload = NOTHING_SAID.get(channel.declaration.codec, {})
    if draft.type is not None:
        payload, headers = place_type(draft.type, payload, headers, channel.declaration.type)
    if headers:
        can.require(Capability.HEADERS)
    try:
        value = channel.codec.encode(payload)
    except PhraseError as error:
        raise PhraseError(f"This cannot be published to {quoted(channel.name)}: {error}") from error
    return _message(draft, value, headers)


def _message(draft: Draft, value: bytes | None, headers: Headers) -> Message:
    return Message(
        value,
        _bytes(draft.key),
        headers,
        draft.routing_key,
        default_routing_key=draft.type,
        properties=dict(draft.properties),
    )


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
