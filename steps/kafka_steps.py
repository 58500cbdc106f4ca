"""What only Kafka has: partitions, and groups that commit offsets."""

from __future__ import annotations

from evtbdd.phrases import step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario
from evtbdd.services import group_claims

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


@step(
    'the committed offset of the service "{service}" on "{channel}" is {number:Number} '
    "[within {within:Duration}]",
    section=SECTION,
    names={"service": "NAME"},
    example='the committed offset of the service "shipping" on "orders" is 3 within 5 seconds',
)
def committed_offset_is(
    scenario: Scenario, *, service: str, channel: str, number: int, within: Time
) -> None:
    """The offset of the event that its group would be handed next, on a channel of one partition."""
    group_claims.committed_is(
        scenario.services.get(service),
        scenario.channels.get(channel),
        number,
        scenario.expect.patience(within),
        scenario.channels.deadline,
    )


@step(
    'the group of the service "{service}" is reset to the {where=beginning|end} of "{channel}"',
    section=SECTION,
    names={"service": "NAME"},
    act=True,
    example='the group of the service "shipping" is reset to the beginning of "orders"',
)
def group_is_reset(scenario: Scenario, *, service: str, where: str, channel: str) -> None:
    """It goes on there when its service is started again; nobody may be in it."""
    group_claims.reset(
        scenario.services.get(service),
        scenario.channels.get(channel),
        where,
        scenario.channels.deadline,
    )


@step(
    'the partitions of "{channel}" are shared by {number:Number} instance[s] of the service '
    '"{service}" [within {within:Duration}]',
    section=SECTION,
    names={"service": "NAME"},
    example='the partitions of "orders" are shared by 2 instances of the service "shipping"',
)
def partitions_are_shared(
    scenario: Scenario, *, channel: str, number: int, service: str, within: Time
) -> None:
    """Every partition is assigned, to so many members of its group."""
    group_claims.shared_by(
        scenario.services.get(service),
        scenario.channels.get(channel),
        number,
        scenario.expect.patience(within),
        scenario.channels.deadline,
    )
