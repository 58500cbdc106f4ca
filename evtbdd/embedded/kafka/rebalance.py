"""How a consumer group rebalances: from one generation of its members to the next.

States and rules follow Apache Kafka's `ClassicGroup` and `GroupMetadataManager`. Time is the caller's:
every call that needs it takes `now` in seconds, `deadline` says when `expire` has work to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from evtbdd.embedded.kafka.errors import ErrorCode
from evtbdd.embedded.kafka.members import Joined, Member, Synced


class State(Enum):
    """The states of a group, by the names that Kafka tells its clients."""

    EMPTY = "Empty"
    PREPARING = "PreparingRebalance"
    COMPLETING = "CompletingRebalance"
    STABLE = "Stable"


class Rebalance:
    """The members of a group and where their rebalance stands."""

    def __init__(self, group_id: str, initial_delay: float = 0.0) -> None:
        self.id = group_id
        self.state = State.EMPTY
        self.generation = 0
        self.protocol_type = ""
        self.protocol: str | None = None
        self.leader: str | None = None
        self.members: dict[str, Member] = {}
        self._initial_delay = initial_delay
        self._pending: dict[str, float] = {}  # ids given out, not yet joined; until when
        self._rebalance_ends: float | None = None
        self._initial_until: float | None = None
        self._initial_wait_left = 0.0
        self._unsynced: set[str] = set()

    def deadline(self) -> float | None:
        """When `expire` has something to do, None where nothing is awaited."""
        moments = [m.expires for m in self.members.values() if m.expires is not None]
        moments += self._pending.values()
        if self._rebalance_ends is not None:
            moments.append(self._rebalance_ends)
        return min(moments, default=None)

    def expire(self, now: float) -> None:
        """Do without whoever has not been heard of in time."""
        for member_id in [m for m, until in self._pending.items() if until <= now]:
            del self._pending[member_id]
        for member in [m for m in self.members.values() if m.expires and m.expires <= now]:
            self._remove(member, now)
        if self._rebalance_ends is not None and self._rebalance_ends <= now:
            self._rebalance_over(now)
        self._complete_when_all_joined(now)

    def _prepare(self, now: float, newcomer: bool = False) -> None:
        if self.state is State.PREPARING:
            if newcomer and self._initial_until is not None:
                self._extend_initial(now)
            return
        first = self.state is State.EMPTY
        self._reset_syncs(now)
        self.state = State.PREPARING
        patience = max(m.rebalance_timeout for m in self.members.values())
        self._rebalance_ends = now + patience
        if first and self._initial_delay > 0:
            self._initial_wait_left = patience
            self._extend_initial(now)

    def _extend_initial(self, now: float) -> None:
        """The first members wait for others, anew with each that comes, within the time allowed."""
        delay = min(self._initial_delay, self._initial_wait_left)
        if self._initial_until is not None:
            delay = min(delay, self._initial_wait_left - (self._initial_until - now))
        self._initial_wait_left -= max(0.0, delay)
        self._initial_until = now + max(0.0, delay)
        self._rebalance_ends = self._initial_until

    def _rebalance_over(self, now: float) -> None:
        self._initial_until = None
        if self.state is State.COMPLETING:
            self._rebalance_ends = None
            for member in [self.members[m] for m in self._unsynced if m in self.members]:
                self._remove(member, now)
        elif self.state is State.PREPARING:
            self._complete(now)

    def _complete_when_all_joined(self, now: float) -> None:
        if self.state is not State.PREPARING or self._initial_until is not None:
            return
        if not self._pending and all(m.answer_join for m in self.members.values()):
            self._complete(now)

    def _complete(self, now: float) -> None:
        """Begin the next generation with whoever has joined."""
        absent = [m for m in self.members.values() if not m.answer_join and m.instance_id is None]
        for member in absent:
            self._forget(member)
        joined = [m for m in self.members.values() if m.answer_join]
        if self.members and not joined:
            self._rebalance_ends = now + max(m.rebalance_timeout for m in self.members.values())
            return
        self.generation += 1
        self._rebalance_ends = None
        if not self.members:
            self._become_empty()
            return
        if self.leader not in {m.id for m in joined}:
            self.leader = joined[0].id
        self.state = State.COMPLETING
        self.protocol = self._elected()
        self._unsynced = set(self.members)
        self._rebalance_ends = now + max(m.rebalance_timeout for m in self.members.values())
        for member in self.members.values():
            self._heard_of(member, now)
        for member in joined:
            member.give_joined(self._joined(member))

    def _assign(self, assignments: Mapping[str, bytes], now: float) -> None:
        self.state = State.STABLE
        self._rebalance_ends = None
        self._unsynced = set()
        for member in self.members.values():
            member.assignment = assignments.get(member.id, b"")
        for member in list(self.members.values()):
            if member.answer_sync:
                self._heard_of(member, now)
                member.give_synced(self._synced(member))

    def _reset_syncs(self, now: float) -> None:
        self._unsynced = set()
        for member in self.members.values():
            if member.answer_sync:
                self._heard_of(member, now)
            member.give_synced(Synced(ErrorCode.REBALANCE_IN_PROGRESS))

    def _remove(self, member: Member, now: float) -> None:
        self._forget(member)
        if self.state in (State.STABLE, State.COMPLETING):
            if self.members:
                self._prepare(now)
            else:
                self.generation += 1
                self._become_empty()
        elif self.state is State.PREPARING and not self.members and self._initial_until is None:
            self.generation += 1
            self._become_empty()
        self._complete_when_all_joined(now)

    def _forget(self, member: Member) -> None:
        self.members.pop(member.id, None)
        self._unsynced.discard(member.id)
        member.give_joined(Joined(ErrorCode.UNKNOWN_MEMBER_ID, member.id))
        member.give_synced(Synced(ErrorCode.UNKNOWN_MEMBER_ID))
        if self.leader == member.id:
            self.leader = next(iter(self.members), None)

    def _become_empty(self) -> None:
        self.state = State.EMPTY
        self.protocol = None
        self.leader = None
        self._rebalance_ends = None
        self._initial_until = None

    def _elected(self) -> str:
        """The assignor that all know and most prefer; of equals, the one known longest."""
        common = common_protocols(self.members.values())
        votes = [next(n for n in m.names() if n in common) for m in self.members.values()]
        return max(votes, key=votes.count)

    def _heard_of(self, member: Member, now: float) -> None:
        member.expires = now + member.session_timeout

    def _joined(self, member: Member) -> Joined:
        leader = self.leader or ""
        everyone = tuple(
            (m.id, m.instance_id, m.metadata(self.protocol)) for m in self.members.values()
        )
        return Joined(
            ErrorCode.NONE,
            member.id,
            self.generation,
            self.protocol_type,
            self.protocol,
            leader,
            members=everyone if member.id == leader else (),
        )

    def _synced(self, member: Member) -> Synced:
        return Synced(ErrorCode.NONE, self.protocol_type, self.protocol, member.assignment)


def common_protocols(members: Iterable[Member]) -> set[str]:
    """The assignors that all of them know; there must be at least one member."""
    known = [set(member.names()) for member in members]
    return known[0].intersection(*known[1:])
