"""What is found of crashed runs on a broker, and what is removed of it when things change."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import Consumer

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerError
from evtbdd.isolation.names import Names, base36
from evtbdd.isolation.sweep import MANY, Leftover, find, remove
from evtbdd.ports import ChannelPlan

BORN = 1_800_000_000
RUN = base36(BORN) + "a1b2c"


def soon() -> Deadline:
    return Deadline.after(20)


def test_what_is_found_is_as_old_as_was_said() -> None:
    """To the second; and the channels of a run are together."""
    broker = MemoryBroker()
    names = [Names("evtbdd", RUN).channel(scope, "orders") for scope in ("run", "s1", "s2")]
    broker.create([ChannelPlan(name) for name in names], soon())
    assert find(broker, "evtbdd", BORN - 1, soon()) == []
    assert find(broker, "evtbdd", BORN, soon()) == [Leftover(RUN, BORN, names, [], None)]


def test_a_run_that_somebody_has_come_to_meanwhile_stays() -> None:
    """A service that joins a group of the run after it was found: nothing is removed."""
    with EmbeddedKafka() as kafka:
        broker = KafkaBroker(kafka.address)
        name, group = Names("evtbdd", RUN).channel("s1", "orders"), f"shipping-{RUN}-s1"
        broker.create([ChannelPlan(name)], soon())
        broker.subscriptions().begin_at(group, {name: {"0": 0}}, soon())
        (found,) = find(broker, "evtbdd", BORN, soon())
        assert (found.channels, found.groups, found.alive) == ([name], [group], None)
        service = Consumer({"bootstrap.servers": kafka.address, "group.id": group})
        service.subscribe([name])
        deadline = soon()
        while not service.assignment():
            service.poll(0.05)
            assert not deadline.expired()
        refused: list[str] = []
        assert list(remove(broker, found, soon, refused)) == []
        assert refused == []
        assert broker.names(soon()) == [name]
        (found,) = find(broker, "evtbdd", BORN, soon())
        assert (found.groups, found.alive) == ([], group)
        assert list(remove(broker, found, soon, refused)) == []
        service.close()
        (found,) = find(broker, "evtbdd", BORN, soon())
        assert list(remove(broker, found, soon, refused)) == [("group", group), ("channel", name)]
        assert broker.names(soon()) == []
        broker.close()


class Holding(MemoryBroker):
    """Holds fast to one channel, as a Kafka does where the user may not delete it."""

    held = ""

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        super().delete([name for name in channels if name != self.held], deadline)
        if self.held in channels:
            raise BrokerError(f"{self.held} is held.")


def test_what_is_refused_keeps_nothing_else_from_being_removed() -> None:
    """It is told, and is not among what is gone."""
    broker = Holding()
    names = [Names("evtbdd", RUN).channel(f"s{n}", "orders") for n in range(1, 2 * MANY)]
    broker.create([ChannelPlan(name) for name in names], soon())
    (found,) = find(broker, "evtbdd", BORN, soon())
    broker.held = found.channels[3]
    refused: list[str] = []
    gone = [name for _, name in remove(broker, found, soon, refused)]
    assert refused == [f"{broker.held} is held."]
    assert sorted([*gone, broker.held]) == sorted(names)
    assert broker.names(soon()) == [broker.held]
