"""What an adapter may offer beside what `evtbdd.ports.Broker` asks of every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from evtbdd.clock import Deadline
    from evtbdd.errors import PublishRefused
    from evtbdd.events import Position
    from evtbdd.ports import Message


@runtime_checkable
class BrokerFacts(Protocol):
    """What an adapter may tell of its broker besides: `${broker.NAME.FACT}`."""

    def facts(self) -> Mapping[str, str]:
        """By the names of the facts, such as `region`."""


@runtime_checkable
class ChannelFacts(Protocol):
    """What an adapter may tell of a channel beside its name: `${channel.NAME.FACT}`."""

    def channel_facts(self, channel: str, deadline: Deadline) -> Mapping[str, str]:
        """By the names of the facts, such as `url`. Raises BrokerError where it is not there."""


@runtime_checkable
class Attentive(Protocol):
    """What a reader may offer that has to ask for what others are handed."""

    def attend(self, channels: Sequence[str]) -> None:
        """Look at these often from now on: somebody is about to expect something there."""

    def disregard(self, channels: Sequence[str]) -> None:
        """Look at these seldom from now on: nobody is interested in them any more, or yet."""


@runtime_checkable
class Batches(Protocol):
    """What an adapter may offer besides: several events in one request, each with its own fate."""

    def publish_batch(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position | PublishRefused]:
        """For each event where it was stored, or why it was refused, in their order.

        Raises PublishRefused where the batch as a whole was refused, BrokerUnavailable.
        """
