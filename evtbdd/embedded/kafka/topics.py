"""The topics of a broker: their names, their partitions, their overridden configurations."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from evtbdd.embedded.kafka import configs
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.partition import Partition

LONGEST_NAME = 249
_LEGAL = re.compile(r"[a-zA-Z0-9._-]+")


def name_problem(name: str) -> str | None:
    """What makes `name` no topic name, in Kafka's words; None where it is one."""
    if not name:
        return "the empty string is not allowed"
    if name in (".", ".."):
        return f"'{name}' is not allowed"
    if len(name) > LONGEST_NAME:
        return f"the length of '{name}' is longer than the max allowed length {LONGEST_NAME}"
    if not _LEGAL.fullmatch(name):
        return (
            f"'{name}' contains one or more characters other than "
            "ASCII alphanumerics, '.', '_' and '-'"
        )
    return None


@dataclass
class Topic:
    """A topic; `overrides` are the configurations that differ from the defaults, by name."""

    name: str
    partitions: list[Partition]
    overrides: dict[str, str] = field(default_factory=dict)
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def setting(self, name: str) -> str:
        """The value of the configuration `name`, by default or by override."""
        return self.overrides.get(name) or configs.TOPIC[name].default

    def partition(self, index: int) -> Partition | None:
        """The partition `index`, None where there is none."""
        return self.partitions[index] if 0 <= index < len(self.partitions) else None

    def grow(self, count: int) -> None:
        """Append partitions until there are `count`."""
        self.partitions += [Partition() for _ in range(count - len(self.partitions))]


class Topics:
    """All topics of a broker."""

    def __init__(self) -> None:
        self._by_name: dict[str, Topic] = {}
        self._by_id: dict[uuid.UUID, Topic] = {}

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._by_name.values())

    def named(self, name: str | None) -> Topic | None:
        """The topic of that name."""
        return self._by_name.get(name or "")

    def identified(self, identity: uuid.UUID) -> Topic | None:
        """The topic of that id."""
        return self._by_id.get(identity)

    def partition(self, name: str, index: int) -> Partition | None:
        """The partition `index` of the topic `name`."""
        topic = self._by_name.get(name)
        return topic.partition(index) if topic else None

    def check_free(self, name: str) -> None:
        """Raise `Refused` where a topic `name` may not be created."""
        problem = name_problem(name)
        if problem:
            raise Refused(ErrorCode.INVALID_TOPIC, f"Topic name is invalid: {problem}")
        if name in self._by_name:
            raise Refused(ErrorCode.TOPIC_ALREADY_EXISTS, f"Topic '{name}' already exists.")
        twin = self._collision(name)
        if twin:
            raise Refused(
                ErrorCode.INVALID_TOPIC, f"Topic '{name}' collides with existing topic: {twin}"
            )

    def create(self, name: str, partitions: int, overrides: dict[str, str] | None = None) -> Topic:
        """Add a topic whose name has been checked."""
        topic = Topic(name, [Partition() for _ in range(partitions)], dict(overrides or {}))
        self._by_name[name] = topic
        self._by_id[topic.id] = topic
        return topic

    def delete(self, topic: Topic) -> None:
        """Forget a topic; fetches that wait for it are woken to find it gone."""
        del self._by_name[topic.name]
        del self._by_id[topic.id]
        for partition in topic.partitions:
            partition.wake()

    def _collision(self, name: str) -> str | None:
        """A topic that differs in `.` and `_` only: their metrics would share one name."""
        if "." not in name and "_" not in name:
            return None
        folded = name.replace(".", "_")
        return next((n for n in self._by_name if n.replace(".", "_") == folded), None)
