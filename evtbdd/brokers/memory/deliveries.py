"""Events in memory handed to consumers in this process, one after another, until each is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Condition, RLock

from evtbdd.events import Record
from evtbdd.ports import Ends


class MemoryDelivery:
    """What a group is handed: records of its channels in the order in which they were stored.

    What is stored while nobody takes is kept. Any thread may call anything.
    """

    def __init__(
        self, changed: Condition, channels: Collection[str], stored: Iterable[Record]
    ) -> None:
        self._changed = changed
        self._channels = frozenset(channels)
        self._waiting = deque(stored)
        self._in_hand: Record | None = None
        self._open = True

    def take(self) -> Record | None:
        """The next record, as soon as there is one; None once it is closed.

        It counts as the group's own until `done` is called with it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            self._in_hand = self._waiting.popleft() if self._open else None
            return self._in_hand

    def done(self, record: Record) -> None:
        """Acknowledge what was taken; one that was forgotten meanwhile is ignored."""
        with self._changed:
            if self._in_hand is record:
                self._in_hand = None
            self._changed.notify_all()

    def close(self) -> None:
        """Hand over nothing more, until it is opened again; what is in hand is not acknowledged."""
        with self._changed:
            self._open = False
            if self._in_hand is not None:
                self._waiting.appendleft(self._in_hand)
                self._in_hand = None
            self._changed.notify_all()

    def reopen(self) -> None:
        """Go on with what is waiting."""
        with self._changed:
            self._open = True

    def offer(self, record: Record) -> None:
        """Take note of a record that was stored."""
        if record.channel in self._channels:
            self._waiting.append(record)

    def drop(self, channels: Collection[str]) -> None:
        """Forget what waits on channels that are deleted."""
        self._waiting = deque(each for each in self._waiting if each.channel not in channels)

    @property
    def at_rest(self) -> bool:
        """Whether all is done that was stored."""
        return not self._waiting and self._in_hand is None

    def undone(self, channel: str, lane: str) -> int | None:
        """The number of the first record of a lane that is not done; None where all are."""
        held = [*([] if self._in_hand is None else [self._in_hand]), *self._waiting]
        numbers = [
            each.position.number
            for each in held
            if each.channel == channel and each.position.lane == lane
        ]
        return min(numbers, default=None)


class Deliveries:
    """The groups of a broker in memory; under the broker's lock."""

    def __init__(self, lock: RLock) -> None:
        self._changed = Condition(lock)
        self._groups: dict[str, MemoryDelivery] = {}

    def open(
        self, group: str, channels: Collection[str], stored: Callable[[], Iterable[Record]]
    ) -> MemoryDelivery:
        """That of a group: it goes on where it stood, or begins with what `stored` gives."""
        with self._changed:
            if group in self._groups:
                self._groups[group].reopen()
            else:
                self._groups[group] = MemoryDelivery(self._changed, channels, stored())
            return self._groups[group]

    def forget(self, group: str) -> None:
        """Hand a group nothing more, ever."""
        with self._changed:
            delivery = self._groups.pop(group, None)
            if delivery is not None:
                delivery.close()

    def offer(self, record: Record) -> None:
        """Take note of a record that was stored."""
        for each in self._groups.values():
            each.offer(record)
        self._changed.notify_all()

    def drop(self, channels: Collection[str]) -> None:
        """Forget what waits on channels that are deleted."""
        for each in self._groups.values():
            each.drop(channels)

    def at_rest(self) -> bool:
        """Whether every group is done with all that was stored."""
        with self._changed:
            return all(each.at_rest for each in self._groups.values())

    def committed(
        self, group: str, lanes: Mapping[str, Collection[str]], ends: Mapping[str, Ends]
    ) -> Mapping[str, Ends]:
        """For each lane the number of the first record that a group is not done with."""
        delivery = self._groups.get(group)
        if delivery is None:
            return {}
        found: dict[str, dict[str, int]] = {}
        for channel, of_channel in lanes.items():
            for lane in of_channel:
                undone = delivery.undone(channel, lane)
                end = ends[channel][lane]
                found.setdefault(channel, {})[lane] = end if undone is None else undone
        return found

    def close(self) -> None:
        """Hand nobody anything more."""
        with self._changed:
            for each in self._groups.values():
                each.close()
            self._groups.clear()
