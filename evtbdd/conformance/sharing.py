"""Two connections that meet at one broker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, NewName, Rig, can
from evtbdd.errors import BrokerError
from evtbdd.ports import Broker, Capability

Property = Callable[[str, object], None]


class SharedConformance(Rig):
    """For brokers that others can reach too; the test class gives the fixture `second_connection`."""

    @pytest.fixture
    def second_connection(self) -> Broker:
        """Another broker object at the address of `broker`, and closed by whoever gives it."""
        raise NotImplementedError("the test class gives the fixture second_connection")

    def test_each_sees_what_the_other_publishes(
        self,
        broker: Broker,
        second_connection: Broker,
        channel: str,
        sink: Collected,
        record_property: Property,
    ) -> None:
        """What one connection publishes is handed over by the other's reader."""
        other = Collected()
        self.watch(second_connection, other, channel)
        if not can(broker, Capability.COPIES, record_property):
            self.publish(broker, channel, b"from the first")
            self.read_up(second_connection, channel)
            assert other.values() == [b"from the first"]
            return
        self.watch(broker, sink, channel)
        self.publish(broker, channel, b"from the first")
        self.publish(second_connection, channel, b"from the second")
        self.read_up(broker, channel)
        self.read_up(second_connection, channel)
        for seen in (sink, other):
            handed = self.ordered(broker, seen.values())
            assert handed == [b"from the first", b"from the second"]

    def test_readers_take_nothing_from_each_other(
        self,
        broker: Broker,
        second_connection: Broker,
        wide_channel: str,
        sink: Collected,
        record_property: Property,
    ) -> None:
        """Each reader is handed all of the events, whoever else reads."""
        other = Collected()
        values = [b"%d" % number for number in range(30)]
        self.watch(broker, sink, wide_channel)
        self.watch(second_connection, other, wide_channel)
        positions = self.publish(broker, wide_channel, *values)
        self.read_up(broker, wide_channel)
        self.read_up(second_connection, wide_channel)
        if can(broker, Capability.COPIES, record_property):
            assert sorted(sink.positions()) == sorted(positions)
            assert sorted(filter(None, other.values())) == sorted(values)
            if Capability.EXACT_END in broker.capabilities.can:
                assert sorted(other.positions()) == sorted(positions)
        else:
            assert sorted(filter(None, sink.values() + other.values())) == sorted(values)

    def test_channels_are_there_for_both(
        self, broker: Broker, second_connection: Broker, new_name: NewName
    ) -> None:
        """A channel that one connection creates or deletes is there or gone for the other."""
        name = self.created(broker, new_name())
        assert list(second_connection.lanes([name], self.deadline())) == [name]
        with pytest.raises(BrokerError, match=name):
            self.created(second_connection, name)
        self.publish(second_connection, name, b"x")
        second_connection.delete([name], self.deadline())
        assert broker.lanes([name], self.deadline()) == {}
        with pytest.raises(BrokerError, match=name):
            self.publish(broker, name, b"lost")

    def test_a_channel_that_another_deletes_while_it_is_watched(
        self, broker: Broker, second_connection: Broker, new_name: NewName, sink: Collected
    ) -> None:
        """That somebody else deletes a watched channel disturbs no other one."""
        gone, kept = self.created(broker, new_name()), self.created(broker, new_name())
        ends = self.watch(broker, sink, gone, kept)
        lane = min(ends[gone])
        second_connection.delete([gone], self.deadline())
        for turn in range(20):
            self.publish(broker, kept, b"%d" % turn)
            self.read_up(broker, kept)
        assert sink.values() == [b"%d" % turn for turn in range(20)]
        with pytest.raises(BrokerError, match=gone):
            broker.reader().read_to({gone: {lane: ends[gone][lane] + 1}}, self.deadline())
        with pytest.raises(BrokerError, match=gone):
            self.ends(broker, gone)
