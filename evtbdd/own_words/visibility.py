"""Whether an event that somebody received is invisible to others, and when it is visible again.

SQS counts in whole seconds, and the moments that it tells are those of its own clock: what is
expected after some seconds may come up to one second early, though not before half of the time.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, Unproven, UnsupportedCapability
from evtbdd.events import Event, Position
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import Journal, Published, Seen
from evtbdd.offers import Peeks
from evtbdd.own_words.the_event import TheEvent
from evtbdd.witness import Witness
from evtbdd.words import counted, duration, listed, quoted

EVERY = 0.1
"""Seconds between two looks at a queue; each that finds something counts as a receipt."""

EARLY = 1.0
"""Seconds by which SQS may let an event be visible too early."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The event was visible at a moment; both moments are in seconds since 1970.

    It was invisible since `hidden`: that is when it was first received, else when it was sent.
    """

    event: Event
    at: float
    hidden: float
    attempts: int

    @classmethod
    def of(cls, event: Event, at: float) -> Sight:
        """By what SQS tells of an event that was visible."""
        facts = event.record.facts
        attempts = int(str(facts.get("attempts", 0)))
        since = facts.get("first_received") if attempts else facts.get("sent")
        return cls(event, at, float(str(since)), attempts)

    @property
    def elapsed(self) -> float:
        """Seconds for which it was invisible, as far as that can be told."""
        return self.at - self.hidden

    def __str__(self) -> str:
        since = "received" if self.attempts else "sent, and nobody had received it"
        return f"{self.elapsed:+.2f} s after it was {since}"


class Visibility:
    """What is expected of one event's visibility on one channel.

    Where the reader itself receives from the queue, what it has seen was visible; elsewhere the
    queue is looked at.
    """

    def __init__(
        self, channel: Channel, subject: TheEvent, pattern: Pattern, journal: Journal
    ) -> None:
        if not isinstance(channel.broker, Peeks):
            raise UnsupportedCapability(
                f"The channel {quoted(channel.name)} lies on {channel.broker.capabilities.broker}, "
                "which hides no event that was received; SQS does."
            )
        self._channel = channel
        self._queue: Peeks = channel.broker
        self.subject = subject
        self._journal = journal
        self._kind = f"the {pattern.kind}{pattern.clause}"
        self.taken = self._queue.takes_from(channel.physical)

    @property
    def place(self) -> tuple[str, tuple[str, Position]]:
        """Which event on which channel this is about."""
        return self._channel.name, self.subject.place

    def require_alone(self, witness: Witness) -> None:
        """Raise Unproven while somebody else may receive it, PhraseError where others are like it."""
        alike = [
            each
            for each in self._journal.since()
            if isinstance(each.entry, Published)
            and each.entry.event is not None
            and each.entry.channel == self._channel.name
            and self.subject.is_same(each.entry.event)
        ]
        if len(alike) > 1:
            raise PhraseError(
                f"{len(alike)} events with the same payload and key were published to "
                f"{quoted(self._channel.name)}, so nobody can tell which of them is visible; give "
                "them keys."
            )
        if names := self._consumers(witness):
            run = f"the service{'' if len(names) == 1 else 's'} {listed(map(quoted, names))}"
            raise Unproven(
                f"Whether {self._kind} is visible on {quoted(self._channel.name)} cannot be told while "
                f"{run} may receive it first: stop {'it' if len(names) == 1 else 'them'} before."
            )

    def _consumers(self, witness: Witness) -> Collection[str]:
        running = {each.name.partition(" #")[0] for each in witness.health() if each.running}
        return sorted(running & self._channel.plan.consumers)

    def sight(self, ask: Deadline) -> Sight | None:
        """The event, where it is visible now, or was seen by the reader."""
        if self.taken:
            offset = time.time() - self._journal.now()
            return next(
                (
                    Sight.of(each.entry.event, each.at + offset)
                    for each in self._journal.since()
                    if isinstance(each.entry, Seen)
                    and each.entry.event.channel == self._channel.name
                    and self.subject.is_same(each.entry.event)
                ),
                None,
            )
        for record in self._queue.peek(self._channel.physical, ask):
            event = self._channel.event(record)
            if self.subject.is_same(event):
                return Sight.of(event, time.time())
        return None

    def hidden(self, ask: Deadline) -> int:
        """How many events of the queue are invisible, as SQS estimates it."""
        return self._queue.hidden(self._channel.physical, ask)

    def expected(self, what: str, time: str) -> str:
        """`Expected the "OrderPlaced" event to stay invisible on "orders" during 1 second`."""
        return f"Expected {self._kind} to {what} on {quoted(self._channel.name)} {time}"

    def judge(self, sight: Sight, after: float, patience: float, invisible: float | None) -> None:
        """Raise where it was visible at another time than so many seconds after it was received.

        `invisible` is when it was last found so, in seconds since 1970. Unproven where that was not
        just before, or SQS does not tell when it was received last.
        """
        expected = self.expected("become visible again", f"after {duration(after)}")
        if sight.elapsed < max(after - EARLY, after / 2):
            raise ExpectationFailed(f"{expected}\nbut it was visible {sight} {self.where}")
        if sight.attempts > 1:
            raise Unproven(
                f"{expected}; it is visible, but it was received {sight.attempts} times, and SQS tells "
                f"only of the first when that was {self.where}."
            )
        if not self.taken and (invisible is None or sight.at - invisible > EARLY):
            raise Unproven(
                f"{expected}; it was visible {sight}, but nobody looked at the queue just before, so it "
                f"may have been visible for long: write the step nearer to what receives the event "
                f"{self.where}."
            )
        if sight.elapsed > after + patience:
            raise ExpectationFailed(f"{expected}\nbut it was visible only {sight} {self.where}")

    def never_visible(self, after: float, ask: Deadline) -> ExpectationFailed:
        """What is raised where it was not visible in time."""
        number = self.hidden(ask)
        invisible = f"{counted(number, 'event')} of its queue {'is' if number == 1 else 'are'}"
        return ExpectationFailed(
            f"{self.expected('become visible again', f'after {duration(after)}')}\nbut it did not, "
            f"and {invisible} invisible {self.where}"
        )

    def read_up(self, witness: Witness, ask: Deadline) -> None:
        """Have all seen that is visible by now, where the reader receives from the queue."""
        if self.taken:
            witness.read_up([self._channel.name], ask)

    @property
    def where(self) -> str:
        """Where the queue is; and that what is visible there is evtbdd's at once, if it is."""
        ours = "; evtbdd itself receives from this queue: say which service consumes it, or watch = none"
        return f"({self._channel.where}{ours if self.taken else ''})"
