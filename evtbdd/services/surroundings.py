"""What a service needs of the scenario that starts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evtbdd.clock import Deadline
from evtbdd.ports import Ends, Subscriptions
from evtbdd.values.store import Values


@dataclass(frozen=True, slots=True)
class Consumed:
    """A channel that a service consumes: the broker's side of it."""

    physical: str
    recorded: Ends
    subscriptions: Subscriptions


class Surroundings(Protocol):
    """The scenario, as far as services must know it."""

    @property
    def values(self) -> Values:
        """What placeholders stand for."""

    def consumed(self, channels: Sequence[str]) -> Sequence[Consumed]:
        """The broker's side of channels. Raises UnknownName, UnsupportedCapability."""

    def deadline(self) -> Deadline:
        """How long one answer of a broker may take."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where services run, and where their logs are kept."""

    project: Path
    logs: Path


def by_broker(consumed: Sequence[Consumed]) -> Sequence[tuple[Subscriptions, Mapping[str, Ends]]]:
    """The consumed channels of each broker, with the positions that were recorded."""
    grouped: dict[int, tuple[Subscriptions, dict[str, Ends]]] = {}
    for each in consumed:
        grouped.setdefault(id(each.subscriptions), (each.subscriptions, {}))[1][each.physical] = (
            each.recorded
        )
    return list(grouped.values())
