"""What the tests of every promise have in common: names, channels, sinks, deadlines."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar

import pytest

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, UnsupportedCapability
from evtbdd.events import Position, Record
from evtbdd.ports import WHO_CAN, Broker, Capability, ChannelPlan, Ends, Message

NewName = Callable[[], str]

LACKS = "evtbdd lacks"
"""The user property of a test in which a broker has refused what it cannot do."""


@dataclass
class Collected:
    """A sink that keeps what it is handed."""

    records: list[Record] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, record: Record) -> None:
        """Keep a record; called from a reader's thread."""
        with self._lock:
            self.records.append(record)

    def values(self, channel: str | None = None) -> list[bytes | None]:
        """The payloads in the order in which they came, of one channel or of all."""
        with self._lock:
            return [each.value for each in self.records if channel in (None, each.channel)]

    def positions(self) -> list[Position]:
        """The positions in the order in which they came."""
        with self._lock:
            return [each.position for each in self.records]


class Rig:
    """Fixtures and helpers; an adapter's test class gives the fixture `broker` and may set the rest.

    `adapter` is what the table calls it; `options` are those of every channel that is created;
    `illegal_names` are names that the broker refuses; `patience` is in seconds.
    """

    adapter: ClassVar[str] = ""
    options: ClassVar[Mapping[str, str]] = {}
    illegal_names: ClassVar[Sequence[str]] = ("",)
    patience: ClassVar[float] = 20.0

    @pytest.fixture
    def broker(self) -> Broker:
        """The broker under test; to be given by the adapter's test class, and closed by it."""
        raise NotImplementedError("the test class of an adapter gives the fixture broker")

    @pytest.fixture
    def new_name(self, broker: Broker) -> Iterator[NewName]:
        """Makes names that nobody uses; the channels of these names are deleted in the end."""
        names: list[str] = []

        def new() -> str:
            ending = broker.capabilities.names.ending
            names.append(f"evtbdd-conformance-{uuid.uuid4().hex[:12]}{ending}")
            return names[-1]

        yield new
        # A test of closing has closed it, after deleting what it created.
        with suppress(BrokerUnavailable):
            broker.reader().unwatch(names)
            broker.delete(names, self.deadline())

    @pytest.fixture
    def channel(self, broker: Broker, new_name: NewName) -> str:
        """A channel with one lane, that nobody watches."""
        return self.created(broker, new_name())

    @pytest.fixture
    def wide_channel(self, broker: Broker, new_name: NewName) -> str:
        """A channel with three lanes where the broker has partitions, else with its only one."""
        has_partitions = Capability.PARTITIONS in broker.capabilities.can
        return self.created(broker, new_name(), partitions=3 if has_partitions else 1)

    @pytest.fixture
    def sink(self) -> Collected:
        """Where watched records go."""
        return Collected()

    def deadline(self) -> Deadline:
        """A deadline that no healthy broker misses."""
        return Deadline.after(self.patience)

    def plan(self, name: str, partitions: int = 1) -> ChannelPlan:
        """A channel to be created."""
        return ChannelPlan(name, partitions, self.options)

    def created(self, broker: Broker, name: str, partitions: int = 1) -> str:
        """The name, once the channel is there."""
        broker.create([self.plan(name, partitions)], self.deadline())
        return name

    def publish(self, broker: Broker, channel: str, *values: bytes) -> Sequence[Position]:
        """Publish payloads, and nothing else but them."""
        return broker.publish(channel, [Message(value) for value in values], self.deadline())

    def ends(self, broker: Broker, *channels: str) -> Mapping[str, Ends]:
        """Where channels end now."""
        return broker.reader().ends(channels, self.deadline())

    def watch(self, broker: Broker, sink: Collected, *channels: str) -> Mapping[str, Ends]:
        """Watch channels from now on."""
        return broker.reader().watch(channels, sink, self.deadline())

    def read_up(self, broker: Broker, *channels: str) -> None:
        """Return when all that is stored by now has been handed over."""
        broker.reader().read_to(self.ends(broker, *channels), self.deadline())

    def ordered(self, broker: Broker, values: Sequence[bytes | None]) -> Sequence[bytes | None]:
        """Payloads as they can be compared: in their order only where the broker promises one."""
        if Capability.ORDER in broker.capabilities.can:
            return values
        return sorted(values, key=lambda each: each or b"")

    def is_refused(
        self, broker: Broker, capability: Capability, doing: Callable[[], object]
    ) -> None:
        """Demand that asking for what a broker cannot do raises, and names who can."""
        with pytest.raises(UnsupportedCapability) as refusal:
            doing()
        assert broker.capabilities.broker in str(refusal.value)
        assert WHO_CAN[capability] in str(refusal.value)


def can(
    broker: Broker, capability: Capability, record_property: Callable[[str, object], None]
) -> bool:
    """Whether the broker promises it; where it does not, the table says so."""
    promised = capability in broker.capabilities.can
    if not promised:
        record_property(LACKS, capability.value)
    return promised
