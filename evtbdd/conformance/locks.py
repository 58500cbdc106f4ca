"""Channels that one run holds, and another does not get meanwhile."""

from __future__ import annotations

import uuid

import pytest

from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Rig
from evtbdd.errors import BrokerError
from evtbdd.offers import Locks
from evtbdd.ports import Broker

SHORT = 0.2


class LocksConformance(Rig):
    """For brokers that keep runs apart; the test class gives the fixture `second_connection`."""

    @pytest.fixture
    def second_connection(self) -> Broker:
        """Another broker object at the address of `broker`, and closed by whoever gives it."""
        raise NotImplementedError("the test class gives the fixture second_connection")

    @pytest.fixture
    def wanted(self) -> str:
        """A channel that nobody else wants; it need not be there."""
        return f"evtbdd-conformance-{uuid.uuid4().hex[:12]}"

    def test_a_channel_that_is_held(
        self, broker: Broker, second_connection: Broker, wanted: str
    ) -> None:
        """A channel that one holds another does not get, and is told its name and the holder's."""
        assert isinstance(broker, Locks)
        assert isinstance(second_connection, Locks)
        lock = broker.hold([wanted], "the first run", self.deadline())
        with pytest.raises(BrokerError) as refused:
            second_connection.hold([wanted], "the second run", Deadline.after(SHORT))
        assert wanted in str(refused.value)
        assert "the first run" in str(refused.value)
        assert lock.lost is None
        lock.release(self.deadline())

    def test_a_channel_that_was_released(
        self, broker: Broker, second_connection: Broker, wanted: str
    ) -> None:
        """A channel that was released is free for others at once."""
        assert isinstance(broker, Locks)
        assert isinstance(second_connection, Locks)
        broker.hold([wanted], "the first run", self.deadline()).release(self.deadline())
        lock = second_connection.hold([wanted], "the second run", Deadline.after(SHORT))
        assert lock.lost is None
        lock.release(self.deadline())

    def test_other_channels_stay_free(
        self, broker: Broker, second_connection: Broker, wanted: str
    ) -> None:
        """Who holds some channels keeps nobody from others."""
        assert isinstance(broker, Locks)
        assert isinstance(second_connection, Locks)
        first = broker.hold([wanted, f"{wanted}-2"], "the first run", self.deadline())
        second = second_connection.hold([f"{wanted}-3"], "the second run", self.deadline())
        assert (first.lost, second.lost) == (None, None)
        first.release(self.deadline())
        second.release(self.deadline())
