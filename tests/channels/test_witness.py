"""What expectations see of channels."""

from __future__ import annotations

import pytest

from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.witness import ChannelWitness
from evtbdd.clock import Deadline
from evtbdd.errors import UnknownName, UnsupportedCapability
from evtbdd.isolation.following import Following
from evtbdd.isolation.inherited import Inherited, Owners
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names
from evtbdd.journal import Journal
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import Capability
from evtbdd.witness import ServiceHealth, Witness

HEALTH = [ServiceHealth("shipping", running=True)]
NOTHING = Inherited(Following(lambda: Deadline.after(1), 0.5), tuple, Owners(), str)


def test_it_tells_what_is_declared_and_where_it_lies(scenario: ScenarioChannels) -> None:
    """Of a channel that is opened by asking, if need be."""
    scenario.declare(Declaration("texts", codec="text", types=frozenset({"A"})))
    witness: Witness = ChannelWitness(scenario, lambda: HEALTH, list, NOTHING)
    assert (witness.holds_text("texts"), witness.holds_text("orders")) == (True, False)
    assert witness.declared_types("texts") == {"A"}
    assert witness.lane("texts") == "partition"
    assert witness.where("texts") == f"memory, channel {scenario.physical('texts')}"
    assert witness.health() == HEALTH
    assert (witness.shared("texts"), witness.correlation("texts")) == (False, None)
    witness.read_up(["texts", "orders"], Deadline.after(1))


def test_it_requires_channels_and_what_they_can(scenario: ScenarioChannels) -> None:
    """Unknown names and what the broker has not are errors of the step."""
    witness = ChannelWitness(scenario, lambda: HEALTH, list, NOTHING)
    witness.require("orders", None)
    witness.require("orders", Capability.ORDER)
    with pytest.raises(UnknownName):
        witness.require("ordrs", None)
    with pytest.raises(UnsupportedCapability):
        witness.require("orders", Capability.ROUTING_KEYS)


def test_what_a_channel_can_depends_on_its_options() -> None:
    """A FIFO queue has an order, and its lanes are groups; a queue has neither."""
    brokers = Brokers({"q": "sqs+embedded://"}, HeldKeeper(), patience=5)
    known = {
        "queue": Declaration("queue"),
        "fifo": Declaration("fifo", options={"fifo": "yes"}),
    }
    isolation = Isolation("names", Names("evtbdd", "run0"))
    channels = Channels(known, brokers, isolation, patience=5)
    scenario = ScenarioChannels(channels, {"scenario": "s1"}, {}, Journal())
    witness = ChannelWitness(scenario, lambda: HEALTH, list, NOTHING)
    witness.require("fifo", Capability.ORDER)
    assert (witness.lane("fifo"), witness.lane("queue")) == ("group", "queue")
    with pytest.raises(UnsupportedCapability, match="SQS has no order"):
        witness.require("queue", Capability.ORDER)
    scenario.end()
    channels.finish()
    brokers.close()
