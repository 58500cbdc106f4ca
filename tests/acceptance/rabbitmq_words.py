"""Scenarios about what only RabbitMQ has: green ones, red ones, and those that are errors.

The expected texts stand in expected/own_words.txt.
"""

from __future__ import annotations

from acceptance.own_example import GONE, TO_ORDERS, OwnExample, published, runs

HOLDS, EXPIRES = 'the queue "QUEUE" holds', 'the ["TYPE"] event [with key "KEY"] expires'

RABBITMQ_GREEN = '''\
  Scenario: a queue holds what nobody takes
    When these "OrderPlaced" events are published to "orders":
      | @key  |
      | ORD-1 |
      | ORD-2 |
    Then the queue "orders" holds 2 events and stays so during 200 ms
    And the queue "${channel.orders}" holds 2 events within 1 second
    And the queue "notes" holds 0 events

  Scenario: a queue holds what is not acknowledged
    Given the service "holder" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1"
    Then the log of the service "holder" contains "handled"
    And the queue "orders" holds 1 event and stays so during 300 ms
    When the service "holder" is killed
    Then the queue "orders" holds 1 event

  Scenario: a queue is empty when all is acknowledged
    Given the service "worker" is running
    When 20 "OrderPlaced" events are published to "orders":
      | field  | value      |
      | number | ${counter} |
    Then the queue "orders" holds 0 events within 5 seconds and stays so during 200 ms

  Scenario: a quorum queue tells late, and is believed late
    Given the service "counting" is running
    When an "OrderPlaced" event is published to "counted" with key "ORD-1"
    Then the queue "counted" holds 1 event within 8 seconds

  Scenario: an event that expires is marked
    When an "OrderPlaced" event is published to "offers" with key "ORD-1"
    And an "OrderPlaced" event is published to "offers" with key "ORD-2"
    Then the "OrderPlaced" event with key "ORD-1" expires after 400 ms
    And the event expires
    And the event with key "ORD-2" expires after 400 ms

  Scenario: an event that expires leaves its queue
    When an "OrderPlaced" event is published to "notes" with key "ORD-1"
    Then the event expires after 700 ms

  Scenario: every phrase that publishes takes a routing key
    When an "OrderPlaced" event is published to "orders" with key "1" with routing key "eu.typed"
    And an event is published to "orders" with routing key "eu.any"
    And the event from "order.json" is published to "orders" with routing key "eu.file"
    And these events are published to "orders" with routing key "eu.these":
      | number |
      | 1      |
    And the text "plain" is published to "orders" with routing key "eu.text"
    And this text is published to "orders" with key "2" with routing key "eu.this":
      """
      plain
      """
    And the bytes from "order.json" are published to "orders" with routing key "eu.bytes"
    And these "OrderPlaced" events are published to "orders":
      | @key | @routing_key |
      | 3    | eu.row       |
    And 2 "OrderPlaced" events are published to "orders":
      | field        | value    |
      | @routing_key | eu.many  |
    Then an "OrderPlaced" event arrives on "orders" with key "1" with routing key "eu.typed"
    And an event arrives on "orders" with routing key "eu.any"
    And these events arrive on "orders":
      | @routing_key |
      | eu.file      |
      | eu.these     |
      | eu.text      |
      | eu.this      |
      | eu.bytes     |
      | eu.row       |
      | eu.many      |
      | eu.many      |
    And exactly 2 events arrive on "orders" during 100 ms with:
      | field        | value   |
      | @routing_key | eu.many |

  Scenario: what is published again keeps its routing key
    When an event is published to "orders" with routing key "eu.again"
    And the same event is published again
    Then at least 2 events arrive on "orders" with:
      | field        | value    |
      | @routing_key | eu.again |
'''

