"""The group coordinator: all groups, their offsets, and the one timer for their deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evtbdd.clock import Clock
from evtbdd.embedded.kafka.alarm import Alarm
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.group import Group
from evtbdd.embedded.kafka.offsets import CommittedOffsets
from evtbdd.embedded.kafka.rebalance import State


@dataclass
class Entry:
    """A group and its offsets."""

    group: Group
    offsets: CommittedOffsets = field(default_factory=CommittedOffsets)


class Coordinator:
    """The groups by id."""

    def __init__(self, clock: Clock, initial_delay: float) -> None:
        self.alarm = Alarm(clock, self._deadline, self._expire)
        self._clock = clock
        self._initial_delay = initial_delay
        self._entries: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def now(self) -> float:
        """Seconds, on the clock that the groups go by."""
        return self._clock.now()

    def find(self, group_id: str) -> Entry | None:
        """The group of that id."""
        return self._entries.get(group_id)

    def member_of(self, group_id: str) -> Group:
        """The group of somebody who must be a member: raises `Refused` where there is no group."""
        entry = self._entries.get(group_id)
        if entry is None:
            raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
        return entry.group

    def joinable(self, group_id: str, known_member: bool) -> Entry:
        """The group to join, new where nobody claims to be in it already; raises `Refused`."""
        entry = self._entries.get(group_id)
        if entry is None and known_member:
            raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
        return entry or Entry(Group(group_id, self._initial_delay))

    def committable(
        self,
        group_id: str,
        generation: int,
        member_id: str,
        instance_id: str | None,
        transactional: bool = False,
    ) -> Entry:
        """The group whose offsets may be committed, perhaps not kept yet; raises `Refused`."""
        entry = self._entries.get(group_id)
        if entry is not None:
            entry.group.check_commit(generation, member_id, instance_id, transactional)
            entry.group.keep_alive(member_id, self.now())
            return entry
        if generation >= 0:
            raise Refused(ErrorCode.ILLEGAL_GENERATION)
        return Entry(Group(group_id, self._initial_delay))

    def keep(self, entry: Entry) -> None:
        """Keep a group from now on."""
        self._entries.setdefault(entry.group.id, entry)

    def delete(self, group_id: str) -> None:
        """Forget a group and its offsets; raises `Refused` where it has members, or is not there."""
        entry = self._entries.get(group_id)
        if entry is None:
            raise Refused(ErrorCode.GROUP_ID_NOT_FOUND)
        if entry.group.state is not State.EMPTY:
            raise Refused(ErrorCode.NON_EMPTY_GROUP)
        del self._entries[group_id]

    def forget_topic(self, topic: str) -> None:
        """Drop every group's offsets of a topic."""
        for entry in self._entries.values():
            entry.offsets.forget_topic(topic)

    def _deadline(self) -> float | None:
        moments = (entry.group.deadline() for entry in self._entries.values())
        return min((m for m in moments if m is not None), default=None)

    def _expire(self) -> None:
        for entry in self._entries.values():
            entry.group.expire(self.now())
