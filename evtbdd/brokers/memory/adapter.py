"""A broker in memory: partitions, keys, headers, tombstones; state lives on the instance."""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Mapping, Sequence
from threading import RLock

from evtbdd.brokers.memory.deliveries import Deliveries
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused
from evtbdd.events import Position, Record
from evtbdd.offers import Delivery
from evtbdd.ports import (
    Capabilities,
    Capability,
    ChannelPlan,
    Ends,
    Message,
    Sink,
    Subscriptions,
)
from evtbdd.words import quoted

CAPABILITIES = Capabilities(
    broker="memory",
    channel="channel",
    lane="partition",
    can=frozenset(
        {
            Capability.KEYS,
            Capability.HEADERS,
            Capability.ANY_BYTES,
            Capability.ANY_HEADERS,
            Capability.COPIES,
            Capability.TOMBSTONES,
            Capability.PARTITIONS,
            Capability.ORDER,
            Capability.EXACT_END,
            Capability.REPEATED_HEADERS,
        }
    ),
    options=frozenset({"partitions"}),
)


class MemoryBroker:
    """Stores records in lists, and hands them to whoever watches in the very call that stores them."""

    capabilities = CAPABILITIES
    address = "memory"

    def __init__(self) -> None:
        self._channels: dict[str, list[list[Record]]] = {}
        self._reader = MemoryReader(self)
        self._turn = 0
        self._open = True
        self.lock = RLock()
        self._deliveries = Deliveries(self.lock)

    def ping(self, deadline: Deadline) -> None:  # noqa: ARG002 - the promise of the port
        """Raise BrokerUnavailable once it is closed."""
        self._require_open()

    def name_fault(self, name: str) -> str | None:
        """Refuse only the empty name."""
        return None if name else "it is empty"

    def unwatchable(self, channel: ChannelPlan) -> str | None:  # noqa: ARG002
        """Nothing keeps a channel from being watched."""
        return None

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:  # noqa: ARG002
        """Create all of the channels, or none."""
        with self.lock:
            self._require_open()
            for plan in channels:
                if (fault := self.name_fault(plan.name)) is not None:
                    raise BrokerError(
                        f"The name {quoted(plan.name)} cannot be that of a channel in memory: {fault}."
                    )
                if plan.name in self._channels:
                    raise BrokerError(f"The channel {quoted(plan.name)} exists already in memory.")
                if plan.partitions < 1:
                    raise BrokerError(
                        f"The channel {quoted(plan.name)} cannot have {plan.partitions} partitions;"
                        " it needs 1 or more."
                    )
            for plan in channels:
                self._channels[plan.name] = [[] for _ in range(plan.partitions)]

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:  # noqa: ARG002
        """Forget channels and all that they held."""
        with self.lock:
            self._require_open()
            self._deliveries.drop(channels)
            for name in channels:
                self._channels.pop(name, None)

    def names(self, deadline: Deadline) -> Sequence[str]:  # noqa: ARG002
        """All of its channels."""
        with self.lock:
            self._require_open()
            return list(self._channels)

    def lanes(
        self,
        channels: Sequence[str],
        deadline: Deadline,  # noqa: ARG002
    ) -> Mapping[str, Sequence[str]]:
        """The partitions of those channels that exist, as `0`, `1`, …"""
        with self.lock:
            self._require_open()
            return {
                name: [str(lane) for lane in range(len(self._channels[name]))]
                for name in channels
                if name in self._channels
            }

    def publish(
        self,
        channel: str,
        messages: Sequence[Message],
        deadline: Deadline,  # noqa: ARG002
    ) -> Sequence[Position]:
        """Store each message, and hand it to the reader at once."""
        return [self._store(channel, message) for message in messages]

    def _store(self, channel: str, message: Message) -> Position:
        if message.routing_key is not None:
            self.capabilities.require(Capability.ROUTING_KEYS)
        with self.lock:
            self._require_open()
            lanes = self._channels.get(channel)
            if lanes is None:
                raise PublishRefused(f"There is no channel {quoted(channel)} in memory.")
            if message.value is None and message.key is None:
                raise PublishRefused("A tombstone needs a key: it says which key is deleted.")
            lane = self._lane(message.key, len(lanes))
            position = Position(str(lane), len(lanes[lane]))
            record = Record(
                channel=channel,
                key=message.key,
                value=message.value,
                headers=tuple(message.headers),
                position=position,
                timestamp=time.time(),
                where=f"partition {lane} offset {position.number}",
                facts={"partition": lane, "offset": position.number},
            )
            lanes[lane].append(record)
            self._reader.hand_over(record)
            self._deliveries.offer(record)
        return position

    def _lane(self, key: bytes | None, count: int) -> int:
        """The same lane for the same key; without a key, one after another."""
        if key is not None:
            return zlib.crc32(key) % count
        self._turn += 1
        return self._turn % count

    def ends(self, channels: Sequence[str]) -> Mapping[str, Ends]:
        """The next number of every lane."""
        with self.lock:
            self._require_open()
            missing = [name for name in channels if name not in self._channels]
            if missing:
                raise BrokerError(f"There is no channel {quoted(missing[0])} in memory.")
            return {
                name: {str(lane): len(held) for lane, held in enumerate(self._channels[name])}
                for name in channels
            }

    def reader(self) -> MemoryReader:
        """The one reader."""
        return self._reader

    def subscriptions(self) -> Subscriptions:
        """Refuse: nobody subscribes to memory but evtbdd itself."""
        self.capabilities.require(Capability.SUBSCRIPTIONS)
        raise AssertionError("memory does not claim to know subscriptions")

    def deliver(self, group: str, begin: Mapping[str, Ends]) -> Delivery:
        """Hand a group, event by event, what is stored on channels from these ends on."""
        return self._deliveries.open(group, begin.keys(), lambda: self._stored(begin))

    def forget(self, group: str) -> None:
        """Hand a group nothing more, ever."""
        self._deliveries.forget(group)

    def at_rest(self) -> bool:
        """Whether every group has acknowledged all that it was to be handed."""
        return self._deliveries.at_rest()

    def committed(
        self,
        group: str,
        lanes: Mapping[str, Collection[str]],
        deadline: Deadline,  # noqa: ARG002
    ) -> Mapping[str, Ends]:
        """How far a group has acknowledged."""
        with self.lock:
            there = {name: of_it for name, of_it in lanes.items() if name in self._channels}
            return self._deliveries.committed(group, there, self.ends(list(there)))

    def _stored(self, begin: Mapping[str, Ends]) -> Sequence[Record]:
        """What is stored from these ends on, the oldest first."""
        found = [
            record
            for channel, ends in begin.items()
            for lane, held in enumerate(self._channels[channel])
            for record in held[ends.get(str(lane), 0) :]
        ]
        return sorted(found, key=lambda record: record.timestamp)

    def close(self) -> None:
        """Refuse everything from now on."""
        self._deliveries.close()
        with self.lock:
            self._open = False
            self._channels.clear()

    def _require_open(self) -> None:
        if not self._open:
            raise BrokerUnavailable("The broker in memory is closed.")


