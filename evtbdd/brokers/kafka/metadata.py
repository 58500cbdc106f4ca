"""Metadata, version 4: which nodes and topics there are, and who leads their partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from evtbdd.brokers.kafka.fields import INT32, Fields, array, string


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; `leaders` are the nodes that lead its partitions, -1 where none does."""

    leaders: Sequence[int]
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Described:
    """Where the nodes are, those of the topics that are there, and the id of the cluster."""

    nodes: Mapping[int, tuple[str, int]]
    topics: Mapping[str, Topic]
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """Asks for some topics, or for all; creates none."""

    api: ClassVar[int] = 3
    lowest: ClassVar[int] = 4
    highest: ClassVar[int] = 4

    names: Sequence[str] | None

    def body(self, version: int) -> bytes:  # noqa: ARG002 - there is one
        """The names, or null for all; and that none is to be created."""
        if self.names is None:
            return INT32.pack(-1) + b"\0"
        return array([string(name) for name in self.names]) + b"\0"

    def answer(self, fields: Fields, version: int) -> Described:  # noqa: ARG002 - there is one
        """What is there; a topic with an error is not."""
        fields.int32()  # throttled for so long
        nodes = dict(_node(fields) for _ in fields.elements())
        cluster = fields.string()
        fields.int32()  # its controller
        described = [_topic(fields) for _ in fields.elements()]
        topics = {name: topic for error, name, topic in described if error == 0}
        return Described(nodes, topics, cluster)


def _node(fields: Fields) -> tuple[int, tuple[str, int]]:
    number, host, port = fields.int32(), fields.name(), fields.int32()
    fields.string()  # its rack
    return number, (host, port)


def _topic(fields: Fields) -> tuple[int, str, Topic]:
    error, name, internal = fields.int16(), fields.name(), fields.int8()
    leaders = dict(_leader(fields) for _ in fields.elements())
    return error, name, Topic([leaders[number] for number in sorted(leaders)], bool(internal))


def _leader(fields: Fields) -> tuple[int, int]:
    fields.int16()  # an error: then there is no leader
    partition, leader = fields.int32(), fields.int32()
    for _ in range(2):  # its replicas, and those in sync
        for _ in fields.elements():
            fields.int32()
    return partition, leader
