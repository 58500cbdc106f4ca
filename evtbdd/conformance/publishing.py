"""Publishing: confirmed, with positions, or refused; and never a channel made by it."""

from __future__ import annotations

import pytest

from evtbdd.conformance.rig import Collected, NewName, Rig
from evtbdd.errors import PublishRefused, UnsupportedCapability
from evtbdd.ports import Broker, Capability, Message


class Publishing(Rig):
    """What `Broker.publish` promises."""

    def test_publishing_returns_the_positions(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """Publishing returns the very positions at which the events are handed over."""
        self.watch(broker, sink, channel)
        positions = self.publish(broker, channel, b"a", b"b", b"c")
        self.read_up(broker, channel)
        handed = dict(zip(sink.values(), sink.positions(), strict=True))
        assert handed == dict(zip([b"a", b"b", b"c"], positions, strict=True))
        assert self.ordered(broker, sink.values()) == [b"a", b"b", b"c"]

    def test_publishing_nothing_stores_nothing(self, broker: Broker, channel: str) -> None:
        """Publishing no event to a channel returns no position and stores nothing."""
        before = self.ends(broker, channel)
        assert list(broker.publish(channel, [], self.deadline())) == []
        assert self.ends(broker, channel) == before

    def test_a_missing_channel_refuses(self, broker: Broker, new_name: NewName) -> None:
        """Publishing to a channel that is not there is refused, and the refusal names it."""
        missing = new_name()
        with pytest.raises(PublishRefused, match=missing):
            self.publish(broker, missing, b"lost")

    def test_publishing_creates_no_channel(self, broker: Broker, new_name: NewName) -> None:
        """Publishing never creates a channel."""
        missing = new_name()
        for _ in range(2):
            with pytest.raises(PublishRefused):
                self.publish(broker, missing, b"lost")
        assert broker.lanes([missing], self.deadline()) == {}

    def test_a_deleted_channel_refuses(self, broker: Broker, channel: str) -> None:
        """Publishing to a channel that has been published to and deleted since is refused."""
        self.publish(broker, channel, b"kept")
        broker.delete([channel], self.deadline())
        with pytest.raises(PublishRefused, match=channel):
            self.publish(broker, channel, b"lost")
        assert broker.lanes([channel], self.deadline()) == {}

    def test_a_refused_event_stores_nothing(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """Of an event that is refused nothing is stored, and the next one is taken."""
        self.watch(broker, sink, channel)
        has_tombstones = Capability.TOMBSTONES in broker.capabilities.can
        with pytest.raises(PublishRefused if has_tombstones else UnsupportedCapability):
            broker.publish(channel, [Message(None)], self.deadline())
        self.publish(broker, channel, b"next")
        self.read_up(broker, channel)
        assert sink.values() == [b"next"]
