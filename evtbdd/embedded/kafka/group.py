"""The classic consumer group protocol: one group, as a state machine without input or output.

States and rules follow Apache Kafka's `ClassicGroup` and `GroupMetadataManager`. Time is the caller's:
every call that needs it takes `now` in seconds, `deadline` says when `expire` has work to do.
Answers that have to wait are given through the callbacks that came with the request.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum

from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.members import AnswerJoin, AnswerSync, Joined, Joining, Member, Synced


class State(Enum):
    """The states of a group, by the names that Kafka tells its clients."""

    EMPTY = "Empty"
    PREPARING = "PreparingRebalance"
    COMPLETING = "CompletingRebalance"
    STABLE = "Stable"


class Group:
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

    # What a member asks for

    def join(self, joining: Joining, answer: AnswerJoin, now: float) -> None:
        """Let a member in, or in again; raises `Refused` where it may not."""
        self._check_protocols(joining)
        if joining.member_id in self._pending or not joining.member_id:
            self._join_new(joining, answer, now)
        else:
            self._rejoin(self.member(joining.member_id, joining.instance_id), joining, answer, now)
        self._complete_when_all_joined(now)

    def sync(
        self,
        member: Member,
        generation: int,
        assignments: Mapping[str, bytes],
        answer: AnswerSync,
        now: float,
    ) -> None:
        """Take the leader's assignments, and give a member its own; raises `Refused`."""
        self._check_generation(generation)
        if self.state is State.PREPARING:
            raise Refused(ErrorCode.REBALANCE_IN_PROGRESS)
        if self.state is State.EMPTY:
            raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
        self._unsynced.discard(member.id)
        if self.state is State.STABLE:
            self._heard_of(member, now)
            answer(self._synced(member))
            return
        member.give_synced(Synced(ErrorCode.REBALANCE_IN_PROGRESS))
        member.answer_sync = answer
        member.expires = None
        if member.id == self.leader:
            self._assign(assignments, now)

    def heartbeat(self, member: Member, generation: int, now: float) -> None:
        """Keep a member alive; raises `Refused` where it has to do something."""
        self._check_generation(generation)
        self._heard_of(member, now)
        if self.state is State.PREPARING:
            raise Refused(ErrorCode.REBALANCE_IN_PROGRESS)

    def leave(self, member_id: str, instance_id: str | None, now: float) -> str:
        """Let a member go; its id. Raises `Refused` where it is none."""
        if instance_id is None and self._pending.pop(member_id, None) is not None:
            self._complete_when_all_joined(now)
            return member_id
        if instance_id is not None and not member_id:
            member_id = self._static(instance_id) or ""
        member = self.member(member_id, instance_id)
        self._remove(member, now)
        return member.id

    def member(self, member_id: str, instance_id: str | None = None) -> Member:
        """The member of that id; raises `Refused` with UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID."""
        if instance_id is not None:
            owner = self._static(instance_id)
            if owner is None:
                raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
            if owner != member_id:
                raise Refused(ErrorCode.FENCED_INSTANCE_ID)
        member = self.members.get(member_id)
        if member is None:
            raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
        return member

    def check_commit(
        self, generation: int, member_id: str, instance_id: str | None, transactional: bool
    ) -> None:
        """Raise `Refused` where these offsets may not be committed."""
        if generation >= 0 or member_id or instance_id is not None:
            self.member(member_id, instance_id)
            self._check_generation(generation)
        elif self.state is not State.EMPTY:
            raise Refused(ErrorCode.UNKNOWN_MEMBER_ID)
        if self.state is State.COMPLETING and not transactional:
            raise Refused(ErrorCode.REBALANCE_IN_PROGRESS)

    def keep_alive(self, member_id: str, now: float) -> None:
        """Count anything else that a member does as a sign of life."""
        member = self.members.get(member_id)
        if member:
            self._heard_of(member, now)

    # Time

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

    # Joining

    def _join_new(self, joining: Joining, answer: AnswerJoin, now: float) -> None:
        member_id = (
            joining.member_id or f"{joining.instance_id or joining.client_id}-{uuid.uuid4()}"
        )
        if joining.instance_id is not None:
            former = self._static(joining.instance_id)
            if former is not None:
                self._replace(former, member_id, joining, answer, now)
                return
        elif not joining.member_id and joining.member_id_required:
            self._pending[member_id] = now + joining.session_timeout
            answer(Joined(ErrorCode.MEMBER_ID_REQUIRED, member_id))
            return
        self._pending.pop(member_id, None)
        member = Member(
            member_id,
            joining.instance_id,
            joining.client_id,
            joining.client_host,
            joining.protocols,
            joining.session_timeout,
            joining.rebalance_timeout,
        )
        if not self.members:
            self.protocol_type = joining.protocol_type
        self.members[member_id] = member
        if self.leader is None:
            self.leader = member_id
        self._await_join(member, answer)
        self._prepare(now, newcomer=True)

    def _rejoin(self, member: Member, joining: Joining, answer: AnswerJoin, now: float) -> None:
        same = member.protocols == joining.protocols
        leads = member.id == self.leader
        self._update(member, joining)
        if same and (self.state is State.COMPLETING or (self.state is State.STABLE and not leads)):
            self._heard_of(member, now)
            answer(self._joined(member))
            return
        self._await_join(member, answer)
        self._prepare(now)

    def _replace(
        self, former: str, member_id: str, joining: Joining, answer: AnswerJoin, now: float
    ) -> None:
        """A static member came back: the new process takes the place of the old one."""
        member = self.members.pop(former)
        fenced = ErrorCode.FENCED_INSTANCE_ID
        member.give_joined(Joined(fenced, former))
        member.give_synced(Synced(fenced))
        member.id = member_id
        self.members[member_id] = member
        former_leader = self.leader
        if self.leader == former:
            self.leader = member_id
        if former in self._unsynced:
            self._unsynced.remove(former)
            self._unsynced.add(member_id)
        self._update(member, joining)
        if self.state is State.STABLE and self._elected() == self.protocol:
            self._heard_of(member, now)
            answer(self._rejoined_static(member, former_leader or "", joining.may_skip_assignment))
            return
        self._await_join(member, answer)
        self._prepare(now)

    def _rejoined_static(self, member: Member, former_leader: str, may_skip: bool) -> Joined:
        """Before JoinGroup v9 a leader that came back is told that another leads: it must not assign."""
        leads = member.id == self.leader
        answer = self._joined(member)
        if leads and may_skip:
            return replace(answer, skip_assignment=True)
        return replace(answer, leader=former_leader, members=()) if leads else answer

    def _update(self, member: Member, joining: Joining) -> None:
        member.protocols = joining.protocols
        member.session_timeout = joining.session_timeout
        member.rebalance_timeout = joining.rebalance_timeout
        member.client_id = joining.client_id
        member.client_host = joining.client_host

    def _await_join(self, member: Member, answer: AnswerJoin) -> None:
        member.give_joined(
            Joined(ErrorCode.UNKNOWN_MEMBER_ID, member.id)
        )  # an earlier connection's
        member.answer_join = answer
        member.expires = None

    # Rebalancing

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

    # Small questions

    def _check_protocols(self, joining: Joining) -> None:
        names = {name for name, _ in joining.protocols}
        others = [m for m in self.members.values() if m.id != joining.member_id]
        if not joining.protocol_type or not names:
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if self.members and joining.protocol_type != self.protocol_type:
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if others and not names & _common(others):
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)

    def check_protocol(self, protocol_type: str | None, protocol: str | None) -> None:
        """Raise `Refused` where a member that syncs has another protocol in mind than the group."""
        if (protocol_type is not None and protocol_type != self.protocol_type) or (
            protocol is not None and protocol != self.protocol
        ):
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)

    def _check_generation(self, generation: int) -> None:
        if generation != self.generation:
            raise Refused(ErrorCode.ILLEGAL_GENERATION)

    def _elected(self) -> str:
        """The assignor that all know and most prefer; of equals, the one known longest."""
        common = _common(self.members.values())
        votes = [next(n for n in m.names() if n in common) for m in self.members.values()]
        return max(votes, key=votes.count)

    def _static(self, instance_id: str) -> str | None:
        return next((m.id for m in self.members.values() if m.instance_id == instance_id), None)

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


def _common(members: Iterable[Member]) -> set[str]:
    """The assignors that all of them know; there must be at least one member."""
    known = [set(member.names()) for member in members]
    return known[0].intersection(*known[1:])
