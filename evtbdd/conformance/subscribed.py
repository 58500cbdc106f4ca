"""Who is subscribed: what holds for groups that nobody is in.

With members it takes a consumer, so that is for an adapter's own tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from evtbdd.conformance.rig import Rig, can
from evtbdd.offers import Acknowledgements
from evtbdd.ports import Broker, Capability


class SubscribedConformance(Rig):
    """For brokers that can tell who is subscribed."""

    @pytest.fixture
    def group(self, broker: Broker) -> Iterator[str]:
        """A group that nobody has used."""
        name = f"evtbdd-conformance-{uuid.uuid4().hex[:12]}"
        yield name
        broker.subscriptions().forget([name], self.deadline())

    def test_a_group_without_members_is_not_ready(
        self, broker: Broker, channel: str, group: str
    ) -> None:
        """A group that nobody has joined is not ready, and has no members; the words name it.

        Where there are no groups they name the channel that nobody consumes.
        """
        state = broker.subscriptions().state(group, [channel], self.deadline())
        assert not state.ready
        assert state.members == frozenset()
        has_groups = Capability.GROUPS in broker.capabilities.can
        assert (group if has_groups else channel) in state.words

    def test_expelling_the_unknown(self, broker: Broker, group: str) -> None:
        """Members that a group does not know can be expelled, and so can nobody."""
        broker.subscriptions().expel(group, ["nobody"], self.deadline())
        broker.subscriptions().expel(group, [], self.deadline())

    def test_beginning_twice(self, broker: Broker, channel: str, group: str) -> None:
        """A group can be positioned repeatedly."""
        ends = self.ends(broker, channel)
        broker.subscriptions().begin_at(group, ends, self.deadline())
        broker.subscriptions().begin_at(group, ends, self.deadline())
        broker.subscriptions().begin_at(group, {}, self.deadline())

    def test_listing_groups(
        self,
        broker: Broker,
        channel: str,
        group: str,
        record_property: Callable[[str, object], None],
    ) -> None:
        """A group is listed once it has a position, with nobody in it, until it is forgotten."""
        assert group not in broker.subscriptions().groups(self.deadline())
        if not can(broker, Capability.GROUPS, record_property):
            self.is_refused(
                broker,
                Capability.GROUPS,
                lambda: broker.capabilities.require(Capability.GROUPS),
            )
            return
        broker.subscriptions().begin_at(group, self.ends(broker, channel), self.deadline())
        assert broker.subscriptions().groups(self.deadline())[group] is False
        broker.subscriptions().forget([group], self.deadline())
        assert group not in broker.subscriptions().groups(self.deadline())

    def test_forgetting(self, broker: Broker, channel: str, group: str) -> None:
        """Groups can be forgotten, and those that are not there are ignored."""
        broker.subscriptions().begin_at(group, self.ends(broker, channel), self.deadline())
        broker.subscriptions().forget([group, f"{group}-unknown"], self.deadline())
        broker.subscriptions().forget([group], self.deadline())
        broker.subscriptions().forget([], self.deadline())


class AcknowledgedConformance(SubscribedConformance):
    """For brokers that can also tell what a group has acknowledged."""

    def test_what_a_group_has_acknowledged(self, broker: Broker, channel: str, group: str) -> None:
        """A group has acknowledged what lies before where it was positioned, and else nothing."""
        told_by = broker.subscriptions()
        assert isinstance(told_by, Acknowledgements)
        self.publish(broker, channel, b"1", b"2")
        ends = self.ends(broker, channel)
        lanes = {channel: list(ends[channel])}
        assert told_by.committed(group, lanes, self.deadline()) == {}
        broker.subscriptions().begin_at(group, ends, self.deadline())
        assert told_by.committed(group, lanes, self.deadline()) == ends