RABBITMQ_RED = (
    OwnExample(
        "holds, never acknowledged",
        HOLDS,
        'the queue "orders" holds 0 events within 400 ms',
        "never acknowledges",
        given=runs("holder"),
        act=TO_ORDERS + '    Then the log of the service "holder" contains "handled"\n',
    ),
    OwnExample(
        "holds, taken and acknowledged",
        HOLDS,
        'the queue "${channel.orders}" holds 1 event within 400 ms',
        "acknowledges",
        given=runs("worker"),
        act=TO_ORDERS + '    Then the log of the service "worker" contains "handled"\n',
    ),
    OwnExample(
        "stays so, and does not",
        HOLDS,
        'the queue "notes" holds 1 event within 400 ms and stays so during 5 seconds',
        "expires",
        act=published("notes"),
    ),
    OwnExample(
        "holds none, on a quorum queue",
        HOLDS,
        'the queue "counted" holds 0 events within 400 ms',
        "never acknowledges",
        given=runs("counting"),
        act=published("counted")
        + '    Then the log of the service "counting" contains "handled"\n',
    ),
    OwnExample(
        "expires, and does not",
        EXPIRES,
        'the "OrderPlaced" event with key "ORD-1" expires',
        "a time to live that is too long",
        act=published("lasting"),
    ),
    OwnExample(
        "expires, too early",
        EXPIRES,
        "the event expires after 5 seconds",
        "a time to live that is too short",
        act=published("offers"),
    ),
    OwnExample(
        "expires, too late",
        EXPIRES,
        "the event expires after 100 ms",
        "a time to live that is too long",
        act=published("late") + '    Then no event arrives on "inbox" during 4 seconds\n',
    ),
    OwnExample(
        "expires, rejected instead",
        EXPIRES,
        "the event expires",
        "rejects",
        given=runs("critic"),
        act=published("lasting"),
    ),
    OwnExample(
        "expires, by its queue it does not",
        EXPIRES,
        "the event expires",
        "no time to live",
        act=TO_ORDERS,
    ),
    OwnExample(
        "expires, by its queue too early",
        EXPIRES,
        "the event expires after 5 seconds",
        "a time to live that is too short",
        act=published("notes"),
    ),
)

RABBITMQ_ERRORS = (
    OwnExample(
        "a routing key that nobody has, sent",
        "",
        'no event arrives on "elsewhere" during 100 ms',
        "no routing keys",
        act='    When an event is published to "elsewhere" with routing key "eu.1"\n',
    ),
    OwnExample(
        "a routing key that nobody has, expected",
        "",
        'an event arrives on "elsewhere" with routing key "eu.1"',
        "no routing keys",
        act=published("elsewhere"),
    ),
    OwnExample(
        "a routing key that nobody has, in a table",
        "",
        'these events arrive on "elsewhere":\n  | @routing_key |\n  | eu.1         |',
        "no routing keys",
        act=published("elsewhere"),
    ),
    OwnExample(
        "holds, a dead service",
        HOLDS,
        'the queue "orders" holds 0 events within 400 ms',
        "dead service",
        given=runs("doomed"),
        act=TO_ORDERS + '    And the service "doomed" has died\n',
    ),
    OwnExample(
        "stays so, a dead service",
        HOLDS,
        'the queue "orders" holds 1 event and stays so during 200 ms',
        "dead service",
        given=runs("doomed"),
        act=TO_ORDERS + '    And the service "doomed" has died\n',
    ),
    OwnExample(
        "holds, evtbdd takes it",
        HOLDS,
        'the queue "inbox" holds 1 event',
        "a queue that evtbdd consumes",
        act=published("inbox"),
    ),
    OwnExample(
        "holds, nobody knows which",
        HOLDS,
        'the queue "ordrs" holds 1 event',
        "a slip of the pen",
        act=TO_ORDERS,
    ),
    OwnExample(
        "holds, on another broker",
        HOLDS,
        'the queue "elsewhere" holds 1 event',
        "no queues",
        act=published("elsewhere"),
    ),
    OwnExample(
        "expires, on another broker",
        EXPIRES,
        "the event expires",
        "no queues",
        act=published("elsewhere"),
    ),
    OwnExample(
        "expires, an exchange alone",
        EXPIRES,
        "the event expires",
        "no queue",
        given='    Given the channel "readers" exists\n',
        act='    When the text "{}" is published to "news"\n',
    ),
    OwnExample(
        "expires, somebody consumes",
        EXPIRES,
        "the event expires",
        "a consumer",
        given=runs("reader"),
        act=published("notes"),
    ),
    OwnExample(
        "expires, another one behind it",
        EXPIRES,
        'the event with key "ORD-1" expires',
        "another event",
        act=TO_ORDERS + published("orders", "ORD-2"),
    ),
    OwnExample(
        "expires, nothing published",
        EXPIRES,
        'the "OrderPlaced" event expires',
        "no event",
        act='    When an "OrderLost" event is published to "orders"\n',
    ),
)

RABBITMQ_DEAD = (
    OwnExample(
        "holds, a dead broker",
        HOLDS,
        'the queue "lost-1" holds 1 event',
        "dead broker",
        act=published("lost-1") + GONE.format("doomed-1"),
    ),
    OwnExample(
        "expires, a dead broker",
        EXPIRES,
        "the event expires",
        "dead broker",
        act=published("lost-2") + GONE.format("doomed-2"),
    ),
)
"""A broker that is gone by the time of the step."""
