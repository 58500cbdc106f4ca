"""With isolation = namespace each scope has brokers of its own, and channels their fixed names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from channels.conftest import PATIENCE, SCOPES, declared

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels import pool
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable, PhraseError, SettingsError
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.provision import Provisioned

NAMES = Names("evtbdd", "run0")
FIXED = {"orders": Declaration("orders", fixed="orders.v1"), **declared("shipments")}
Open = Callable[..., Channels]


class DividedBroker(MemoryBroker):
    """A broker with parts, each a memory of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, MemoryBroker] = {}
        self.closed: list[str] = []

    def open_namespace(self, name: str, deadline: Deadline) -> MemoryBroker:
        self.parts[name] = MemoryBroker()
        return self.parts[name]

    def close_namespace(self, name: str, deadline: Deadline) -> None:
        self.closed.append(name)


@pytest.fixture
def open_channels() -> Iterator[Open]:
    """Channels in namespaces, of brokers at these URLs; closed in the end."""
    made: list[Channels] = []

    def opening(
        urls: Mapping[str, str] | None = None, lives: Mapping[str, str] | None = None
    ) -> Channels:
        brokers = Brokers(urls or {"main": "memory://"}, HeldKeeper(), patience=PATIENCE)
        made.append(Channels(FIXED, brokers, Isolation("namespace", NAMES), patience=PATIENCE))
        made[-1].lives({}, lives or {})
        return made[-1]

    yield opening
    for each in made:
        each.close()


def scenario(channels: Channels, scope: str) -> ScenarioChannels:
    opened = ScenarioChannels(channels, {**SCOPES, "scenario": scope}, {}, Journal())
    opened.open(["orders", "shipments"])
    return opened


def test_each_scenario_has_a_broker_of_its_own(open_channels: Open) -> None:
    """The names are the same, and what is there is not."""
    channels = open_channels()
    first, second = scenario(channels, "s1"), scenario(channels, "s2")
    assert [each.physical("orders") for each in (first, second)] == ["orders.v1"] * 2
    assert first.physical("shipments") == "shipments"
    brokers = [each.get("orders").broker for each in (first, second)]
    assert brokers[0] is not brokers[1]
    assert first.get("shipments").broker is brokers[0]


def test_it_ends_with_its_scope(open_channels: Open) -> None:
    """With all that is on it; another one's stays."""
    channels = open_channels()
    first, second = scenario(channels, "s1"), scenario(channels, "s2")
    brokers = [each.get("orders").broker for each in (first, second)]
    first.end()
    with pytest.raises(BrokerUnavailable):
        brokers[0].ping(Deadline.after(1))
    assert set(brokers[1].names(Deadline.after(1))) == {"orders.v1", "shipments"}
    assert channels.left_behind == []


def test_it_lives_as_long_as_the_longest_lived_service_that_knows_it(open_channels: Open) -> None:
    """All of its channels do, whoever else knows them."""
    channels = open_channels(lives={"main": "feature"})
    first, second = scenario(channels, "s1"), scenario(channels, "s2")
    assert first.lives("shipments") == "feature"
    assert first.get("orders") is second.get("orders")
    broker = first.get("orders").broker
    first.end()
    second.end()
    broker.ping(Deadline.after(1))
    channels.close_scope("f1")
    with pytest.raises(BrokerUnavailable):
        broker.ping(Deadline.after(1))


def test_a_channel_of_a_longer_lived_broker_cannot_be_missing(open_channels: Open) -> None:
    """Other scenarios need it."""
    opened = scenario(open_channels(lives={"main": "run"}), "s1")
    with pytest.raises(PhraseError) as raised:
        opened.remove("orders")
    assert str(raised.value) == (
        'The channel "orders" lives for the run, so this scenario cannot be without it.'
    )


