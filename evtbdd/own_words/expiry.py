"""Whether an event has left its queue because its time to live was over.

RabbitMQ lets an event expire when it has come to the head of its queue. On the way to its dead
letters it is marked with the reason (`x-death`), which proves it. Where there are none the depth of
the queue can tell, as long as nobody but the time can take something out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.channels.channel import Channel
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline, looks
from evtbdd.errors import ExpectationFailed, UnsupportedCapability
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import Journal, Noted, Published, Seen
from evtbdd.offers import Depth
from evtbdd.own_words.depth import EVERY, Queue
from evtbdd.own_words.the_event import TheEvent
from evtbdd.witness import Witness
from evtbdd.words import duration, quoted

EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Expiry:
    """The expectation that one event expires, `after` so many seconds where that is said."""

    subject: TheEvent
    pattern: Pattern
    after: float | None
    patience: Deadline

    def expected(self) -> str:
        """`Expected the "OrderPlaced" event on "orders" to expire after 2 seconds`."""
        time = "" if self.after is None else f" after {duration(self.after)}"
        kind = f"the {self.pattern.kind}{self.pattern.clause}"
        return f"Expected {kind} on {quoted(self.subject.channel)} to expire{time}"

    def judge(self, gone: float) -> None:
        """Raise ExpectationFailed where it was gone at a moment that is too early, or too late.

        Too early is what cannot be right: then so much time had not passed since before it was
        sent. Too late is more than the patience of a step after the time.
        """
        if self.after is None:
            return
        if gone - self.subject.began < self.after:
            raise ExpectationFailed(f"{self.expected()}\nbut it did so {self._moment(gone)}")
        if gone - self.subject.there > self.patience.seconds:
            raise ExpectationFailed(f"{self.expected()}\nbut it did so only {self._moment(gone)}")

    def _moment(self, gone: float) -> str:
        return f"{gone - self.subject.began:+.2f} s after it was published"

    def wait(self, channels: ScenarioChannels, journal: Journal, witness: Witness) -> None:
        """Wait until the event has expired.

        Raises ExpectationFailed where it has not, where it was dead-lettered for another reason, or
        at another time; UnsupportedCapability where nobody can tell.
        """
        channel = channels.get(self.subject.channel)
        queue = Queue.of(channels, channel.name)
        if channel.declaration.options.get("kind") == "exchange":
            raise UnsupportedCapability(
                f"The channel {quoted(channel.name)} is an exchange alone, which holds nothing that "
                "could expire; declare the channel whose queue is bound to it."
            )
        dead = channel.declaration.dead_letter
        found = queue.depth()
        if dead is None or channels.get(dead).unwatchable is not None:
            ByDepth(self, channel, dead, queue, journal).wait(found)
            return
        cursor = journal.cursor()
        while not self._is_marked(channel, dead, cursor.new()):
            if self.patience.expired() or not cursor.wait(self.patience):
                break
        else:
            return
        witness.read_up([dead], channels.deadline())
        if not self._is_marked(channel, dead, cursor.new()):
            raise ExpectationFailed(
                f"{self.expected()}\nbut it has not come to its dead letters on {quoted(dead)}, and "
                f"its queue holds {queue.said(queue.depth())}"
            )

    def _is_marked(self, channel: Channel, dead: str, noted: Sequence[Noted]) -> bool:
        """Whether it is among its dead letters, marked as expired in the queue of the channel."""
        for each in noted:
            event = each.entry.event if isinstance(each.entry, Seen) else None
            if event is None or event.channel != dead or not self.subject.is_same(event):
                continue
            facts = event.record.facts
            if facts.get("death.queue") != channel.physical:
                continue
            if facts.get("death.reason") != EXPIRED:
                raise ExpectationFailed(
                    f"{self.expected()}\nbut it went to its dead letters on {quoted(dead)} for "
                    f"another reason: {facts.get('death.reason')}"
                )
            self.judge(each.at)
            return True
        return False


@dataclass(frozen=True, slots=True)
class ByDepth:
    """Tells from the depth of a queue of which nobody consumes; raises as Expiry does."""

    expiry: Expiry
    channel: Channel
    dead: str | None
    queue: Queue
    journal: Journal

    def wait(self, found: Depth) -> None:
        """Look until the queue is empty; `found` is the first look."""
        if found.held == 0 and self.expiry.after is not None:
            self.expiry.judge(self.journal.now())
            raise self._untold("its queue was empty already at the first look")
        for _ in looks(self.expiry.patience, EVERY):
            found = self.queue.depth()
            if found.consumers:
                raise self._untold("somebody consumes its queue, and may have taken it")
            if found.held == 0:
                self.expiry.judge(self.journal.now())
                return
        if self._is_followed():
            raise self._untold("others lie behind it in its queue")
        raise ExpectationFailed(
            f"{self.expiry.expected()}\nbut its queue holds {self.queue.said(found)}"
        )

    def _is_followed(self) -> bool:
        """Whether the scenario has published something behind the event."""
        subject = self.expiry.subject
        return any(
            isinstance(each.entry, Published)
            and each.entry.channel == subject.channel
            and each.at > subject.there
            for each in self.journal.since()
        )

    def _untold(self, why: str) -> UnsupportedCapability:
        remedy = f"declare dead letter = CHANNEL in [evtbdd:channel:{self.channel.name}]"
        if self.dead is not None:
            remedy = f"let evtbdd watch the channel {quoted(self.dead)} of its dead letters"
        return UnsupportedCapability(
            f"Whether an event on {quoted(self.channel.name)} has expired cannot be told: {why}; "
            f"{remedy}, for an expired event is marked on its way there."
        )
