"""What travels on a channel: the record a broker hands over, and the event an author speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

Headers = tuple[tuple[str, "bytes | None"], ...]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place on a channel: `number` is exact and rising within a `lane`, meaningless across lanes.

    A lane is whatever keeps order: a Kafka partition, a queue, a message group.
    """

    lane: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """What a broker's reader hands over, undecoded.

    `channel` is the broker's own (physical) name; `value` is None for a tombstone; `timestamp` is in
    seconds since 1970 UTC; `where` says the position in the broker's words (`partition 0 offset 7`);
    `facts` are the broker's own addresses without their `@` (`partition`, `offset`, `routing_key`).
    """

    channel: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    position: Position
    timestamp: float
    where: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Tombstone:
    """The payload of an event that has none: in Kafka, the deletion of its key."""

    def __repr__(self) -> str:
        return "a tombstone"


TOMBSTONE: Final = Tombstone()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The payload of an event that its channel's codec cannot decode; `reason` is a clause."""

    reason: str


class Missing:
    """What an address finds where there is nothing; null is something."""

    def __repr__(self) -> str:
        return "absent"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the events of one channel are read: `decode` raises ValueError for what it cannot."""

    decode: Callable[[bytes, Headers], object]
    type_of: Callable[[Event], str | None]


@dataclass(frozen=True)
class Event:
    """A record on a channel, as an author speaks of it; decoded when first looked at."""

    record: Record
    channel: str
    reading: Reading = field(compare=False, repr=False)

    @cached_property
    def payload(self) -> object:
        """The decoded payload; `TOMBSTONE` without one, `Unreadable` where the codec fails."""
        if self.record.value is None:
            return TOMBSTONE
        try:
            return self.reading.decode(self.record.value, self.record.headers)
        except ValueError as error:
            return Unreadable(str(error) or "its codec does not say why")

    @property
    def title(self) -> str:
        """What it is called in a few words, where it is no event of a channel."""
        return ""

    @cached_property
    def type(self) -> str | None:
        """The type by its channel's rule, None where it has none."""
        return self.reading.type_of(self)

    @property
    def key(self) -> str | bytes | None:
        """The key as text; as bytes where it is no UTF-8."""
        return text_or_bytes(self.record.key)

    def header(self, name: str) -> object:
        """The last header of that name, as text or bytes; `MISSING` where there is none."""
        found = [value for header, value in self.record.headers if header == name]
        return text_or_bytes(found[-1]) if found else MISSING

    def fact(self, name: str) -> object:
        """What stands at the address `@name`; `MISSING` where there is nothing."""
        if name == "key":
            return MISSING if self.record.key is None else self.key
        if name == "type":
            return MISSING if self.type is None else self.type
        if name.startswith("header."):
            return self.header(name.removeprefix("header."))
        return {
            "timestamp": self.record.timestamp,
            "channel": self.channel,
            **self.record.facts,
        }.get(name, MISSING)


def text_or_bytes(raw: bytes | None) -> str | bytes | None:
    """Text where the bytes are UTF-8, else the bytes."""
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
