"""The channels of a scenario: opened, asked where they stand, and deleted with it."""

from __future__ import annotations

import pytest
from channels.conftest import PATIENCE, SCOPES, declared, events

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, PhraseError, SettingsError, UnknownName
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names, check
from evtbdd.journal import Acted, Journal, ScenarioBegan
from evtbdd.keeper import HeldKeeper
from evtbdd.phrases import Data, Row, Table
from evtbdd.ports import Message


def publish(scenario: ScenarioChannels, name: str, number: int = 1) -> None:
    scenario.get(name).publish([Message(b"{}")] * number, Deadline.after(PATIENCE))


def exists(memory: MemoryBroker, physical: str) -> bool:
    return physical in memory.lanes([physical], Deadline.after(PATIENCE))


def test_channels_are_created_under_names_of_their_own(
    scenario: ScenarioChannels, memory: MemoryBroker
) -> None:
    """Prefix, run, scope, channel, and a check by which evtbdd knows its own."""
    scenario.open(["orders"])
    name = scenario.physical("orders")
    assert name == f"evtbdd-run0-s1-orders-{check('evtbdd-run0-s1-orders')}"
    assert exists(memory, name)


def test_only_what_is_declared_is_opened(scenario: ScenarioChannels) -> None:
    """The rest waits for the step that names it, which says what is wrong."""
    scenario.open(["ordrs", "orders", "orders"])
    assert list(scenario.opened()) == ["orders"]
    with pytest.raises(UnknownName) as raised:
        scenario.get("ordrs")
    assert str(raised.value) == (
        'No channel is called "ordrs". Did you mean "orders"? A channel is declared by a section '
        '[evtbdd:channel:ordrs] of the settings, or by the step Given the channel "ordrs" exists.'
    )


def test_a_channel_that_no_step_foretold_is_opened_when_it_is_named(
    scenario: ScenarioChannels, journal: Journal
) -> None:
    """What is published to it from then on is seen."""
    scenario.begin()
    publish(scenario, "shipments")
    assert [event.channel for event in events(journal)] == ["shipments"]


def test_the_journal_says_where_channels_stood(
    scenario: ScenarioChannels, journal: Journal
) -> None:
    """As the scenario began, and as each block of acts did."""
    scenario.open(["orders"])
    scenario.begin()
    publish(scenario, "orders", 2)
    scenario.begin_block()
    entries = [noted.entry for noted in journal.since()]
    assert entries[0] == ScenarioBegan({"orders": {"0": 0}})
    assert entries[-1] == Acted({"orders": {"0": 2}})


def test_the_first_step_that_acts_begins_where_the_scenario_does(
    scenario: ScenarioChannels, journal: Journal
) -> None:
    """No broker is asked for what is known."""
    scenario.open(["orders"])
    scenario.begin()
    publish(scenario, "orders", 2)
    scenario.begin_block(at_beginning=True)
    assert [noted.entry for noted in journal.since()][-1] == Acted({"orders": {"0": 0}})


def test_the_channel_of_dead_letters_is_there_too(
    channels: Channels, memory: MemoryBroker, journal: Journal
) -> None:
    """Whoever names a channel means its dead letters too; its broker is told their name."""
    scenario = ScenarioChannels(channels, SCOPES, {}, journal)
    scenario.declare(Declaration("orders", dead_letter="shipments", attempts=3))
    scenario.open(["orders"])
    assert list(scenario.opened()) == ["shipments", "orders"]
    plan = scenario.get("orders").plan
    assert (plan.dead_letter, plan.attempts) == (scenario.physical("shipments"), 3)


def test_dead_letters_live_as_long_as_what_leads_to_them(brokers: Brokers) -> None:
    """A service of the run would else send them to a channel that is gone."""
    known = {"orders": Declaration("orders", dead_letter="dead"), "dead": Declaration("dead")}
    channels = Channels(known, brokers, Isolation("names", Names("evtbdd", "r")), patience=PATIENCE)
    assert channels.lives({"orders": "run"}) == {"orders": "run", "dead": "run"}
    assert channels.lives({"orders": "feature", "dead": "run"})["dead"] == "run"
    assert channels.lives({}) == {}


