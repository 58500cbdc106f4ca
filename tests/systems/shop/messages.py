"""What a service reads from a channel, and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Headers = list[tuple[str, bytes | None]]


class Unreadable(Exception):
    """An event is not what it should be; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One event to publish: an object goes out as JSON, bytes as they are, None as a tombstone."""

    channel: str
    key: bytes | None
    value: dict[str, Any] | bytes | None
    headers: Headers = field(default_factory=list)
    partition: int | None = None  # None: the key decides

    def encoded(self) -> bytes | None:
        """The value as it lies on the channel."""
        return json.dumps(self.value).encode() if isinstance(self.value, dict) else self.value


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an event: a line for the log, and the answers to publish in this order."""

    line: str
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was consumed; a value of None is a tombstone."""

    place: str  # as a person reads it in the log: "partition 0 offset 7"
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def name(self) -> str:
        """The key, to be read in a log."""
        return (self.key or b"without a key").decode(errors="replace")

    def payload(self) -> dict[str, Any]:
        """Read the JSON object in it; whatever else is in it is Unreadable."""
        try:
            payload = json.loads(self.value or b"")
        except (ValueError, RecursionError):
            raise Unreadable("it is not JSON") from None
        if not isinstance(payload, dict):
            raise Unreadable("it is no JSON object")
        return payload

    def type(self) -> str | None:
        """Return the type by the header `type`, else by the payload's `type`."""
        headers = dict(self.headers)
        if headers.get("type") is not None:
            return headers["type"].decode(errors="replace")
        return self.payload().get("type")

    def answer(self, channel: str, type_: str, payload: dict[str, Any]) -> Answer:
        """Answer with an event of that type under the same key."""
        return Answer(channel, self.key, payload, [("type", type_.encode()), *self._correlation()])

    def tombstone(self, channel: str) -> Answer:
        """Answer with a tombstone for the same key."""
        return Answer(channel, self.key, None, self._correlation())

    def forward(self, channel: str, reason: str) -> Answer:
        """Pass the event on as it came, with a header that says why."""
        return Answer(channel, self.key, self.value, [*self.headers, ("reason", reason.encode())])

    def _correlation(self) -> Headers:
        return [header for header in self.headers if header[0] == "correlation-id"]


def required(payload: dict[str, Any], name: str, *kinds: type) -> Any:
    """Return a field that must be there and be of one of these kinds; else it is Unreadable."""
    value = payload.get(name)
    if type(value) not in kinds:  # not isinstance, by which true would be a number
        raise Unreadable(f'its "{name}" is missing or of the wrong kind')
    return value
