"""Deleting channels."""

from __future__ import annotations

from evtbdd.conformance.rig import NewName, Rig
from evtbdd.ports import Broker

MANY = 40


class Deleting(Rig):
    """What `Broker.delete` promises."""

    def test_deleted_channels_are_gone(self, broker: Broker, new_name: NewName) -> None:
        """Many channels are deleted in one call, and are gone when it returns."""
        names = [new_name() for _ in range(MANY)]
        broker.create([self.plan(name) for name in names], self.deadline())
        broker.delete(names, self.deadline())
        assert broker.lanes(names, self.deadline()) == {}

    def test_missing_channels(self, broker: Broker, channel: str, new_name: NewName) -> None:
        """Channels that are not there are ignored, and the others deleted."""
        broker.delete([new_name(), channel, new_name()], self.deadline())
        broker.delete([channel], self.deadline())
        assert broker.lanes([channel], self.deadline()) == {}

    def test_none(self, broker: Broker) -> None:
        """Deleting no channel does nothing."""
        broker.delete([], self.deadline())

    def test_others_stay(self, broker: Broker, channel: str, new_name: NewName) -> None:
        """Other channels keep what they hold."""
        other = self.created(broker, new_name())
        self.publish(broker, channel, b"kept")
        before = self.ends(broker, channel)
        broker.delete([other], self.deadline())
        assert self.ends(broker, channel) == before
