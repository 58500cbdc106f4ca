"""Where the events of a queue lie: SQS has no offsets, so they are counted as they are received."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from evtbdd.events import Position
from evtbdd.ports import Ends

_unseen = count(-(2**60))


def unseen(lane: str) -> Position:
    """A position that no reader ever gives: that of an event on a queue that nobody watches."""
    return Position(lane, next(_unseen))


@dataclass(slots=True)
class Numbers:
    """The numbers of one channel, by lane; they go on where the channel is watched again.

    Not for several threads: the reader's lock is around it.
    """

    lane: str
    _next: dict[str, int] = field(default_factory=dict)
    _given: dict[str, Position] = field(default_factory=dict)
    _promised: dict[str, Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next[self.lane] = 0

    @property
    def ends(self) -> Ends:
        """For each lane the number that is given next."""
        return dict(self._next)

    def given(self, message: str) -> Position | None:
        """The position of a message that was received, or to which one is promised."""
        return self._given.get(message)

    def receive(self, message: str, lane: str) -> Position | None:
        """The position of a message that has come; None where it has come before."""
        if message in self._promised:
            return self._promised.pop(message)
        if message in self._given:
            return None
        return self._give(message, lane)

    def promise(self, message: str, lane: str) -> Position:
        """A position for a message that was published, and will be received later, if at all."""
        if message not in self._given:
            self._promised[message] = self._give(message, lane)
        return self._given[message]

    def _give(self, message: str, lane: str) -> Position:
        number = self._next.get(lane, 0)
        self._next[lane] = number + 1
        self._given[message] = Position(lane, number)
        return self._given[message]

    def reached(self, ends: Ends, *, promised_too: bool) -> bool:
        """Whether all before these ends was given, and what was promised has come besides."""
        if any(self._next.get(lane, 0) < number for lane, number in ends.items()):
            return False
        return not promised_too or not any(
            position.number < ends.get(position.lane, 0) for position in self._promised.values()
        )
