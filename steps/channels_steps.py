"""Channels: which there are, and what they hold already."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario

SECTION = "Channels"


@step(
    'the channel "{channel}" exists [on the broker "{broker}"]',
    section=SECTION,
    keyword="Given",
    example='the channel "orders" exists',
)
@tells_ahead(lambda plan, values, _: plan.declares_one(values))
def channel_exists(scenario: Scenario, *, channel: str, broker: str | None) -> None:
    """The channel is there from the scenario's beginning, with what the settings say of it."""
    scenario.channels.require(channel, broker=broker)


@step(
    "these channels exist:",
    section=SECTION,
    keyword="Given",
    example="these channels exist:\n  | channel | partitions |\n  | orders  | 3          |",
)
@tells_ahead(lambda plan, _, table: plan.declares_table(table))
def channels_exist(scenario: Scenario, *, data: Data) -> None:
    """A row for each channel; the columns are channel and the keys of its settings."""
    scenario.channels.require_table(data)


@step(
    'the channel "{channel}" does not exist',
    section=SECTION,
    keyword="Given",
    example='the channel "audit" does not exist',
)
@tells_ahead(lambda plan, values, _: plan.wants_absent(values["channel"]))
def channel_does_not_exist(scenario: Scenario, *, channel: str) -> None:
    """The channel is not created, though its name is known to services."""
    scenario.channels.remove(channel)


@step(
    '"{channel}" already holds these events:',
    section=SECTION,
    keyword="Given",
    act=True,
    example='"orders" already holds these events:\n  | @type       | orderId |\n'
    "  | OrderPlaced | ORD-1   |",
)
def channel_already_holds(scenario: Scenario, *, channel: str, data: Data) -> None:
    """Events from before the scenario's beginning, for replay and catch-up; they never count."""
    scenario.publisher.history(channel, data)
