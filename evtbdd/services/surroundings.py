"""What a service needs of the run, and of the scenario that starts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper
from evtbdd.ports import Ends, Subscriptions
from evtbdd.values.store import Values


@dataclass(frozen=True, slots=True)
class Consumed:
    """A channel that a service consumes: the broker's side of it; `broker` is the broker's name."""

    broker: str
    physical: str
    recorded: Ends
    subscriptions: Subscriptions


class Surroundings(Protocol):
    """The scenario, as far as services must know it."""

    @property
    def values(self) -> Values:
        """What placeholders stand for."""

    @property
    def channels(self) -> ScenarioChannels:
        """Its channels."""

    def nothing_done(self) -> None:
        """The step that runs has found all as it says, and has done nothing."""

    def environment(self, service: str) -> Mapping[str, str]:
        """Variables that a service is given besides those of the settings."""

    def consumed(self, channels: Sequence[str]) -> Sequence[Consumed]:
        """The broker's side of channels. Raises UnknownName, UnsupportedCapability."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service lives: what its scope and the run have for it.

    `scope_id` stands for `${scope.id}` and `port` for `${port}`; `deadline` is that of one answer
    of a broker; the folder of `logs` is made, and the keeper with it, when first asked for.
    """

    scope_id: str
    port: int
    project: Path
    logs: Callable[[], Path]
    keeper: Callable[[], Keeper]
    deadline: Callable[[], Deadline]


def said(around: Surroundings, text: str, own: Mapping[str, str]) -> str:
    """A text of the settings with its placeholders replaced; `own` are those of the service alone."""
    for placeholder, value in own.items():
        text = text.replace(placeholder, value)
    return around.values.text(text)
