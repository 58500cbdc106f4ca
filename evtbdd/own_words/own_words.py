"""What the phrases about one broker's own things do."""

from __future__ import annotations

import time

from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline, looks
from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.events import Position
from evtbdd.expect.expectations import Expectations
from evtbdd.expect.pattern import Pattern
from evtbdd.journal import Journal
from evtbdd.own_words.depth import EVERY, Queue
from evtbdd.own_words.expiry import Expiry
from evtbdd.own_words.the_event import TheEvent, the_event
from evtbdd.own_words.visibility import EVERY as EVERY_PEEK
from evtbdd.own_words.visibility import Sight, Visibility
from evtbdd.witness import Witness
from evtbdd.words import counted, duration, quoted


class OwnWords:
    """The expectations of one scenario that only one broker has words for.

    Every method raises ExpectationFailed where the system is wrong, and an EvtbddError where
    nothing can be said.
    """

    def __init__(
        self,
        channels: ScenarioChannels,
        journal: Journal,
        witness: Witness,
        expect: Expectations,
    ) -> None:
        self._channels = channels
        self._journal = journal
        self._witness = witness
        self._expect = expect
        self._invisible: dict[tuple[str, tuple[str, Position]], float] = {}

    def holds(self, name: str, number: int, within: float | None, stays: float | None) -> None:
        """A queue holds so many events, and goes on to where that is said."""
        queue = Queue.of(self._channels, name)
        self._expect.settle(
            f"the queue {quoted(name)} to hold {counted(number, 'event')}",
            lambda: queue.holds(number),
            patience=self._expect.patience(within),
            stays=stays,
            every=EVERY,
        )

    def expires(self, pattern: Pattern, after: float | None) -> None:
        """The event leaves its queue because its time to live is over."""
        subject = self._subject(pattern)
        patience = self._expect.patience(None).seconds + (after or 0.0)
        expiry = Expiry(subject, pattern, after, Deadline.after(patience))
        expiry.wait(self._channels, self._journal, self._witness)

    def becomes_visible(self, channel: str, pattern: Pattern, after: float) -> None:
        """The event can be received again, so many seconds after it was received."""
        seen = self._visibility(channel, pattern)
        patience = self._expect.patience(None).seconds
        for _ in looks(Deadline.after(after + patience), EVERY_PEEK):
            if (sight := self._look(seen)) is not None:
                seen.judge(sight, after, patience, self._invisible.get(seen.place))
                return
        seen.read_up(self._witness, self._channels.deadline())
        raise seen.never_visible(after, self._channels.deadline())

    def stays_invisible(self, channel: str, pattern: Pattern, during: float) -> None:
        """The event cannot be received by anyone, and is there."""
        seen = self._visibility(channel, pattern)
        expected = seen.expected("stay invisible", f"during {duration(during)}")
        for _ in looks(self._expect.until(during), EVERY_PEEK):
            self._require_none(expected, seen)
        seen.read_up(self._witness, self._channels.deadline())
        self._require_none(expected, seen)
        if seen.hidden(self._channels.deadline()) == 0:
            raise Unproven(
                f"Nothing has contradicted this: {expected[0].lower()}{expected[1:]}. But the queue "
                f"tells of no event that is invisible, so it may have been deleted {seen.where}."
            )

    def _look(self, seen: Visibility) -> Sight | None:
        """The event where it is visible; else the moment is noted at which it was not."""
        began = time.time()
        sight = seen.sight(self._channels.deadline())
        if sight is None:
            self._invisible[seen.place] = began
        return sight

    def _require_none(self, expected: str, seen: Visibility) -> None:
        if (sight := self._look(seen)) is not None:
            raise ExpectationFailed(f"{expected}\nbut it was visible {sight} {seen.where}")

    def _subject(self, pattern: Pattern, besides: str | None = None) -> TheEvent:
        own_counts = not self._witness.health()
        return the_event(self._journal, pattern, own_counts=own_counts, besides=besides)

    def _visibility(self, name: str, pattern: Pattern) -> Visibility:
        channel = self._channels.get(name)
        seen = Visibility(channel, self._subject(pattern, name), pattern, self._journal)
        seen.require_alone(self._witness)
        return seen
