"""What an event is in a stream: an entry's fields, and back.

The field `payload` holds the payload, `key` the key; every other field is a header. Without a
payload an entry is a tombstone. A header without a value is the field `null`, which holds its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import PublishRefused
from evtbdd.events import Position, Record
from evtbdd.ports import Message
from evtbdd_redis_streams.text import decoded, encoded

PAYLOAD, KEY, NULL = "payload", "key", "null"
LANE = "stream"
"""The only lane of a stream: Redis keeps one order in it."""

Id = tuple[int, int]
"""Milliseconds since 1970 by the clock of Redis, and a number within them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a stream; `fields` are names and values by turns."""

    id: bytes
    fields: Sequence[bytes]


def parsed(raw: bytes) -> Id:
    """An id, so that it can be compared."""
    milliseconds, _, sequence = raw.partition(b"-")
    return int(milliseconds), int(sequence)


def fields(message: Message) -> tuple[bytes, ...]:
    """The names and values of a message's fields. PublishRefused where it cannot be told in any."""
    if message.value is None and message.key is None:
        raise PublishRefused("A tombstone needs a key: it says which key is deleted.")
    taken = sorted({name for name, _ in message.headers} & {PAYLOAD, KEY, NULL})
    if taken:
        raise PublishRefused(
            f'A header of an event in Redis cannot be called "{taken[0]}": that field of an entry has '
            "a meaning of its own."
        )
    found: list[tuple[str, bytes | None]] = [(KEY, message.key), (PAYLOAD, message.value)]
    pairs = [(name, value) for name, value in found if value is not None]
    for name, value in message.headers:
        pairs.append((NULL, encoded(name)) if value is None else (name, value))
    return tuple(part for name, value in pairs for part in (encoded(name), value))


def record(channel: str, number: int, entry: Entry) -> Record:
    """The record that an entry is; also of an entry that somebody else has written in their way."""
    payload: bytes | None = None
    key: bytes | None = None
    headers: list[tuple[str, bytes | None]] = []
    for raw, value in zip(entry.fields[::2], entry.fields[1::2], strict=True):
        name = decoded(raw)
        if name == PAYLOAD:
            payload = value
        elif name == KEY:
            key = value
        elif name == NULL:
            headers.append((decoded(value), None))
        else:
            headers.append((name, value))
    milliseconds, _ = parsed(entry.id)
    return Record(
        channel=channel,
        key=key,
        value=payload,
        headers=tuple(headers),
        position=Position(LANE, number),
        timestamp=milliseconds / 1000,
        where=f"entry {number} id {entry.id.decode()}",
        facts={"entry": number, "id": entry.id.decode()},
    )
