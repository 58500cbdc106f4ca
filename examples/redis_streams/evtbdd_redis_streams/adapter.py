"""Redis as a broker of evtbdd: a channel is a stream, an event an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.events import Position
from evtbdd.ports import Capabilities, Capability, ChannelPlan, Message, Subscriptions
from evtbdd_redis_streams.connection import Connection
from evtbdd_redis_streams.entries import LANE
from evtbdd_redis_streams.reader import RedisReader
from evtbdd_redis_streams.streams import Streams

CAPABILITIES = Capabilities(
    broker="Redis",
    channel="stream",
    lane="stream",
    can=frozenset(
        {
            Capability.KEYS,
            Capability.HEADERS,
            Capability.ANY_BYTES,
            Capability.ANY_HEADERS,
            Capability.COPIES,
            Capability.TOMBSTONES,
            Capability.ORDER,
            Capability.EXACT_END,
            Capability.REPEATED_HEADERS,
        }
    ),
)


class RedisBroker:
    """A single Redis at `host:port`, 7.0 or newer; reached when first needed.

    `patience` is how many seconds a single question may take; a deadline may allow less.
    """

    capabilities = CAPABILITIES

    def __init__(self, address: str, *, patience: float) -> None:
        self._connection = Connection(address, patience)
        self._streams = Streams(self._connection)
        self._reader = RedisReader(self._connection, Connection(address, patience))

    @property
    def address(self) -> str:
        """`host:port`."""
        return self._connection.address

    def ping(self, deadline: Deadline) -> None:
        """Have PING answered."""
        self._connection.ask("answer a ping", deadline, "PING")

    def name_fault(self, name: str) -> str | None:
        """Refuse only the empty name: any other key will do."""
        return None if name else "it is empty"

    def unwatchable(self, channel: ChannelPlan) -> str | None:  # noqa: ARG002 - the port's promise
        """Nothing keeps a stream from being watched."""
        return None

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Make empty streams, all or none."""
        for plan in channels:
            if (fault := self.name_fault(plan.name)) is not None:
                raise BrokerError(f'The name "{plan.name}" cannot be that of a stream: {fault}.')
            if plan.partitions < 1:
                raise BrokerError(
                    f'The stream "{plan.name}" cannot have {plan.partitions} partitions; it is one.'
                )
            if plan.partitions > 1:
                self.capabilities.require(Capability.PARTITIONS)
        if channels:
            self._streams.create(channels, deadline)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete streams; a key that is none is left alone."""
        if channels:
            self._streams.delete(channels, deadline)

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every stream."""
        return self._streams.names(deadline)

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The one lane of those streams that exist."""
        return {name: [LANE] for name in self._streams.look(channels, deadline)}

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Add entries one by one."""
        return [self._publish_one(channel, message, deadline) for message in messages]

    def _publish_one(self, channel: str, message: Message, deadline: Deadline) -> Position:
        if message.routing_key is not None:
            self.capabilities.require(Capability.ROUTING_KEYS)
        return Position(LANE, self._streams.publish(channel, message, deadline))

    def reader(self) -> RedisReader:
        """The one reader of this broker."""
        return self._reader

    def subscriptions(self) -> Subscriptions:
        """Refuse: a group of Redis names who has ever asked, and never who has gone."""
        self.capabilities.require(Capability.SUBSCRIPTIONS)
        raise AssertionError("Redis does not claim to know subscriptions")

    def close(self) -> None:
        """Close what was opened."""
        self._reader.close()
        self._connection.close()


def connect(address: str, *, patience: float) -> RedisBroker:
    """The Redis at `host:port`; nothing is opened yet. SettingsError where that is no address."""
    return RedisBroker(address, patience=patience)
