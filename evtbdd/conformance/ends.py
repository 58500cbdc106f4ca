"""Ends, and reading up to them: what makes "there is no event" a statement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, NewName, Rig, can
from evtbdd.errors import BrokerError
from evtbdd.ports import Broker, Capability

MANY = 90


class Reaching(Rig):
    """What `Reader.ends` and `Reader.read_to` promise."""

    def test_ends_count_exactly(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        record_property: Callable[[str, object], None],
    ) -> None:
        """The end of a lane that is watched is the number that its next event gets."""
        if not can(broker, Capability.EXACT_END, record_property):
            return
        self.watch(broker, sink, channel)
        for _ in range(3):
            ends = self.ends(broker, channel)[channel]
            (position,) = self.publish(broker, channel, b"x")
            assert ends == {position.lane: position.number}

    def test_ends_of_many_channels(self, broker: Broker, channel: str, wide_channel: str) -> None:
        """The ends of many channels are told in one call, with every lane of each."""
        ends = self.ends(broker, channel, wide_channel)
        lanes = broker.lanes([channel, wide_channel], self.deadline())
        assert {name: set(of) for name, of in ends.items()} == {
            name: set(of) for name, of in lanes.items()
        }
        assert self.ends(broker) == {}

    def test_ends_of_a_missing_channel(self, broker: Broker, new_name: NewName) -> None:
        """A channel that is not there has no end: that is an error which names it."""
        missing = new_name()
        with pytest.raises(BrokerError, match=missing):
            self.ends(broker, missing)

    def test_watching_a_missing_channel(
        self, broker: Broker, new_name: NewName, sink: Collected
    ) -> None:
        """A channel that is not there cannot be watched: that is an error which names it."""
        missing = new_name()
        with pytest.raises(BrokerError, match=missing):
            self.watch(broker, sink, missing)

    def test_read_to_hands_over_all_before(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """When `read_to` returns, all that was stored before is in the sink."""
        self.watch(broker, sink, channel)
        for turn in range(MANY):
            self.publish(broker, channel, b"%d" % turn)
            self.read_up(broker, channel)
            assert len(sink.records) == turn + 1

    def test_read_to_covers_every_lane(
        self, broker: Broker, wide_channel: str, sink: Collected
    ) -> None:
        """When `read_to` returns, all that was stored before in any lane is in the sink."""
        self.watch(broker, sink, wide_channel)
        values = [b"%d" % number for number in range(MANY)]
        for start in range(0, MANY, 9):
            self.publish(broker, wide_channel, *values[start : start + 9])
            self.read_up(broker, wide_channel)
            assert sorted(filter(None, sink.values())) == sorted(values[: start + 9])

    def test_read_to_of_an_empty_channel(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """`read_to` the end of a channel on which nothing was published returns at once."""
        self.watch(broker, sink, channel)
        self.read_up(broker, channel)
        assert sink.records == []

    def test_read_to_what_is_past(self, broker: Broker, channel: str, sink: Collected) -> None:
        """`read_to` an end that was passed long ago returns at once."""
        ends = self.watch(broker, sink, channel)
        self.publish(broker, channel, b"x")
        self.read_up(broker, channel)
        broker.reader().read_to(ends, self.deadline())
        broker.reader().read_to({}, self.deadline())
        assert sink.values() == [b"x"]
