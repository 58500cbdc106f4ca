"""Channels are made ahead, and deleted behind, many in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from channels.conftest import PATIENCE, SCOPES, declared, events

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels.chunks import MANY
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.facility import Channels
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.channels.scope import Wanted
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.isolation.modes import Isolation
from evtbdd.isolation.names import Names
from evtbdd.journal import Journal
from evtbdd.ports import ChannelPlan, Message

Call = Callable[[Sequence[object], Deadline], None]
ORDERS = Wanted(Declaration("orders"))


def names(memory: MemoryBroker) -> Sequence[str]:
    return memory.names(Deadline.after(PATIENCE))


def scenario(channels: Channels, scope: str, journal: Journal | None = None) -> ScenarioChannels:
    return ScenarioChannels(channels, {**SCOPES, "scenario": scope}, {}, journal or Journal())


@pytest.fixture
def calls(memory: MemoryBroker, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """With how many channels each call to create and to delete came."""
    noted: dict[str, list[int]] = {"create": [], "delete": []}
    for verb, several in noted.items():
        monkeypatch.setattr(memory, verb, counted(getattr(memory, verb), several))
    return noted


def counted(call: Call, several: list[int]) -> Call:
    def noting(channels: Sequence[object], deadline: Deadline) -> None:
        several.append(len(channels))
        call(channels, deadline)

    return noting


def test_channels_of_scenarios_to_come_are_made_in_one_call(
    channels: Channels, calls: dict[str, list[int]]
) -> None:
    """A scenario then finds its own there, and sees what is published from then on."""
    channels.ahead({"s2": [ORDERS], "s3": [ORDERS, Wanted(Declaration("shipments"))]})
    journal = Journal()
    second = scenario(channels, "s2", journal)
    second.open(["orders"])
    second.begin()
    second.get("orders").publish([Message(b"{}")], Deadline.after(PATIENCE))
    assert [event.record.channel for event in events(journal)] == [second.physical("orders")]
    third = scenario(channels, "s3")
    third.open(["orders", "shipments"])
    assert calls["create"] == [3]


def test_where_each_takes_requests_of_its_own_a_call_is_for_few(
    channels: Channels,
    memory: MemoryBroker,
    calls: dict[str, list[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fifty would take longer than one answer of the broker may."""
    monkeypatch.setattr(memory, "capabilities", replace(memory.capabilities, at_once=2))
    channels.ahead({f"s{number}": [ORDERS] for number in range(2, 7)})
    third = scenario(channels, "s3")
    third.open(["orders"])
    for number in range(2, 7):
        channels.close_scope(f"s{number}")
    channels.finish()
    assert calls == {"create": [2, 2, 1], "delete": [2, 2, 1]}


def test_what_a_scenario_needs_besides_is_made_when_it_is_needed(
    channels: Channels, calls: dict[str, list[int]]
) -> None:
    """Not all can be told ahead."""
    channels.ahead({"s2": [ORDERS]})
    second = scenario(channels, "s2")
    second.open(["orders", "shipments"])
    assert list(second.opened()) == ["orders", "shipments"]
    assert calls["create"] == [1, 1]


def test_channels_of_scenarios_that_ended_are_deleted_in_one_call(
    channels: Channels, memory: MemoryBroker, calls: dict[str, list[int]]
) -> None:
    """As soon as there are many of them, and the rest at the end."""
    for number in range(1, MANY + 2):
        each = scenario(channels, f"s{number}")
        each.open(["orders"])
        each.end()
    channels.finish()
    assert names(memory) == []
    assert calls["delete"] == [MANY, 1]


def test_what_was_made_for_a_scenario_that_does_not_come_is_deleted(
    channels: Channels, memory: MemoryBroker
) -> None:
    """A hook has skipped it, or the run ends before."""
    channels.ahead({"s2": [ORDERS], "s3": [ORDERS]})
    channels.close_scope("s2")
    channels.finish()
    assert [name.split("-")[2] for name in names(memory)] == ["s3"]
    channels.close_scope("s3")
    channels.finish()
    assert names(memory) == []


def test_a_mistake_ahead_is_told_by_the_scenario_that_made_it(
    channels: Channels, memory: MemoryBroker
) -> None:
    """The others are none the worse for it."""
    taken = channels.physical("s2", Declaration("orders"))
    memory.create([ChannelPlan(taken)], Deadline.after(PATIENCE))
    channels.ahead({"s2": [ORDERS], "s3": [ORDERS]})
    with pytest.raises(BrokerError) as raised:
        scenario(channels, "s2").open(["orders"])
    assert str(raised.value) == f'The channel "{taken}" exists already in memory.'
    third = scenario(channels, "s3")
    third.open(["orders"])
    assert third.physical("orders") in names(memory)


def test_channels_that_could_not_be_watched_ahead_are_made_anew(
    channels: Channels, memory: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel that nobody watches would never show an event."""
    watch = memory.reader().watch

    def fails(*_: object) -> None:
        monkeypatch.setattr(memory.reader(), "watch", watch)
        raise BrokerUnavailable("It is gone.")

    monkeypatch.setattr(memory.reader(), "watch", fails)
    channels.ahead({"s2": [ORDERS]})
    journal = Journal()
    second = scenario(channels, "s2", journal)
    second.open(["orders"])
    second.begin()
    second.get("orders").publish([Message(b"{}")], Deadline.after(PATIENCE))
    assert len(events(journal)) == 1


def test_what_cannot_be_deleted_is_listed_with_its_name(brokers: Brokers) -> None:
    """Nothing stays behind without a word."""
    channels = Channels(
        declared("orders"), brokers, Isolation("names", Names("evtbdd", "r")), patience=PATIENCE
    )
    only = scenario(channels, "s1")
    only.open(["orders"])
    name = only.physical("orders")
    brokers.get("main").close()
    only.end()
    channels.finish()
    assert channels.left_behind == [f"{name} could not be deleted: The broker in memory is closed."]
