"""With isolation = shared channels are used as they are, and only what evtbdd has made is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from channels.conftest import PATIENCE, SCOPES, declared, events

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels import pool
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerError, SettingsError
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import ChannelPlan, Message
from evtbdd.provisioning.provision import Provisioned

KNOWN = {"orders": Declaration("orders", fixed="orders.v1"), **declared("shipments")}
Open = Callable[..., Channels]


def within() -> Deadline:
    return Deadline.after(PATIENCE)


@pytest.fixture
def kafka() -> Iterator[KafkaBroker]:
    """A Kafka that others use too, as they reach it; `orders.v1` is there, and holds an event."""
    with EmbeddedKafka() as started:
        broker = KafkaBroker(started.address)
        broker.create([ChannelPlan("orders.v1", partitions=2)], within())
        broker.publish("orders.v1", [Message(b"{}", b"k")], within())
        yield broker
        broker.close()


@pytest.fixture
def shared(kafka: KafkaBroker) -> Iterator[Open]:
    """Runs that share it; closed in the end."""
    made: list[Channels] = []

    def opening(
        run: str = "run0",
        known: dict[str, Declaration] = KNOWN,
        url: str | None = None,
        unlocked: Sequence[str] = (),
        patience: float = PATIENCE,
    ) -> Channels:
        brokers = Brokers(
            {"main": url or f"kafka://{kafka.address}"}, HeldKeeper(), patience=PATIENCE
        )
        isolation = Isolation("shared", Names("evtbdd", run))
        made.append(Channels(known, brokers, isolation, patience=patience, unlocked=unlocked))
        return made[-1]

    yield opening
    for each in made:
        each.close()


def scenario(
    channels: Channels, scope: str = "s1", journal: Journal | None = None
) -> ScenarioChannels:
    return ScenarioChannels(channels, {**SCOPES, "scenario": scope}, {}, journal or Journal())


def test_what_is_there_is_used_and_what_is_not_is_made(shared: Open, kafka: KafkaBroker) -> None:
    """Under the names that the settings say; at the run's end only what was made is deleted."""
    channels = shared()
    opened = scenario(channels)
    opened.open(["orders", "shipments"])
    assert [opened.physical(name) for name in ("orders", "shipments")] == ["orders.v1", "shipments"]
    assert sorted(kafka.names(within())) == ["orders.v1", "shipments"]
    opened.end()
    assert sorted(kafka.names(within())) == ["orders.v1", "shipments"]
    channels.close()
    assert kafka.names(within()) == ["orders.v1"]


def test_a_scenario_begins_behind_what_others_have_left(shared: Open, kafka: KafkaBroker) -> None:
    """Also what comes between two scenarios."""
    channels = shared()
    first = scenario(channels)
    first.open(["orders"])
    first.begin()
    first.end()
    kafka.publish("orders.v1", [Message(b"{}", b"k")] * 3, within())
    journal = Journal()
    second = scenario(channels, "s2", journal)
    second.open(["orders"])
    second.begin()
    assert sorted(second.get("orders").recorded.values()) == [0, 4]
    kafka.publish("orders.v1", [Message(b"{}", b"mine")], within())
    reader = second.get("orders").broker.reader()
    reader.read_to(reader.ends(["orders.v1"], within()), within())
    assert [each.key for each in events(journal)] == ["mine"]


def test_what_comes_before_the_first_step_is_others(shared: Open, kafka: KafkaBroker) -> None:
    """A channel that is there is asked where it stands, also for the first scenario."""
    opened = scenario(shared())
    opened.open(["orders"])
    kafka.publish("orders.v1", [Message(b"{}", b"k")], within())
    opened.begin()
    assert sum(opened.get("orders").recorded.values()) == 2


def test_a_channel_that_is_another_than_declared_is_an_error(shared: Open) -> None:
    """It is used as it is, so it must be declared as it is."""
    known = {"orders": Declaration("orders", fixed="orders.v1", partitions=3)}
    with pytest.raises(SettingsError) as raised:
        scenario(shared(known=known)).open(["orders"])
    assert str(raised.value).startswith('The channel "orders" is to have 3 partitions, and kafka ')
    assert str(raised.value).endswith(
        ", topic orders.v1 is there already, with 2. With isolation = shared what is there is used "
        "as it is: leave out its partitions."
    )


def test_a_second_run_is_refused_and_let_in_when_the_first_has_ended(
    shared: Open, kafka: KafkaBroker
) -> None:
    """All that the settings declare is held from the first use on; the sentence names the run."""
    first, second = shared("run1"), shared("run2", patience=0.2)
    scenario(first).open(["orders"])
    for _ in range(2):
        with pytest.raises(BrokerError) as raised:
            scenario(second).open(["shipments"])
    assert str(raised.value).startswith(
        "With isolation = shared only one run at a time may use a channel. The topics "
        f'"orders.v1" and "shipments" at {kafka.address} are used by another run just now, '
        "evtbdd-run1@"
    )
    first.close()
    scenario(shared("run3")).open(["orders", "shipments"])
    assert first.left_behind == []


def test_a_channel_that_a_step_declares_is_held_too(shared: Open) -> None:
    """From when it is opened on."""
    first, second = shared("run1"), shared("run2", known={}, patience=0.2)
    opened = scenario(first)
    opened.open(["orders"])
    opened.require("audit")
    other = scenario(second)
    with pytest.raises(BrokerError, match='The topic "audit" at '):
        other.require("audit")


def test_a_run_that_has_lost_its_channels_does_not_go_on(
    shared: Open, kafka: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scenarios are errors from then on."""
    channels = shared()
    scenario(channels).open(["orders"])
    (lock,) = channels._locks._locks
    lock._lost = 'the topic "orders.v1" was given to others'  # type: ignore[attr-defined]
    with pytest.raises(BrokerError) as raised:
        scenario(channels, "s2").open(["orders"])
    assert str(raised.value) == (
        "With isolation = shared only one run at a time may use a channel, and this one cannot be "
        'sure of that any more: the topic "orders.v1" was given to others.'
    )


class Unlockable(MemoryBroker):
    """A broker of somebody else's that keeps nobody apart."""


@pytest.fixture
def unlockable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "provision", lambda *_, **__: Provisioned(Unlockable()))


@pytest.mark.usefixtures("unlockable")
def test_a_broker_that_cannot_keep_runs_apart_is_refused(shared: Open) -> None:
    """Unless the author sees to that."""
    with pytest.raises(SettingsError) as raised:
        scenario(shared(url="other://somewhere")).open(["orders"])
    assert str(raised.value) == (
        'The channel "orders" lies on the broker "main", and memory cannot keep other runs from '
        "using it at the same time, as isolation = shared demands. Where you see to that yourself, "
        "write lock = no in [evtbdd:broker:main]."
    )
    scenario(shared(url="other://somewhere", unlocked=["main"])).open(["orders"])


def test_a_broker_of_the_runs_own_needs_no_lock(shared: Open) -> None:
    """Nobody else can reach it."""
    opened = scenario(shared(url="memory://"))
    opened.open(["orders"])
    assert opened.physical("orders") == "orders.v1"
