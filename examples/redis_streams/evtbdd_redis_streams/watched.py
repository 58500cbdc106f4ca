"""A stream that is watched: how far it was read, who is handed its entries, what keeps it from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import BrokerError
from evtbdd.ports import Sink
from evtbdd_redis_streams.entries import Entry, parsed, record
from evtbdd_redis_streams.streams import BATCH, End


@dataclass(slots=True, eq=False)
class Watched:
    """Entries are numbered by counting them, so none may be missed: that is found out by `take`."""

    channel: str
    address: str
    sink: Sink
    next: int
    last: bytes
    wanted: int = 0
    """Somebody waits for all before this number."""

    failure: BrokerError | None = None

    def is_awaited(self) -> bool:
        """Whether somebody waits for what was not read yet."""
        return self.next < self.wanted and self.failure is None

    def take(self, entries: Sequence[Entry], end: End | None) -> None:
        """Hand entries over in their order.

        `end`, where it was asked for, is where the stream ended just before they were read: all up
        to there must be among them, or somebody has deleted it.
        """
        if end is not None and len(entries) < BATCH:
            last = parsed(end.last)
            missing = end.number - self.next - sum(parsed(entry.id) <= last for entry in entries)
            if missing:
                self.fail(_lost(missing))
                return
        for entry in entries:
            self.sink(record(self.channel, self.next, entry))
            self.next += 1
            self.last = entry.id

    def compare(self, end: End, number: int, last: bytes) -> None:
        """See whether it is still the same stream: it was read up to `number` before `end` was asked.

        A stream never counts backwards, and has another last entry only when it has one more.
        """
        if end.number < number or (end.number == number and end.last != last):
            self.fail(REPLACED)

    def fail(self, what: str) -> None:
        """Read it no further: of no claim about it could be said any more that it is proven."""
        self.failure = BrokerError(
            f'The stream "{self.channel}" at {self.address} cannot be read any further: {what}.'
        )


DELETED = "it was deleted while evtbdd was watching it"
REPLACED = "it was deleted, and made anew, while evtbdd was watching it"


def _lost(missing: int) -> str:
    if missing < 0:
        return REPLACED
    if missing == 1:
        return "1 event was deleted from it before evtbdd had read it"
    return f"{missing} events were deleted from it before evtbdd had read them"