class MemoryReader:
    """Hands records over within the publisher's call; so everything stored is already read."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._sinks: dict[str, Sink] = {}

    def watch(
        self,
        channels: Sequence[str],
        sink: Sink,
        deadline: Deadline,  # noqa: ARG002
    ) -> Mapping[str, Ends]:
        """Watch from the ends on that are returned."""
        with self._broker.lock:
            ends = self._broker.ends(channels)
            self._sinks.update(dict.fromkeys(channels, sink))
            return ends

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these."""
        with self._broker.lock:
            for name in channels:
                self._sinks.pop(name, None)

    def ends(
        self,
        channels: Sequence[str],
        deadline: Deadline,  # noqa: ARG002
    ) -> Mapping[str, Ends]:
        """The next number of every lane."""
        return self._broker.ends(channels)

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Everything stored was handed over when it was stored."""
        self._broker.ping(deadline)
        del ends

    def close(self) -> None:
        """Hand over nothing more."""
        with self._broker.lock:
            self._sinks.clear()

    def hand_over(self, record: Record) -> None:
        """Called by the broker for each record, in the order of its lane."""
        if (sink := self._sinks.get(record.channel)) is not None:
            sink(record)


def connect(address: str, *, patience: float) -> MemoryBroker:
    """A broker of its own, whatever the address: nobody else can reach it."""
    del address, patience
    return MemoryBroker()
