"""Creating channels: all of them and at once, or none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, NewName, Rig, can
from evtbdd.errors import BrokerError
from evtbdd.ports import Broker, Capability

MANY = 40


class Creating(Rig):
    """What `Broker.create`, `Broker.names`, `Broker.lanes` and `Broker.name_fault` promise."""

    def test_many_in_one_call(self, broker: Broker, new_name: NewName) -> None:
        """Many channels are created in one call."""
        names = [new_name() for _ in range(MANY)]
        broker.create([self.plan(name) for name in names], self.deadline())
        assert sorted(broker.lanes(names, self.deadline())) == sorted(names)

    def test_listing(self, broker: Broker, new_name: NewName) -> None:
        """Channels are listed once they are created, each once, and not any more once deleted."""
        names = [new_name(), new_name()]
        assert set(names).isdisjoint(broker.names(self.deadline()))
        broker.create([self.plan(name) for name in names], self.deadline())
        listed = broker.names(self.deadline())
        assert sorted(name for name in listed if name in names) == sorted(names)
        broker.delete(names[:1], self.deadline())
        assert set(names).intersection(broker.names(self.deadline())) == {names[1]}

    def test_none_in_one_call(self, broker: Broker) -> None:
        """Creating no channel does nothing."""
        broker.create([], self.deadline())

    def test_usable_at_once(self, broker: Broker, new_name: NewName) -> None:
        """A channel can be watched and published to as soon as `create` returns."""
        for _ in range(MANY):
            sink = Collected()
            name = self.created(broker, new_name())
            self.watch(broker, sink, name)
            self.publish(broker, name, b"x")
            self.read_up(broker, name)
            assert sink.values() == [b"x"]

    def test_lanes(
        self,
        broker: Broker,
        new_name: NewName,
        record_property: Callable[[str, object], None],
    ) -> None:
        """A channel has as many lanes as were asked for, where the broker has partitions."""
        name = new_name()
        if can(broker, Capability.PARTITIONS, record_property):
            self.created(broker, name, partitions=4)
            assert broker.lanes([name], self.deadline()) == {name: ["0", "1", "2", "3"]}
        else:
            self.is_refused(
                broker,
                Capability.PARTITIONS,
                lambda: self.created(broker, name, partitions=4),
            )

    def test_lanes_of_missing_channels(
        self, broker: Broker, channel: str, new_name: NewName
    ) -> None:
        """Of channels that are not there no lanes are told, and that is no error."""
        assert list(broker.lanes([new_name(), channel], self.deadline())) == [channel]
        assert broker.lanes([], self.deadline()) == {}

    def test_one_that_exists(self, broker: Broker, channel: str, new_name: NewName) -> None:
        """Creating a channel that exists raises, and leaves none of the others behind."""
        self.publish(broker, channel, b"kept")
        before, others = self.ends(broker, channel), [new_name(), new_name()]
        names = [others[0], channel, others[1]]
        with pytest.raises(BrokerError, match=channel):
            broker.create([self.plan(name) for name in names], self.deadline())
        assert broker.lanes(others, self.deadline()) == {}
        assert self.ends(broker, channel) == before

    def test_no_partitions(self, broker: Broker, new_name: NewName) -> None:
        """Creating a channel with no lane raises, and leaves none of the others behind."""
        names = [new_name(), new_name()]
        plans = [self.plan(names[0]), self.plan(names[1], partitions=0)]
        with pytest.raises(BrokerError, match=names[1]):
            broker.create(plans, self.deadline())
        assert broker.lanes(names, self.deadline()) == {}

    def test_illegal_names(self, broker: Broker, new_name: NewName) -> None:
        """Creating a channel of a name with a fault raises, and leaves none of the others behind."""
        for illegal in self.illegal_names:
            other = new_name()
            assert broker.name_fault(illegal)
            with pytest.raises(BrokerError):
                broker.create([self.plan(other), self.plan(illegal)], self.deadline())
            assert broker.lanes([other], self.deadline()) == {}

    def test_legal_names(self, broker: Broker, new_name: NewName) -> None:
        """A name without a fault can be created."""
        name = new_name()
        assert broker.name_fault(name) is None
        self.created(broker, name)

    def test_after_a_refusal(self, broker: Broker, channel: str, new_name: NewName) -> None:
        """A name that was given up because of another's refusal can be created afterwards."""
        name = new_name()
        with pytest.raises(BrokerError):
            broker.create([self.plan(name), self.plan(channel)], self.deadline())
        self.created(broker, name)
        self.publish(broker, name, b"x")
