"""What only Kafka has: partitions."""

from __future__ import annotations

from evtbdd.phrases import step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario

SECTION = "One broker's own words: Kafka"
WATCHED = "[during {during:Duration}] [{in_all=in all}]"
Time = float | None


@step(
    'the channel "{channel}" exists with {partitions:Number} partition[s]',
    section=SECTION,
    keyword="Given",
    example='the channel "orders" exists with 3 partitions',
)
@tells_ahead(lambda plan, values, _: plan.declares_one(values))
def channel_exists_with_partitions(scenario: Scenario, *, channel: str, partitions: int) -> None:
    """The channel is there with so many partitions, whatever the settings say."""
    scenario.channels.require(channel, partitions=partitions)


@step(
    f'the events on "{{channel}}" with the same key share a partition {WATCHED}',
    section=SECTION,
    example='the events on "shipments" with the same key share a partition during 2 seconds',
)
def same_key_shares_partition(
    scenario: Scenario, *, channel: str, during: Time, in_all: bool
) -> None:
    """No key in two partitions; and some key came at least twice."""
    scenario.expect.share_lane(channel, during, in_all)