def test_at_its_end_its_channels_are_deleted(
    scenario: ScenarioChannels, channels: Channels, memory: MemoryBroker
) -> None:
    """All that it opened; ending again does nothing."""
    scenario.open(["orders", "shipments"])
    names = [scenario.physical(name) for name in ("orders", "shipments")]
    scenario.end()
    scenario.end()
    channels.finish()
    assert [exists(memory, name) for name in names] == [False, False]
    assert channels.left_behind == []


def test_a_channel_of_a_longer_scope_outlives_it(channels: Channels, memory: MemoryBroker) -> None:
    """The next scenario finds it, and begins behind what is there."""
    first, second = Journal(), Journal()
    lives = {"orders": "feature"}
    scenario = ScenarioChannels(channels, SCOPES, lives, first)
    scenario.open(["orders"])
    scenario.begin()
    publish(scenario, "orders", 3)
    name = scenario.physical("orders")
    scenario.end()
    assert exists(memory, name)

    scenario = ScenarioChannels(channels, {**SCOPES, "scenario": "s2"}, lives, second)
    scenario.open(["orders"])
    scenario.begin()
    publish(scenario, "orders", 1)
    assert scenario.physical("orders") == name
    assert scenario.get("orders").recorded == {"0": 3}
    assert (len(events(first)), len(events(second))) == (3, 1)
    scenario.end()
    channels.close_scope("f1")
    channels.finish()
    assert not exists(memory, name)


def test_a_channel_that_is_wanted_absent_is_not_created(
    scenario: ScenarioChannels, memory: MemoryBroker
) -> None:
    """Its name is known to services all the same; a step that uses it is an error."""
    scenario.leave_out("orders")
    scenario.open(["orders"])
    assert not exists(memory, scenario.physical("orders"))
    with pytest.raises(PhraseError) as raised:
        scenario.get("orders")
    assert str(raised.value) == (
        'The channel "orders" is not there: a step of this scenario says that it does not exist.'
    )


def test_a_channel_that_is_there_can_be_removed(
    scenario: ScenarioChannels, memory: MemoryBroker
) -> None:
    """From then on it is not there, and stays so."""
    name = scenario.physical("orders")
    scenario.remove("orders")
    scenario.remove("orders")
    scenario.open(["orders"])
    assert not exists(memory, name)
    scenario.end()


def test_a_step_declares_a_channel_on_top_of_the_settings(scenario: ScenarioChannels) -> None:
    """With what it says of it."""
    scenario.require("returns", partitions=2)
    scenario.require("returns", broker="main")
    scenario.require("returns")
    assert scenario.get("returns").declaration.partitions == 2
    assert scenario.known() == ["orders", "returns", "shipments"]


def test_a_step_that_declares_a_channel_otherwise_is_an_error(scenario: ScenarioChannels) -> None:
    """A channel is created once."""
    scenario.require("returns", partitions=2)
    with pytest.raises(PhraseError) as raised:
        scenario.require("returns", partitions=3)
    assert str(raised.value) == (
        'The channel "returns" is there already, and not with partitions = 3. A channel is '
        "created once, as it was declared then; this one lives for the scenario."
    )


def test_a_table_declares_several(scenario: ScenarioChannels) -> None:
    """An error tells the line of the row."""
    rows = (Row(("a", "2"), 8), Row(("b", "none"), 9))
    data = Data(Table(("channel", "partitions"), rows), None, ("a.feature", 7), "")
    with pytest.raises(PhraseError) as raised:
        scenario.require_table(data)
    assert str(raised.value) == (
        'a.feature:9: The channel "b" cannot have partitions = none: "none" is not a whole number.'
    )
    assert scenario.get("a").declaration.partitions == 2


