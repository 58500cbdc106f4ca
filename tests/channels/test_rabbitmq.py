"""Channels of scenarios on a RabbitMQ: those that name others, and what a lost connection hides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from brokers.relay import Relay

from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.witness import ChannelWitness
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, UnknownName
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names, fresh_run_id
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import Message

PATIENCE = 20.0
DECLARED = {
    "orders": Declaration("orders", dead_letter="dead"),
    "dead": Declaration("dead", options={"kind": "queue"}),
    "audit": Declaration("audit", options={"kind": "queue", "bindings": "orders: eu.#"}),
}


@dataclass
class Run:
    """A run on a RabbitMQ behind a relay."""

    channels: Channels
    relay: Relay

    def scenario(self, name: str, *opened: str) -> tuple[ScenarioChannels, ChannelWitness]:
        """A scenario that has not begun, with some channels open, and its witness."""
        scopes = {"scenario": name, "feature": "f1", "run": "run"}
        channels = ScenarioChannels(self.channels, scopes, {}, Journal())
        channels.open(opened)
        return channels, ChannelWitness(channels, lambda: (), lambda: (), None)  # type: ignore[arg-type]


@pytest.fixture
def run(real_rabbitmq: str) -> Iterator[Run]:
    with Relay(Address.parse(real_rabbitmq, tls=False).port) as relay:
        brokers = Brokers(
            {"main": f"amqp://127.0.0.1:{relay.port}"}, HeldKeeper(), patience=PATIENCE
        )
        isolation = Isolation("names", Names("evtbdd", fresh_run_id()))
        channels = Channels(DECLARED, brokers, isolation, patience=PATIENCE)
        yield Run(channels, relay)
        channels.close()
        assert channels.left_behind == []


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def test_what_a_channel_names_is_there_too(run: Run) -> None:
    """The exchange that its queue is bound to, and what that one's dead letters go to."""
    scenario, witness = run.scenario("s1", "audit")
    assert set(scenario.opened()) == {"audit", "orders", "dead"}
    scenario.begin()
    orders = scenario.get("orders")
    orders.publish([Message(b"1", routing_key="eu.web")], soon())
    orders.publish([Message(b"2", routing_key="us.web")], soon())
    witness.read_up(["audit", "orders"], soon())
    assert scenario.get("audit").ends(soon()) == {"queue": 1}
    assert orders.ends(soon()) == {"queue": 2}
    scenario.end()


def test_a_scenario_in_which_a_connection_was_lost_proves_nothing(run: Run) -> None:
    """Its claims are errors; the next scenario's are not, though its channels were there already."""
    first, of_first = run.scenario("s1", "orders")
    second, of_second = run.scenario("s2", "orders")
    first.begin()
    of_first.read_up(["orders"], soon())
    run.relay.cut()
    with pytest.raises(BrokerUnavailable, match="so events on it may have been missed"):
        of_first.read_up(["orders"], soon())
    second.begin()
    of_second.read_up(["orders"], soon())
    with pytest.raises(BrokerUnavailable, match="so events on it may have been missed"):
        of_first.read_up(["orders"], soon())
    for scenario in (first, second):
        scenario.end()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("main.host", "127.0.0.1"),
        ("main.user", "guest"),
        ("main.password", "guest"),
        ("main.vhost", "/"),
    ],
)
def test_what_a_service_can_be_handed(run: Run, name: str, value: str) -> None:
    """The parts of the URL; the whole of it is what clients of RabbitMQ write."""
    brokers = run.channels.brokers
    assert brokers.fact(name) == value
    assert brokers.fact("main.port") == str(run.relay.port)
    assert brokers.fact("main") == f"amqp://guest:guest@127.0.0.1:{run.relay.port}/%2F"
    with pytest.raises(UnknownName):
        brokers.fact("main.region")


def test_the_names_of_others_are_those_of_their_scope(run: Run) -> None:
    """A binding to another channel names what that is called on the broker."""
    scopes: Mapping[str, str] = {"scenario": "s1", "feature": "f1", "run": "run"}
    scenario = ScenarioChannels(run.channels, scopes, {"orders": "run"}, Journal())
    wanted = scenario.wanted(["audit"])
    assert [each.declaration.name for each in wanted["run"]] == ["orders"]
    (audit,) = (each for each in wanted["s1"] if each.declaration.name == "audit")
    assert audit.others == {"orders": scenario.physical_of("orders")}
    assert "-run-orders-" in audit.others["orders"]
