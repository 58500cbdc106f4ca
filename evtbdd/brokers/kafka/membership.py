"""Being a member of a consumer group that consumes nothing (the classic protocol of groups)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from kafka import errors as driver
from kafka.protocol.admin import DescribeGroupsRequest
from kafka.protocol.consumer import (
    HeartbeatRequest,
    JoinGroupRequest,
    LeaveGroupRequest,
    SyncGroupRequest,
)
from kafka.protocol.metadata import FindCoordinatorRequest

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.group_link import GroupLink, Lost
from evtbdd.brokers.kafka.probe import host_and_port
from evtbdd.clock import Deadline
from evtbdd.words import quoted

SESSIONS = (3.0, 6.0, 10.0, 30.0, 60.0)
"""Seconds after which a broker may miss us; it refuses what is too short for it."""

KIND, PROTOCOL = "evtbdd", "lock"
PAUSE = 0.02
NOT_YET = (
    driver.CoordinatorNotAvailableError.errno,
    driver.CoordinatorLoadInProgressError.errno,
    driver.NotCoordinatorError.errno,
)
"""Another broker is, or will be, the one that knows the group."""

JOIN_AGAIN = (
    driver.RebalanceInProgressError.errno,
    driver.IllegalGenerationError.errno,
)


class Refused(Exception):
    """The broker does not let us; the text is a clause."""


class Membership:
    """One group. Every method raises Lost, where it may be tried again, or Refused."""

    def __init__(self, group: str, address: str, access: Access, client_id: str) -> None:
        self.group = group
        self._address = address
        self._access = access
        self._client_id = client_id
        self._link: GroupLink | None = None
        self._sessions = list(SESSIONS)
        self._member = ""
        self._generation = -1

    @property
    def session(self) -> float:
        """Seconds after which the broker may miss us."""
        return self._sessions[0]

    def others(self, deadline: Deadline) -> Sequence[str]:
        """Who is in the group beside us, by their client ids."""
        request = DescribeGroupsRequest(groups=[self.group], version=1)
        (group,) = self._asked(request, deadline, lambda answer: answer.groups[0].error_code).groups
        return [each.client_id for each in group.members if each.member_id != self._member]

    def ask_in(self, deadline: Deadline) -> None:
        """Ask to be let in, or to stay when others have come; answered once all have asked."""
        protocol = JoinGroupRequest.JoinGroupRequestProtocol(name=PROTOCOL, metadata=b"")
        milliseconds = int(self.session * 1000)
        self._linked(deadline).send(
            JoinGroupRequest(
                group_id=self.group,
                session_timeout_ms=milliseconds,
                rebalance_timeout_ms=milliseconds,
                member_id=self._member,
                protocol_type=KIND,
                protocols=[protocol],
                version=3,
            ),
            deadline,
        )

    def is_let_in(self, deadline: Deadline) -> bool:
        """Whether it was; else it must be asked again."""
        answer = self._received(deadline)
        if answer.error_code == driver.InvalidSessionTimeoutError.errno and self._sessions[1:]:
            del self._sessions[0]
            return False
        if answer.error_code in NOT_YET:
            self._look_elsewhere(deadline)
            return False
        self._require(answer.error_code)
        self._member, self._generation = answer.member_id, answer.generation_id
        return True

    def settle(self, deadline: Deadline) -> None:
        """Say who is to do what, which is nothing: only then the group is complete."""
        request = SyncGroupRequest(
            group_id=self.group,
            generation_id=self._generation,
            member_id=self._member,
            assignments=[],
            version=1,
        )
        answer = self._linked(deadline).ask(request, deadline)
        if answer.error_code in JOIN_AGAIN:
            self._join_again(deadline)
        else:
            self._require(answer.error_code)

    def beat(self, deadline: Deadline) -> None:
        """Have the broker know that we live."""
        request = HeartbeatRequest(
            group_id=self.group,
            generation_id=self._generation,
            member_id=self._member,
            version=1,
        )
        try:
            answer = self._linked(deadline).ask(request, deadline)
        except Lost:
            self.close()
            raise
        if answer.error_code in NOT_YET:
            self.close()
            raise Lost(f"no broker knows the group {quoted(self.group)} just now")
        if answer.error_code in JOIN_AGAIN:
            self._join_again(deadline)
        else:
            self._require(answer.error_code)

    def leave(self, deadline: Deadline) -> None:
        """Be no member any more; nothing where we are none."""
        if self._member and self._link is not None:
            request = LeaveGroupRequest(group_id=self.group, member_id=self._member, version=1)
            self._member = ""
            self._link.ask(request, deadline)

    def close(self) -> None:
        """Close the connection; we are a member until the session is over, or longer if it is opened."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _join_again(self, deadline: Deadline) -> None:
        """Others have come or gone: all that stay must say so."""
        self.ask_in(deadline)
        while not self.is_let_in(deadline):
            self.ask_in(deadline)
        self.settle(deadline)

    def _asked(self, request: object, deadline: Deadline, error: Any) -> Any:
        while True:
            answer = self._linked(deadline).ask(request, deadline)
            if error(answer) not in NOT_YET:
                self._require(error(answer))
                return answer
            self._look_elsewhere(deadline)

    def _received(self, deadline: Deadline) -> Any:
        if self._link is None:
            raise Lost("the connection was closed")
        return self._link.receive(deadline)

    def _look_elsewhere(self, deadline: Deadline) -> None:
        self.close()
        if deadline.expired():
            raise Lost(f"no broker knows the group {quoted(self.group)}")
        threading.Event().wait(PAUSE)

    def _linked(self, deadline: Deadline) -> GroupLink:
        """A connection to the broker that knows the group."""
        while self._link is None:
            first = self._any_broker(deadline)
            try:
                request = FindCoordinatorRequest(key=self.group, key_type=0, version=1)
                answer = first.ask(request, deadline)
            finally:
                first.close()
            if answer.error_code == 0:
                self._link = GroupLink(
                    answer.host, answer.port, self._access, self._client_id, deadline
                )
            elif answer.error_code in NOT_YET and not deadline.expired():
                threading.Event().wait(PAUSE)
            else:
                self._require(answer.error_code)
        return self._link

    def _any_broker(self, deadline: Deadline) -> GroupLink:
        causes = []
        for one in self._address.split(","):
            host, port = host_and_port(one.strip())
            try:
                return GroupLink(host, port, self._access, self._client_id, deadline)
            except Lost as lost:
                causes.append(str(lost))
        raise Lost("; ".join(causes))

    def _require(self, code: int) -> None:
        if code == 0:
            return
        error = driver.for_code(code)
        if error is driver.UnknownMemberIdError:
            raise Refused("it has missed us for longer than our session lasts")
        if error is driver.GroupAuthorizationFailedError:
            raise Refused(f"the user may not join the group {quoted(self.group)}")
        raise Refused(f"the group {quoted(self.group)}: {error.__name__}")
