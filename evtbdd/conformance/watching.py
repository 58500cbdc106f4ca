"""Watching: from an exact moment on, each record once, nothing lost, nothing more afterwards."""

from __future__ import annotations

from evtbdd.conformance.rig import Collected, NewName, Rig
from evtbdd.events import Position
from evtbdd.offers import Gaps
from evtbdd.ports import Broker

TIMES = 200


class Watching(Rig):
    """What `Reader.watch` and `Reader.unwatch` promise."""

    def test_nothing_is_lost_right_after_watch(self, broker: Broker, new_name: NewName) -> None:
        """What is published by the very next statement after `watch` is handed over, once."""
        names = [new_name() for _ in range(TIMES)]
        broker.create([self.plan(name) for name in names], self.deadline())
        sink = Collected()
        for name in names:
            self.watch(broker, sink, name)
            self.publish(broker, name, name.encode())
        self.read_up(broker, *names)
        assert sorted(each.channel for each in sink.records) == sorted(names)
        assert all(each.value == each.channel.encode() for each in sink.records)

    def test_what_was_before_is_not_handed_over(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """What was stored before `watch` is not handed over, and lies before the ends it returns."""
        (before,) = self.publish(broker, channel, b"before")
        ends = self.watch(broker, sink, channel)
        (after,) = self.publish(broker, channel, b"after")
        self.read_up(broker, channel)
        assert sink.values() == [b"after"]
        assert before.number < ends[channel][before.lane] <= after.number

    def test_the_ends_that_watch_returns(
        self, broker: Broker, wide_channel: str, sink: Collected
    ) -> None:
        """`watch` returns an end for every lane of every channel."""
        ends = self.watch(broker, sink, wide_channel)
        lanes = broker.lanes([wide_channel], self.deadline())[wide_channel]
        assert {name: set(of) for name, of in ends.items()} == {wide_channel: set(lanes)}

    def test_nothing_was_missed(self, broker: Broker, channel: str, sink: Collected) -> None:
        """A reader that could miss something says that it has not, as long as it is connected."""
        ends = self.watch(broker, sink, channel)
        self.publish(broker, channel, b"x")
        self.read_up(broker, channel)
        reader = broker.reader()
        if isinstance(reader, Gaps):
            assert reader.gap(ends) is None
            assert reader.gap({}) is None

    def test_each_record_once(self, broker: Broker, wide_channel: str, sink: Collected) -> None:
        """Every record is handed over exactly once, however often one waits for the end."""
        self.watch(broker, sink, wide_channel)
        published: list[Position] = []
        for _ in range(TIMES // 4):
            published += self.publish(broker, wide_channel, b"x")
            self.read_up(broker, wide_channel)
            assert sorted(sink.positions()) == sorted(published)

    def test_further_channels_while_reading(
        self, broker: Broker, new_name: NewName, sink: Collected
    ) -> None:
        """Further channels can be watched at any time; nothing of those before is lost or doubled."""
        names: list[str] = []
        published: dict[str, list[bytes | None]] = {}
        for turn in range(12):
            name = self.created(broker, new_name())
            names.append(name)
            self.watch(broker, sink, name)
            for each in names:
                value = b"%d" % turn
                self.publish(broker, each, value)
                published.setdefault(each, []).append(value)
        self.read_up(broker, *names)
        handed = {name: self.ordered(broker, sink.values(name)) for name in names}
        assert handed == {name: self.ordered(broker, of) for name, of in published.items()}

    def test_every_channel_has_its_sink(self, broker: Broker, new_name: NewName) -> None:
        """Records go to the sink that their channel is watched with."""
        sinks = {self.created(broker, new_name()): Collected() for _ in range(3)}
        for name, sink in sinks.items():
            self.watch(broker, sink, name)
        for name in sinks:
            self.publish(broker, name, name.encode())
        self.read_up(broker, *sinks)
        assert {name: sink.values() for name, sink in sinks.items()} == {
            name: [name.encode()] for name in sinks
        }

    def test_unwatch(self, broker: Broker, new_name: NewName, sink: Collected) -> None:
        """After `unwatch` nothing more of that channel is handed over, and all of the others."""
        left, kept = self.created(broker, new_name()), self.created(broker, new_name())
        self.watch(broker, sink, left, kept)
        self.publish(broker, left, b"seen")
        self.read_up(broker, left, kept)
        broker.reader().unwatch([left])
        self.publish(broker, left, b"unseen")
        self.publish(broker, kept, b"kept")
        self.read_up(broker, kept)
        assert sink.values() == [b"seen", b"kept"]

    def test_unwatch_of_unknown_channels(self, broker: Broker, new_name: NewName) -> None:
        """Channels that are not watched, or not there, can be unwatched."""
        broker.reader().unwatch([new_name()])
        broker.reader().unwatch([])

    def test_watching_again(self, broker: Broker, channel: str, sink: Collected) -> None:
        """A channel that was unwatched can be watched again, from then on."""
        self.watch(broker, sink, channel)
        self.publish(broker, channel, b"first")
        self.read_up(broker, channel)
        broker.reader().unwatch([channel])
        self.publish(broker, channel, b"missed")
        again = Collected()
        self.watch(broker, again, channel)
        self.publish(broker, channel, b"second")
        self.read_up(broker, channel)
        assert (sink.values(), again.values()) == ([b"first"], [b"second"])

    def test_a_channel_deleted_while_watched(
        self, broker: Broker, new_name: NewName, sink: Collected
    ) -> None:
        """That a watched channel is deleted disturbs no other one."""
        gone, kept = self.created(broker, new_name()), self.created(broker, new_name())
        self.watch(broker, sink, gone, kept)
        self.publish(broker, gone, b"gone")
        self.read_up(broker, gone, kept)
        broker.delete([gone], self.deadline())
        for turn in range(20):
            self.publish(broker, kept, b"%d" % turn)
            self.read_up(broker, kept)
        assert sink.values(kept) == [b"%d" % turn for turn in range(20)]

    def test_the_reader_is_one(self, broker: Broker) -> None:
        """A broker has one reader, always the same."""
        assert broker.reader() is broker.reader()
