"""The topics of a Kafka: made, deleted, and what is known of their partitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event
from typing import Any

from kafka import errors as driver

from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.errors import translated
from evtbdd.brokers.kafka.metadata import Metadata, Topic
from evtbdd.brokers.kafka.nodes import ANY, Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan
from evtbdd.words import listed, quoted

LOOK = 0.005
"""Seconds between two looks whether topics are there, or gone."""


NOT_LED = (
    driver.NotLeaderForPartitionError,
    driver.LeaderNotAvailableError,
    driver.ReplicaNotAvailableError,
    driver.FencedLeaderEpochError,
    driver.UnknownLeaderEpochError,
    driver.UnknownTopicOrPartitionError,
    driver.UnknownBrokerIdError,
    driver.NodeNotReadyError,
)
"""Who was asked does not lead the partition, or cannot be reached: it is to be looked who does.

A new topic's leader may say so of itself for a moment.
"""


class Topics:
    """Creates, deletes and describes topics; remembers the partitions of those it has met."""

    def __init__(self, connection: Connection, nodes: Nodes) -> None:
        self._connection = connection
        self._nodes = nodes
        self._leaders: dict[str, Sequence[int]] = {}

    def create(self, plans: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create topics, all in one request; return when each partition has a leader.

        Raises BrokerError for the first that is refused, after having deleted the others.
        """
        doing = f"create {topics_named([plan.name for plan in plans])}"
        wanted = {plan.name: _creation(plan) for plan in plans}
        created = list(wanted.keys() - self._describe(doing, list(wanted), deadline).keys())
        try:
            answers = self._connection.tell(
                doing,
                deadline,
                lambda admin: admin.create_topics(
                    wanted, timeout_ms=_milliseconds(deadline), raise_errors=False
                )["topics"],
            )
            refused = [answer for answer in answers if answer["error_code"] != 0]
            created = [answer["name"] for answer in answers if answer["error_code"] == 0]
            # Also before some are deleted again: else they would be seen coming after they were gone.
            self._wait_until(lambda: self._are_led(doing, created, deadline), doing, deadline)
        except BrokerError:
            with suppress(BrokerError):
                # It may be the time that was too short: what is to be done yet gets its own.
                self.delete(created, Deadline.after(deadline.seconds))
            raise
        if refused:
            self.delete(created, deadline)
            name, error = refused[0]["name"], _error(refused[0])
            raise translated(error, self._connection.address, f"create the topic {quoted(name)}")

    def delete(self, names: Sequence[str], deadline: Deadline) -> None:
        """Delete topics, all in one request; return when the broker shows them no more.

        Those that are not there are ignored.
        """
        if not names:
            return
        doing = f"delete {topics_named(names)}"
        for name in names:
            self._leaders.pop(name, None)
        answers = self._connection.ask(
            doing,
            deadline,
            lambda admin: admin.delete_topics(
                list(names), timeout_ms=_milliseconds(deadline), raise_errors=False
            )["topics"],
        )
        ignored = (driver.NoError.errno, *(error.errno for error in _NOT_THERE))
        for answer in answers:
            if answer["error_code"] not in ignored:
                doing = f"delete the topic {quoted(answer['name'])}"
                raise translated(_error(answer), self._connection.address, doing)
        self._wait_until(lambda: not self._describe(doing, names, deadline), doing, deadline)

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every topic but for the internal ones (`__consumer_offsets` and its like)."""
        found = self._asked("list the topics", None, deadline)
        return [name for name, topic in found.items() if not topic.is_internal]

    def lanes(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The partitions of those topics that exist, as `0`, `1`, …"""
        leaders = self._describe(f"describe {topics_named(names)}", names, deadline)
        return {name: [str(lane) for lane in range(len(of))] for name, of in leaders.items()}

    def leaders(self, name: str, deadline: Deadline, *, anew: bool = False) -> Sequence[int]:
        """The node that leads each partition of a topic, -1 where none does; empty without topic.

        As it is remembered, or where that is no good any more as the broker says `anew`.
        """
        if anew or name not in self._leaders:
            self._describe(f"describe the topic {quoted(name)}", [name], deadline)
        return self._leaders.get(name, ())

    def partitions(self, names: Sequence[str], deadline: Deadline) -> Sequence[Partition]:
        """Every partition of these topics; BrokerError where one of them is not there."""
        unmet = [name for name in names if name not in self._leaders]
        missing = set(unmet) - self.lanes(unmet, deadline).keys()
        if missing:
            raise BrokerError(
                f"There is no topic {quoted(min(missing))} at {self._connection.address}."
            )
        return [
            Partition(name, lane)
            for name in names
            for lane in range(len(self._leaders.get(name, ())))
        ]

    def _describe(
        self, doing: str, names: Sequence[str], deadline: Deadline
    ) -> Mapping[str, Sequence[int]]:
        """The leaders of those topics that exist, remembered from now on."""
        if not names:
            return {}
        described = self._asked(doing, names, deadline)
        found = {name: topic.leaders for name, topic in described.items()}
        for name in set(names) - found.keys():
            self._leaders.pop(name, None)
        self._leaders.update(found)
        return found

    def _asked(
        self, doing: str, names: Sequence[str] | None, deadline: Deadline
    ) -> Mapping[str, Topic]:
        described = self._nodes.ask(doing, deadline, ANY, Metadata(names))
        self._nodes.know(described.nodes)
        return described.topics

    def _are_led(self, doing: str, names: Sequence[str], deadline: Deadline) -> bool:
        found = self._describe(doing, names, deadline)
        return found.keys() == set(names) and all(
            leaders and -1 not in leaders for leaders in found.values()
        )

    def _wait_until(self, done: Callable[[], bool], doing: str, deadline: Deadline) -> None:
        """A broker learns of what its controller did a little later."""
        never = Event()
        while not done():
            if deadline.expired():
                late = driver.KafkaTimeoutError("its metadata do not show it yet")
                raise translated(late, self._connection.address, doing)
            never.wait(LOOK)


_NOT_THERE = (driver.UnknownTopicOrPartitionError, driver.InvalidTopicError)


def topics_named(names: Sequence[str]) -> str:
    """`the topic "a"`, `the topics "a", "b", "c" and 7 more`."""
    shown = [quoted(name) for name in names[:3]]
    more = [f"{len(names) - 3} more"] if len(names) > 3 else []
    return f"the topic{'' if len(names) == 1 else 's'} {listed(shown + more)}"


def _creation(plan: ChannelPlan) -> Mapping[str, Any]:
    return {
        "num_partitions": plan.partitions,
        "replication_factor": int(plan.options.get("replication", "-1")),
        "configs": {
            name.removeprefix("config."): value
            for name, value in plan.options.items()
            if name.startswith("config.")
        },
    }


def _error(answer: Mapping[str, Any]) -> Exception:
    kind = driver.for_code(answer["error_code"])
    said = answer.get("error_message")
    error: Exception = kind(said.rstrip(".")) if said else kind()
    return error


def _milliseconds(deadline: Deadline) -> int:
    return max(1, int(deadline.remaining() * 1000))
