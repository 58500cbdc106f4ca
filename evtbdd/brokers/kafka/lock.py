"""Channels that one run holds: by a consumer group for each topic, of which it is the only member.

Membership dies with its holder: a broker lets it go when it has not heard of a member for as long as
its session lasts. Whoever wants a topic looks whether somebody is in its group, joins, and looks
again: of two who have both joined at least one, the later one, sees the other, and gives way.
(JoinGroup, SyncGroup, Heartbeat, LeaveGroup: https://kafka.apache.org/protocol)
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.group_link import Lost
from evtbdd.brokers.kafka.membership import Membership, Refused
from evtbdd.brokers.kafka.subscriptions import KafkaSubscriptions
from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.words import duration, listed, quoted

PREFIX = "evtbdd-shared-"
"""Of the group that stands for a topic: the same for all runs, whatever their own prefix."""

PAUSE = 0.1
"""Seconds between two looks whether a topic has become free."""

JOINING = 30.0
"""Seconds in which a group must have let a member in: a broker may wait for more to come first."""

ANSWERING = 5.0
"""Seconds that a broker has at the least to tell who is in the groups."""

LEAVING = 2.0
"""Seconds in which we say that we have gone."""

BEATS = 4
"""Signs of life within one session."""


class KafkaLock:
    """The Lock of a Kafka; a thread tells the broker that it lives."""

    def __init__(
        self,
        memberships: Mapping[str, Membership],
        subscriptions: KafkaSubscriptions,
        clock: Clock = MONOTONIC,
    ) -> None:
        self._memberships = memberships
        self._subscriptions = subscriptions
        self._clock = clock
        self._ending = threading.Event()
        self._lost: str | None = None
        self._heard = {topic: clock.now() for topic in memberships}
        self._thread = threading.Thread(target=self._beat, name="evtbdd kafka lock", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> str | None:
        """Why another run may have the topics meanwhile."""
        return self._lost

    def release(self, deadline: Deadline) -> None:
        """Leave the groups, and remove them."""
        self._ending.set()
        self._thread.join(deadline.remaining())
        leave(self._memberships.values())
        self._subscriptions.forget([each.group for each in self._memberships.values()], deadline)

    def _beat(self) -> None:
        session = min(each.session for each in self._memberships.values())
        while not self._ending.wait(session / BEATS):
            for topic, membership in self._memberships.items():
                if self._lost is None:
                    self._lost = self._kept(topic, membership)

    def _kept(self, topic: str, membership: Membership) -> str | None:
        """Why a topic is not held any more; None while it is."""
        try:
            membership.beat(Deadline.after(membership.session / BEATS))
        except Refused as refused:
            return f"the topic {quoted(topic)} was given to others ({refused})"
        except Lost as lost:
            silent = self._clock.now() - self._heard[topic]
            if silent > membership.session:
                return (
                    f"the broker was not reached for {duration(round(silent, 1))}, so the topic "
                    f"{quoted(topic)} is not held any more ({lost})"
                )
        else:
            self._heard[topic] = self._clock.now()
        return None


def locked(
    address: str,
    access: Access,
    subscriptions: KafkaSubscriptions,
    topics: Sequence[str],
    holder: str,
    deadline: Deadline,
) -> KafkaLock:
    """Hold topics. Raises BrokerError where somebody else does, or the broker does not let us."""
    memberships = {
        topic: Membership(f"{PREFIX}{topic}", address, access, holder) for topic in topics
    }
    try:
        _wait_until_free(address, memberships, deadline)
        _join(address, memberships)
        _require_alone(address, memberships, deadline)
    except BaseException:
        leave(memberships.values())
        raise
    return KafkaLock(memberships, subscriptions)


def _wait_until_free(
    address: str, memberships: Mapping[str, Membership], deadline: Deadline
) -> None:
    never = threading.Event()
    while True:
        taken = _others(address, memberships, deadline)
        if not taken:
            return
        if deadline.expired():
            raise BrokerError(
                f"{_taken(address, taken)} (waited {duration(deadline.seconds)}: a run that was "
                "killed holds them until the broker has missed it for as long as its session lasts)."
            )
        never.wait(min(PAUSE, max(0.001, deadline.remaining())))


def _join(address: str, memberships: Mapping[str, Membership]) -> None:
    """Join all groups at the same time: each may take as long as a broker waits for more members."""
    deadline = Deadline.after(JOINING)
    try:
        waiting = list(memberships.values())
        while waiting:
            for each in waiting:
                each.ask_in(deadline)
            waiting = [each for each in waiting if not each.is_let_in(deadline)]
        for each in memberships.values():
            each.settle(deadline)
    except Lost as lost:
        raise BrokerUnavailable(
            f"Kafka at {address} could not hold topics for us: {lost}."
        ) from lost
    except Refused as refused:
        raise BrokerError(
            f"Kafka at {address} does not hold topics for us: {refused}."
        ) from refused


def _require_alone(address: str, memberships: Mapping[str, Membership], deadline: Deadline) -> None:
    taken = _others(address, memberships, deadline)
    if taken:
        raise BrokerError(
            f"{_taken(address, taken)}, which has begun at the same moment as this one."
        )


def _others(
    address: str, memberships: Mapping[str, Membership], deadline: Deadline
) -> Mapping[str, Sequence[str]]:
    """Those who are in the groups beside us, by topic; the deadline is that of waiting for them."""
    deadline = Deadline.after(max(ANSWERING, deadline.remaining()))
    try:
        found = {topic: each.others(deadline) for topic, each in memberships.items()}
    except Lost as lost:
        raise BrokerUnavailable(
            f"Kafka at {address} could not tell who holds topics: {lost}."
        ) from lost
    except Refused as refused:
        raise BrokerError(
            f"Kafka at {address} does not tell who holds topics: {refused}."
        ) from refused
    return {topic: others for topic, others in found.items() if others}


def _taken(address: str, taken: Mapping[str, Sequence[str]]) -> str:
    names = listed(map(quoted, sorted(taken)))
    holders = listed(sorted({each for others in taken.values() for each in others}))
    topics = "The topic" if len(taken) == 1 else "The topics"
    uses = "is" if len(taken) == 1 else "are"
    return f"{topics} {names} at {address} {uses} used by another run just now, {holders}"


def leave(memberships: Iterable[Membership]) -> None:
    """Leave all groups; where that fails, the broker will miss us soon."""
    deadline = Deadline.after(LEAVING)
    for each in memberships:
        with suppress(Lost, Refused):
            each.leave(deadline)
        each.close()