def test_its_address_is_that_of_the_scope(open_channels: Open) -> None:
    """Of an embedded Kafka each scope has one, under a port of its own."""
    channels = open_channels({"main": "kafka+embedded://"})
    first, second = scenario(channels, "s1"), scenario(channels, "s2")
    addresses = [each.broker_fact("main") for each in (first, second)]
    assert addresses == [each.get("orders").broker.address for each in (first, second)]
    assert addresses[0] != addresses[1]
    assert first.broker_fact("main.port") == addresses[0].rpartition(":")[2]


def test_nothing_is_made_ahead(open_channels: Open) -> None:
    """Fifty scenarios to come would be fifty brokers."""
    from evtbdd.channels.scope import Wanted

    channels = open_channels()
    channels.ahead({"s2": [Wanted(FIXED["orders"])]})
    assert channels._chunks._ahead == {}


def test_a_broker_that_can_be_divided_is(
    open_channels: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reached once, and each scope has a part, named so that sweep would know it."""
    divided = DividedBroker()
    reached: list[str] = []

    def provision(url: str, *_: object, **__: object) -> Provisioned:
        reached.append(url)
        return Provisioned(divided)

    monkeypatch.setattr(pool, "provision", provision)
    channels = open_channels({"main": "divided://somewhere"})
    first, _ = scenario(channels, "s1"), scenario(channels, "s2")
    assert reached == ["divided://somewhere"]
    assert list(divided.parts) == [NAMES.channel(scope, "main") for scope in ("s1", "s2")]
    first.end()
    assert divided.closed == [NAMES.channel("s1", "main")]
    divided.ping(Deadline.after(1))


def test_somebody_elses_broker_that_cannot_be_divided_is_refused(open_channels: Open) -> None:
    """Nothing is sent to it; the sentence says what would do."""
    channels = open_channels({"main": "kafka://127.0.0.1:1"})
    for scope in ("s1", "s2"):
        with pytest.raises(SettingsError) as raised:
            scenario(channels, scope)
        assert str(raised.value) == (
            'The broker "main" (kafka://127.0.0.1:1): with isolation = namespace it must be this '
            "run's alone, or have parts that are, and a Kafka of somebody else's has none. What "
            "evtbdd starts for itself is the run's alone: kafka+embedded://, kafka+local://, "
            "kafka+docker://IMAGE:TAG, sqs+embedded://, sqs+docker://IMAGE:TAG, memory://. Where the "
            "channels of this one must be used, write isolation = shared."
        )


def test_one_that_cannot_be_had_is_tried_once_a_run(
    open_channels: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each scenario."""
    tried: list[str] = []

    def provision(url: str, *_: object, **__: object) -> Provisioned:
        tried.append(url)
        raise BrokerUnavailable("it does not start")

    monkeypatch.setattr(pool, "provision", provision)
    channels = open_channels({"main": "kafka+local://"})
    for scope in ("s1", "s2"):
        with pytest.raises(BrokerUnavailable, match="it does not start"):
            scenario(channels, scope)
    assert tried == ["kafka+local://"]


def test_two_channels_cannot_be_one_on_their_broker() -> None:
    """They would see each other's events."""
    known = {"orders": Declaration("orders", fixed="same"), "same": Declaration("same")}
    channels = Channels(
        known,
        Brokers({}, HeldKeeper(), patience=PATIENCE),
        Isolation("namespace", NAMES),
        patience=PATIENCE,
    )
    with pytest.raises(SettingsError) as raised:
        ScenarioChannels(channels, SCOPES, {}, Journal()).open(["orders", "same"])
    assert str(raised.value) == (
        'The channels "orders" and "same" both have the name "same" on the broker "main"; each '
        "needs one of its own."
    )
    channels.close()


def test_a_namespace_that_cannot_be_given_back_is_told(
    open_channels: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails no scenario."""
    channels = open_channels()
    opened = scenario(channels, "s1")

    def fails() -> None:
        raise BrokerError("It does not end.")

    monkeypatch.setattr(opened.get("orders").broker, "close", fails)
    opened.end()
    assert channels.left_behind == ["It does not end."]
