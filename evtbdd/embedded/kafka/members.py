"""A member of a consumer group, and the two answers it may be waiting for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from evtbdd.embedded.kafka.errors import ErrorCode

Protocols = tuple[tuple[str, bytes], ...]
"""Names of assignors in the member's order of preference, each with the member's metadata."""


@dataclass(frozen=True, slots=True)
class Joining:
    """What a member says when it joins; times in seconds."""

    member_id: str
    instance_id: str | None
    client_id: str
    client_host: str
    protocol_type: str
    protocols: Protocols
    session_timeout: float
    rebalance_timeout: float
    member_id_required: bool
    may_skip_assignment: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """The answer to a join; `members` (id, instance, metadata) goes to the leader only."""

    error: ErrorCode
    member_id: str
    generation: int = -1
    protocol_type: str | None = None
    protocol: str | None = None
    leader: str = ""
    skip_assignment: bool = False
    members: tuple[tuple[str, str | None, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Synced:
    """The answer to a sync."""

    error: ErrorCode
    protocol_type: str | None = None
    protocol: str | None = None
    assignment: bytes = b""


AnswerJoin = Callable[[Joined], None]
AnswerSync = Callable[[Synced], None]


@dataclass
class Member:
    """A member; `expires` is the moment by which it must have been heard of, None while it waits."""

    id: str
    instance_id: str | None
    client_id: str
    client_host: str
    protocols: Protocols
    session_timeout: float
    rebalance_timeout: float
    expires: float | None = None
    assignment: bytes = b""
    answer_join: AnswerJoin | None = field(default=None, repr=False)
    answer_sync: AnswerSync | None = field(default=None, repr=False)

    @property
    def waits(self) -> bool:
        """Whether an answer is owed to it, which keeps it alive."""
        return self.answer_join is not None or self.answer_sync is not None

    def metadata(self, protocol: str | None) -> bytes:
        """Its metadata for an assignor."""
        return dict(self.protocols).get(protocol or "", b"")

    def names(self) -> list[str]:
        """The assignors it knows, best first."""
        return [name for name, _ in self.protocols]

    def give_joined(self, answer: Joined) -> None:
        """Answer its join, if it waits for that."""
        waiting, self.answer_join = self.answer_join, None
        if waiting:
            waiting(answer)

    def give_synced(self, answer: Synced) -> None:
        """Answer its sync, if it waits for that."""
        waiting, self.answer_sync = self.answer_sync, None
        if waiting:
            waiting(answer)
