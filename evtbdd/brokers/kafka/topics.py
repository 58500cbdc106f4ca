"""The topics of a Kafka: made, deleted, and what is known of their partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka import errors as driver

from evtbdd.brokers.kafka.administration import Administration
from evtbdd.brokers.kafka.errors import translated
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan
from evtbdd.words import listed, quoted

LOOK = 0.005
"""Seconds between two looks whether new topics have leaders."""


class Topics:
    """Creates, deletes and describes topics; remembers the partitions of those it has met."""

    def __init__(self, administration: Administration) -> None:
        self._administration = administration
        self._partitions: dict[str, int] = {}

    def create(self, plans: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create topics, all in one request; return when each partition has a leader.

        Raises BrokerError for the first that is refused, after having deleted the others.
        """
        doing = f"create {topics_named([plan.name for plan in plans])}"
        wanted = {plan.name: _creation(plan) for plan in plans}
        answers = self._administration.ask(
            doing,
            deadline,
            lambda admin: admin.create_topics(
                wanted, timeout_ms=_milliseconds(deadline), raise_errors=False
            )["topics"],
            repeatable=False,
        )
        refused = [answer for answer in answers if answer["error_code"] != 0]
        if refused:
            created = [answer["name"] for answer in answers if answer["error_code"] == 0]
            self.delete(created, deadline)
            name, error = refused[0]["name"], _error(refused[0])
            raise translated(
                error, self._administration.address, f"create the topic {quoted(name)}"
            )
        self._wait_for_leaders(doing, list(wanted), deadline)
        self._partitions.update({plan.name: plan.partitions for plan in plans})

    def delete(self, names: Sequence[str], deadline: Deadline) -> None:
        """Delete topics, all in one request; those that are not there are ignored."""
        if not names:
            return
        for name in names:
            self._partitions.pop(name, None)
        answers = self._administration.ask(
            f"delete {topics_named(names)}",
            deadline,
            lambda admin: admin.delete_topics(
                list(names), timeout_ms=_milliseconds(deadline), raise_errors=False
            )["topics"],
        )
        ignored = (driver.NoError.errno, *(error.errno for error in _NOT_THERE))
        for answer in answers:
            if answer["error_code"] not in ignored:
                doing = f"delete the topic {quoted(answer['name'])}"
                raise translated(_error(answer), self._administration.address, doing)

    def lanes(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The partitions of those topics that exist, as `0`, `1`, …"""
        if not names:
            return {}
        described = self._administration.ask(
            f"describe {topics_named(names)}",
            deadline,
            lambda admin: admin.describe_topics(list(names)),
        )
        found = {
            topic["name"]: len(topic["partitions"])
            for topic in described
            if topic["error_code"] == 0
        }
        self._partitions.update(found)
        for name in set(names) - found.keys():
            self._partitions.pop(name, None)
        return {name: [str(lane) for lane in range(count)] for name, count in found.items()}

    def exists(self, name: str, deadline: Deadline) -> bool:
        """Whether a topic is there now, whatever is remembered of it."""
        return name in self.lanes([name], deadline)

    def known(self, name: str) -> bool:
        """Whether it has been met, and not been deleted here since."""
        return name in self._partitions

    def partitions(self, names: Sequence[str], deadline: Deadline) -> Sequence[TopicPartition]:
        """Every partition of these topics; BrokerError where one of them is not there."""
        unmet = [name for name in names if name not in self._partitions]
        missing = set(unmet) - self.lanes(unmet, deadline).keys()
        if missing:
            raise BrokerError(
                f"There is no topic {quoted(min(missing))} at {self._administration.address}."
            )
        return [
            TopicPartition(name, lane) for name in names for lane in range(self._partitions[name])
        ]

    def _wait_for_leaders(self, doing: str, names: Sequence[str], deadline: Deadline) -> None:
        def leaderless(admin: KafkaAdminClient) -> bool:
            described = admin.describe_topics(list(names))
            return any(
                topic["error_code"] != 0
                or not topic["partitions"]
                or any(each["leader_id"] < 0 for each in topic["partitions"])
                for topic in described
            )

        never = Event()
        while self._administration.ask(doing, deadline, leaderless):
            if deadline.expired():
                late = driver.KafkaTimeoutError("no leader yet")
                raise translated(late, self._administration.address, doing)
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
