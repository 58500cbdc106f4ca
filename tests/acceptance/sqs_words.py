"""Scenarios about what only SQS has: green ones, red ones, and those that are errors.

The expected texts stand in expected/own_words.txt.
"""

from __future__ import annotations

from acceptance.own_example import GONE, STARTED, TO_ORDERS, OwnExample, published

VISIBLE = 'the ["TYPE"] event becomes visible again on'
INVISIBLE = 'the ["TYPE"] event stays invisible on'
BATCH = "the broker accepts N and refuses M of the batch"
THREE = """\
    When these "OrderPlaced" events are published to "notes" as one batch:
      | @key             | orderId |
      | ORD-1            | ORD-1   |
      | ${base64 AQ==}   | ORD-2   |
      | ORD-3            | ORD-3   |
"""

SQS_GREEN = f"""\
  Scenario: what was received is invisible, and visible again
    When an "OrderPlaced" event is published to "orders" with key "ORD-1"
    And the service "clerk" is started
    Then the "OrderPlaced" event stays invisible on "orders" during 500 ms
    And the "OrderPlaced" event becomes visible again on "orders" after 2 seconds

  Scenario: what is delayed is invisible until then
    When an "OrderPlaced" event is published to "later" with key "ORD-1"
    Then the event stays invisible on "later" during 500 ms
    And the event becomes visible again on "later" after 2 seconds

  Scenario: a batch of which a part is refused
{THREE}    Then the broker accepts 2 and refuses 1 of the batch
    And these "OrderPlaced" events arrive on "notes":
      | @key  |
      | ORD-1 |
      | ORD-3 |

  Scenario: a batch that is too long is refused as a whole
    When these events are published to "notes" as one batch:
      | number |
{"".join(f"      | {number} |" + chr(10) for number in range(11))}    Then the broker accepts 0 and refuses 11 of the batch
    And no event arrives on "notes" during 200 ms
"""

SQS_RED = (
    OwnExample(
        "visible again, too early",
        VISIBLE,
        'the event becomes visible again on "orders" after 20 seconds',
        "a visibility timeout that is too short",
        act=TO_ORDERS + STARTED.format("clerk"),
    ),
    OwnExample(
        "visible again, never",
        VISIBLE,
        'the "OrderPlaced" event becomes visible again on "slow" after 500 ms',
        "a visibility timeout that is too long",
        act=published("slow")
        + STARTED.format("sleeper")
        + '    And the service "sleeper" is killed\n',
    ),
    OwnExample(
        "visible again, too late",
        VISIBLE,
        'the event becomes visible again on "orders" after 100 ms',
        "a visibility timeout that is too long",
        act=TO_ORDERS
        # Not one that has to end first: the look must come before the event is visible.
        + STARTED.format("napper")
        + '    And the service "napper" is killed\n'
        + '    Then the event stays invisible on "orders" during 1 second\n',
    ),
    OwnExample(
        "visible again, never invisible",
        VISIBLE,
        'the event becomes visible again on "notes" after 1 second',
        "received by evtbdd itself",
        act=published("notes"),
    ),
    OwnExample(
        "stays invisible, not so long",
        INVISIBLE,
        'the "OrderPlaced" event stays invisible on "orders" during 10 seconds',
        "a visibility timeout that is too short",
        act=TO_ORDERS + STARTED.format("clerk"),
    ),
    OwnExample(
        "stays invisible, received by evtbdd",
        INVISIBLE,
        'the event stays invisible on "notes" during 300 ms',
        "no delay",
        act=published("notes"),
    ),
    OwnExample(
        "batch, one more is refused",
        BATCH,
        "the broker accepts 3 and refuses 0 of the batch",
        "a character that SQS does not carry",
        act=THREE,
    ),
)

SQS_ERRORS = (
    OwnExample(
        "visible again, a live service",
        VISIBLE,
        'the event becomes visible again on "slow" after 1 second',
        "a service that may receive it first",
        act=published("slow") + STARTED.format("sleeper"),
    ),
    OwnExample(
        "stays invisible, deleted",
        INVISIBLE,
        'the "OrderPlaced" event stays invisible on "orders" during 300 ms',
        "deleted",
        act=TO_ORDERS + STARTED.format("cleaner"),
    ),
    OwnExample(
        "visible again, looked at too late",
        VISIBLE,
        'the event becomes visible again on "orders" after 2 seconds',
        "nobody looked",
        act=TO_ORDERS
        + STARTED.format("clerk")
        + '    Then no event arrives on "notes" during 3 seconds\n',
    ),
    OwnExample(
        "visible again, received twice",
        VISIBLE,
        'the event becomes visible again on "orders" after 2 seconds',
        "SQS does not tell of the last receipt",
        act=TO_ORDERS + STARTED.format("clerk") + STARTED.format("clerk"),
    ),
    OwnExample(
        "visible again, one of several alike",
        VISIBLE,
        'the event becomes visible again on "orders" after 2 seconds',
        "events that are alike",
        act=TO_ORDERS + "    And the same event is published again\n" + STARTED.format("clerk"),
    ),
    OwnExample(
        "visible again, on another broker",
        VISIBLE,
        'the event becomes visible again on "elsewhere" after 1 second',
        "hides nothing",
        act=published("elsewhere"),
    ),
    OwnExample(
        "batch, on another broker",
        BATCH,
        "the broker accepts 1 and refuses 0 of the batch",
        "no batches",
        act=THREE.replace('"notes"', '"elsewhere"'),
    ),
    OwnExample(
        "batch, of another size",
        BATCH,
        "the broker accepts 3 and refuses 1 of the batch",
        "miscounted",
        act=THREE,
    ),
    OwnExample(
        "batch, never published",
        BATCH,
        "the broker accepts 1 and refuses 0 of the batch",
        "no batch",
        act=published("notes"),
    ),
)

SQS_DEAD = (
    OwnExample(
        "batch, a dead broker",
        BATCH,
        "the broker accepts 2 and refuses 1 of the batch",
        "dead broker",
        act='    When the broker "doomed-1" is gone\n'
        + THREE.replace("When", "And").replace('"notes"', '"lost-1"'),
    ),
    OwnExample(
        "visible again, a dead broker",
        VISIBLE,
        'the event becomes visible again on "lost-2" after 1 second',
        "dead broker",
        act=published("lost-2") + GONE.format("doomed-2"),
    ),
    OwnExample(
        "stays invisible, a dead broker",
        INVISIBLE,
        'the event stays invisible on "lost-3" during 1 second',
        "dead broker",
        act=published("lost-3") + GONE.format("doomed-3"),
    ),
)
"""A broker that is gone by the time of the step."""