def test_a_name_that_the_broker_refuses_is_an_error(scenario: ScenarioChannels) -> None:
    """Nothing is created then, also none of the others."""
    with pytest.raises(UnknownName) as raised:
        scenario.require("returns", broker="mian")
    assert str(raised.value) == (
        'Of the channel "returns": No broker is called "mian". Did you mean "main"?'
    )
    scenario.declare(Declaration("returns", broker="mian"))
    with pytest.raises(UnknownName):
        scenario.open(["orders", "returns"])
    assert list(scenario.opened()) == []


def test_of_several_brokers_a_channel_must_name_one() -> None:
    """The error says where."""
    brokers = Brokers({"a": "memory://", "b": "memory://"}, HeldKeeper(), patience=PATIENCE)
    channels = Channels(
        declared("orders"), brokers, Isolation("names", Names("evtbdd", "r")), patience=PATIENCE
    )
    with pytest.raises(SettingsError) as raised:
        ScenarioChannels(channels, SCOPES, {}, Journal()).get("orders")
    assert str(raised.value) == (
        'The channel "orders" does not say on which broker it lies, and there are several: "a" '
        'and "b". Write broker = … in [evtbdd:channel:orders].'
    )


def test_channels_of_two_brokers_are_asked_together() -> None:
    """Each broker is asked for its own."""
    brokers = Brokers({"a": "memory://", "b": "memory://"}, HeldKeeper(), patience=PATIENCE)
    known = {"x": Declaration("x", broker="a"), "y": Declaration("y", broker="b", partitions=2)}
    channels = Channels(known, brokers, Isolation("names", Names("evtbdd", "r")), patience=PATIENCE)
    scenario = ScenarioChannels(channels, SCOPES, {}, Journal())
    assert scenario.ends(["x", "y"]) == {"x": {"0": 0}, "y": {"0": 0, "1": 0}}
    scenario.end()
    channels.close()


def test_what_another_has_created_under_the_same_name_is_an_error(
    scenario: ScenarioChannels, channels: Channels, memory: MemoryBroker
) -> None:
    """And it is not deleted: evtbdd did not create it."""
    name = Names("evtbdd", "run0").channel("s1", "orders")
    plan = channels.scope("s1").plan(Declaration("orders"))
    assert plan.physical == name
    other = ScenarioChannels(channels, SCOPES, {}, Journal())
    other.open(["orders"])
    channels._scopes.clear()
    with pytest.raises(BrokerError):
        scenario.open(["orders"])
    scenario.end()
    assert exists(memory, name)


def test_a_channel_has_facts_where_its_broker_tells_them() -> None:
    """Of a queue the URL that SDKs ask for; a channel whose name ends like a fact goes before it."""
    brokers = Brokers({"q": "sqs+embedded://"}, HeldKeeper(), patience=PATIENCE)
    known = declared("orders", "orders.arn")
    isolation = Isolation("names", Names("evtbdd", "run0"))
    channels = Channels(known, brokers, isolation, patience=PATIENCE)
    scenario = ScenarioChannels(channels, SCOPES, {}, Journal())
    assert scenario.physical("orders.url").endswith(f"/{scenario.physical('orders')}")
    assert scenario.physical("orders.arn").startswith("evtbdd-run0-s1-orders-arn-")
    with pytest.raises(UnknownName) as raised:
        scenario.physical("orders.topic_arn")
    assert str(raised.value) == (
        'There is nothing called ${channel.orders.topic_arn}: a queue of SQS has "arn" and "url".'
    )
    scenario.end()
    channels.finish()
    brokers.close()


def test_a_channel_in_memory_has_nothing_but_its_name(scenario: ScenarioChannels) -> None:
    """And says so."""
    with pytest.raises(UnknownName) as raised:
        scenario.physical("orders.url")
    assert str(raised.value) == (
        "There is nothing called ${channel.orders.url}: a channel of memory has nothing but its name."
    )
