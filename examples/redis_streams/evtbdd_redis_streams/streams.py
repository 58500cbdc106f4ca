"""The streams of a Redis: made, deleted, listed, added to, read; and where each of them ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, PublishRefused
from evtbdd.ports import ChannelPlan, Message
from evtbdd_redis_streams import lua
from evtbdd_redis_streams.connection import Connection
from evtbdd_redis_streams.entries import Entry, fields
from evtbdd_redis_streams.text import decoded, encoded

BATCH = 100
"""Entries of one stream that are read at once, at the most."""

PAGE = 1000
"""Keys that are looked through at once, to list the streams."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a stream ends: the number that its next entry will get, and the id of its last."""

    number: int
    last: bytes


class Streams:
    """What is asked of streams, in the words of Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.address = connection.address

    def create(self, plans: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Make empty streams, all or none. BrokerError where one exists, or is refused."""
        names = [plan.name for plan in plans]
        there = self._connection.run(
            f"create {named(names)}", deadline, lua.CREATE, *map(encoded, names)
        )
        if there is not None:
            raise BrokerError(f'The stream "{decoded(there)}" exists already at {self.address}.')

    def delete(self, names: Sequence[str], deadline: Deadline) -> None:
        """Delete streams; what is not there, or is no stream, is left alone."""
        self._connection.run(f"delete {named(names)}", deadline, lua.DELETE, *map(encoded, names))

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every stream."""
        found: dict[bytes, None] = {}
        cursor: bytes | None = None
        while cursor != b"0":
            command = ("SCAN", cursor or b"0", "COUNT", PAGE, "TYPE", "stream")
            cursor, some = self._connection.ask("list the streams", deadline, *command)
            found.update(dict.fromkeys(some))
        return [decoded(name) for name in found]

    def look(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, End]:
        """Where those of the streams end that exist, all at one moment."""
        if not names:
            return {}
        doing = f"look up {named(names)}"
        told = self._connection.run(doing, deadline, lua.LOOK, *map(encoded, names))
        return {name: End(*end) for name, end in zip(names, told, strict=True) if end is not None}

    def ends(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, End]:
        """As `look`. BrokerError where one of them does not exist."""
        found = self.look(names, deadline)
        for name in names:
            if name not in found:
                raise BrokerError(self.no_stream(name))
        return found

    def publish(self, name: str, message: Message, deadline: Deadline) -> int:
        """Add an entry, and return its number. Raises PublishRefused or BrokerUnavailable."""
        number: int | None = self._connection.run(
            f"publish to {named([name])}",
            deadline,
            lua.PUBLISH,
            encoded(name),
            arguments=fields(message),
            refusal=PublishRefused,
        )
        if number is None:
            raise PublishRefused(self.no_stream(name))
        return number

    def read(
        self, after: Mapping[str, bytes], block: int, deadline: Deadline
    ) -> Mapping[str, Sequence[Entry]]:
        """The next entries of streams, each after an id; as soon as there are any, up to BATCH each.

        After `block` milliseconds without any it returns none.
        """
        command: list[str | bytes | int] = ["XREAD", "COUNT", BATCH, "BLOCK", block, "STREAMS"]
        command += [*map(encoded, after), *after.values()]
        told = self._connection.ask(f"read {named(list(after))}", deadline, *command)
        return {decoded(name): [Entry(*entry) for entry in entries] for name, entries in told or ()}

    def no_stream(self, name: str) -> str:
        """That there is none, in a sentence."""
        return f'There is no stream "{name}" at {self.address}.'


def named(names: Sequence[str]) -> str:
    """`the stream "a"`, `the stream "a" and 9 more`."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f'the stream "{names[0]}"{more}'
