"""What only SQS has: events that are invisible once received, and batches."""

from __future__ import annotations

from evtbdd.channels.batch import require_fates
from evtbdd.channels.message import Draft
from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario

SECTION = "One broker's own words: SQS"


@step(
    'the ["{type}"] event becomes visible again on "{channel}" after {after:Duration}',
    section=SECTION,
    example='the "OrderPlaced" event becomes visible again on "orders" after 30 seconds',
)
def becomes_visible(scenario: Scenario, *, type: str | None, channel: str, after: float) -> None:
    """It can be received again, so long after it was received, and not a second earlier."""
    scenario.own_words.becomes_visible(channel, Pattern(type), after)


@step(
    'the ["{type}"] event stays invisible on "{channel}" during {during:Duration}',
    section=SECTION,
    example='the "OrderPlaced" event stays invisible on "orders" during 2 seconds',
)
def stays_invisible(scenario: Scenario, *, type: str | None, channel: str, during: float) -> None:
    """Nobody can receive it while it is watched, and it is there."""
    scenario.own_words.stays_invisible(channel, Pattern(type), during)


@step(
    'these ["{type}"] events are published to "{channel}" as one batch:',
    section=SECTION,
    act=True,
    example='these "OrderPlaced" events are published to "orders" as one batch:\n'
    "  | orderId |\n  | ORD-1   |\n  | ORD-2   |",
)
def publish_batch(scenario: Scenario, *, type: str | None, channel: str, data: Data) -> None:
    """A row for each event, all in one request; each is accepted or refused by itself."""
    scenario.publisher.batch(channel, Draft(type), data)


@step(
    "the broker accepts {accepted:Number} and refuses {refused:Number} of the batch",
    section=SECTION,
    names={"refused": "M"},
    example="the broker accepts 2 and refuses 1 of the batch",
)
def batch_is_taken(scenario: Scenario, *, accepted: int, refused: int) -> None:
    """What became of the batch that was published last."""
    require_fates(scenario.publisher.last_batch, accepted, refused)
