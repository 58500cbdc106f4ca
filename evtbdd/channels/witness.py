"""What expectations see of the world outside of the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evtbdd.channels.channel import Channel
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, UnsupportedCapability
from evtbdd.ports import Capability
from evtbdd.values.addresses import Address
from evtbdd.witness import Earlier, ServiceHealth
from evtbdd.words import quoted


class ChannelWitness:
    """The Witness of a scenario, told from its channels.

    `health` tells of the services, `fresh_ids` of the scenario's own ids, and `earlier` of what
    earlier scenarios have left.
    """

    def __init__(
        self,
        channels: ScenarioChannels,
        health: Callable[[], Sequence[ServiceHealth]],
        fresh_ids: Callable[[], Sequence[object]],
        earlier: Earlier,
    ) -> None:
        self._channels = channels
        self._earlier = earlier
        self.health = health
        self.fresh_ids = fresh_ids

    def shared(self, channel: str) -> bool:
        """Whether it outlives the scenario, as services that know it do."""
        return self._channels.lives(channel) != "scenario"

    def correlation(self, channel: str) -> Address | None:
        """That of its declaration."""
        return self._channels.correlation(channel)

    def earlier(self) -> Earlier:
        """What earlier scenarios have left to this one."""
        return self._earlier

    def read_up(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Return when all that is stored on channels by now was handed over.

        Raises BrokerUnavailable also where something of this scenario may have been missed.
        """
        for name in channels:
            channel = self._watched(name)
            reader = channel.broker.reader()
            reader.read_to(reader.ends([channel.physical], deadline), deadline)
            if (gap := channel.gap()) is not None:
                raise BrokerUnavailable(gap)

    def _watched(self, name: str) -> Channel:
        """A channel on which something can be expected; UnsupportedCapability for another one."""
        channel = self._channels.get(name)
        if channel.unwatchable is not None:
            raise UnsupportedCapability(
                f"Nothing can be expected on {quoted(name)}: it cannot be watched, because "
                f"{channel.unwatchable}."
            )
        channel.attend()
        return channel

    def where(self, channel: str) -> str:
        """Broker, address and physical name of a channel."""
        return self._channels.get(channel).where

    def lane(self, channel: str) -> str:
        """What the broker of a channel calls its lanes."""
        return self._channels.get(channel).capabilities.lane

    def require(self, channel: str, capability: Capability | None) -> None:
        """Raise for a channel that nobody declared, or that cannot do it."""
        opened = self._watched(channel)
        if capability is not None:
            opened.capabilities.require(capability)

    def holds_text(self, channel: str) -> bool:
        """Whether its payloads are texts."""
        return self._channels.get(channel).declaration.codec == "text"

    def declared_types(self, channel: str) -> frozenset[str]:
        """The types that the settings declare."""
        return self._channels.get(channel).declaration.types
