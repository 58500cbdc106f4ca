"""A partition of a topic, as requests and what is watched speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from evtbdd.ports import Ends


class Partition(NamedTuple):
    """The partition of a topic by its number."""

    topic: str
    number: int


def by_topic(partitions: Iterable[Partition]) -> Mapping[str, Sequence[int]]:
    """The numbers of the partitions of each topic: requests name a topic once."""
    found: dict[str, list[int]] = {}
    for topic, number in partitions:
        found.setdefault(topic, []).append(number)
    return found


def partitions_of(ends: Mapping[str, Ends]) -> Sequence[tuple[Partition, int]]:
    """Each partition with where it ends."""
    return [
        (Partition(channel, int(lane)), number)
        for channel, lanes in ends.items()
        for lane, number in lanes.items()
    ]
