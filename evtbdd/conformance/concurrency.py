"""Several threads at once: every method may be called from any of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from evtbdd.conformance.rig import Collected, NewName, Rig
from evtbdd.events import Position
from evtbdd.ports import Broker

THREADS = 6
EACH = 40


class Concurrency(Rig):
    """What holds when threads meet."""

    def test_publishing_from_several_threads(
        self, broker: Broker, channel: str, sink: Collected
    ) -> None:
        """What several threads publish is stored once each, at the positions they were told."""
        self.watch(broker, sink, channel)

        def publish(thread: int) -> list[tuple[Position, bytes]]:
            values = [b"%d-%d" % (thread, number) for number in range(EACH)]
            return [(self.publish(broker, channel, value)[0], value) for value in values]

        with ThreadPoolExecutor(THREADS) as pool:
            told = [each for of in pool.map(publish, range(THREADS)) for each in of]
        self.read_up(broker, channel)
        handed = [(each.position, each.value) for each in sink.records]
        assert sorted(handed) == sorted(told)

    def test_scenarios_side_by_side(self, broker: Broker, new_name: NewName) -> None:
        """Several threads can create, watch, publish, read and delete at the same time."""
        names = [[new_name() for _ in range(6)] for _ in range(THREADS)]

        def scenarios(thread: int) -> list[list[bytes | None]]:
            seen = []
            for name in names[thread]:
                sink = Collected()
                self.created(broker, name)
                self.watch(broker, sink, name)
                self.publish(broker, name, b"a", b"b")
                self.read_up(broker, name)
                broker.reader().unwatch([name])
                broker.delete([name], self.deadline())
                seen.append(list(self.ordered(broker, sink.values())))
            return seen

        with ThreadPoolExecutor(THREADS) as pool:
            for seen in pool.map(scenarios, range(THREADS)):
                assert seen == [[b"a", b"b"]] * 6
