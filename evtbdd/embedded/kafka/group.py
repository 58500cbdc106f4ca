"""The classic consumer group protocol: what members of a group ask for.

A state machine without input or output; answers that have to wait are given through the callbacks
that came with the request. Times are the caller's, in seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.members import AnswerJoin, AnswerSync, Joined, Joining, Member, Synced
from evtbdd.embedded.kafka.rebalance import Rebalance, State, common_protocols


class Group(Rebalance):
    """One consumer group."""

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

    def _check_protocols(self, joining: Joining) -> None:
        names = {name for name, _ in joining.protocols}
        others = [m for m in self.members.values() if m.id != joining.member_id]
        if not joining.protocol_type or not names:
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if self.members and joining.protocol_type != self.protocol_type:
            raise Refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if others and not names & common_protocols(others):
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

    def _static(self, instance_id: str) -> str | None:
        return next((m.id for m in self.members.values() if m.instance_id == instance_id), None)
