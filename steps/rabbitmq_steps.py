"""What only RabbitMQ has: queues whose depth it tells, and events whose time runs out."""

from __future__ import annotations

from evtbdd.expect.pattern import Pattern
from evtbdd.phrases import step
from evtbdd.scenario import Scenario

SECTION = "One broker's own words: RabbitMQ"
Key = str | bytes | None
Time = float | None


@step(
    'the queue "{queue}" holds {number:Number} event[s] [within {within:Duration}] '
    "[and stays so during {stays:Duration}]",
    section=SECTION,
    example='the queue "orders" holds 0 events within 5 seconds and stays so during 2 seconds',
)
def queue_holds(scenario: Scenario, *, queue: str, number: int, within: Time, stays: Time) -> None:
    """Those that are ready, and those that somebody has and did not acknowledge yet."""
    scenario.own_words.holds(queue, number, within, stays)


@step(
    'the ["{type}"] event [with key "{key}"] expires [after {after:Duration}]',
    section=SECTION,
    example='the "OrderPlaced" event with key "ORD-1" expires after 2 seconds',
)
def event_expires(scenario: Scenario, *, type: str | None, key: Key, after: Time) -> None:
    """It leaves its queue because its time to live is over, and for no other reason."""
    scenario.own_words.expires(Pattern(type, key), after)
