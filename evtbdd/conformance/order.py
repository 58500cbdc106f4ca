"""The order of events within a lane."""

from __future__ import annotations

from collections.abc import Callable

from evtbdd.conformance.rig import Collected, Rig, can
from evtbdd.ports import Broker, Capability, Message

MANY = 60


class Order(Rig):
    """What is promised within a lane; across lanes nothing is."""

    def test_order_of_a_channel_with_one_lane(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        record_property: Callable[[str, object], None],
    ) -> None:
        """Events of one lane are handed over in the order in which they were published."""
        self.watch(broker, sink, channel)
        values = [b"%d" % number for number in range(MANY)]
        self.publish(broker, channel, *values)
        self.read_up(broker, channel)
        if can(broker, Capability.ORDER, record_property):
            assert sink.values() == values
        else:
            assert sorted(filter(None, sink.values())) == sorted(values)

    def test_numbers_rise_within_a_lane(
        self, broker: Broker, wide_channel: str, sink: Collected
    ) -> None:
        """Within a lane the numbers of positions rise, and no position is given twice."""
        self.watch(broker, sink, wide_channel)
        positions = self.publish(broker, wide_channel, *[b"x"] * MANY)
        self.read_up(broker, wide_channel)
        assert len(set(positions)) == MANY
        lanes = {position.lane for position in positions}
        assert lanes <= set(broker.lanes([wide_channel], self.deadline())[wide_channel])
        for lane in lanes:
            published = [each.number for each in positions if each.lane == lane]
            handed = [each.number for each in sink.positions() if each.lane == lane]
            assert sorted(handed) == sorted(published)
            if Capability.ORDER in broker.capabilities.can:
                assert handed == published == sorted(published)

    def test_a_key_keeps_its_lane(
        self,
        broker: Broker,
        wide_channel: str,
        record_property: Callable[[str, object], None],
    ) -> None:
        """Events of the same key lie in the same lane, and many keys in every lane."""
        if not (
            can(broker, Capability.KEYS, record_property)
            and can(broker, Capability.PARTITIONS, record_property)
        ):
            return
        keys = [b"key-%d" % number for number in range(MANY)]
        messages = [Message(b"x", key=key) for key in keys]
        first = broker.publish(wide_channel, messages, self.deadline())
        second = broker.publish(wide_channel, messages, self.deadline())
        assert [each.lane for each in first] == [each.lane for each in second]
        assert {each.lane for each in first} == {"0", "1", "2"}
