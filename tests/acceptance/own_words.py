"""Scenarios about what only RabbitMQ or SQS has: green ones, red ones, and those that are errors.

The expected texts stand in expected/own_words.txt.
"""

from __future__ import annotations

from dataclasses import dataclass

from acceptance.examples import RedExample

RABBITMQ_SETTINGS = """\
[evtbdd]
timeout = 2 seconds

[evtbdd:broker:main]
url = amqp://{rabbitmq}

[evtbdd:broker:doomed-1]
url = rabbitmq+local://

[evtbdd:broker:doomed-2]
url = rabbitmq+local://

[evtbdd:broker:other]
url = memory://

[evtbdd:channel:orders]
broker = main

[evtbdd:channel:counted]
broker = main
dead letter = dead counted
attempts = 3

[evtbdd:channel:dead counted]
broker = main
kind = queue

[evtbdd:channel:offers]
broker = main
dead letter = dead offers
queue arguments =
    x-message-ttl = 400

[evtbdd:channel:dead offers]
broker = main
kind = queue

[evtbdd:channel:late]
broker = main
dead letter = dead offers
queue arguments =
    x-message-ttl = 3000

[evtbdd:channel:lasting]
broker = main
dead letter = dead lasting
queue arguments =
    x-message-ttl = 60000

[evtbdd:channel:dead lasting]
broker = main
kind = queue

[evtbdd:channel:notes]
broker = main
queue arguments =
    x-message-ttl = 700

[evtbdd:channel:news]
broker = main
kind = exchange

[evtbdd:channel:readers]
broker = main
kind = queue
bindings = news: #

[evtbdd:channel:inbox]
broker = main
kind = queue

[evtbdd:channel:lost-1]
broker = doomed-1

[evtbdd:channel:lost-2]
broker = doomed-2

[evtbdd:channel:elsewhere]
broker = other

[evtbdd:service:holder]
command = python consume.py holds
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:worker]
command = python consume.py acknowledges
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:doomed]
command = python consume.py dies
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:critic]
command = python consume.py rejects
consumes = lasting
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.lasting}}

[evtbdd:service:counting]
command = python consume.py holds
consumes = counted
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.counted}}

[evtbdd:service:reader]
command = python consume.py acknowledges
consumes = notes
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.notes}}
"""

CONSUME = """
import os, sys
import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ"]))
channel = connection.channel()


def handle(channel, delivery, properties, body):
    if sys.argv[1] == "dies":
        sys.exit(3)
    if sys.argv[1] == "acknowledges":
        channel.basic_ack(delivery.delivery_tag)
    if sys.argv[1] == "rejects":
        channel.basic_reject(delivery.delivery_tag, requeue=False)
    print("handled", flush=True)


channel.basic_consume(os.environ["QUEUE"], handle)
channel.start_consuming()
"""

KEYS = """\
AWS_ENDPOINT_URL = ${broker.main}
    AWS_DEFAULT_REGION = ${broker.main.region}
    AWS_ACCESS_KEY_ID = ${broker.main.user}
    AWS_SECRET_ACCESS_KEY = ${broker.main.password}"""

SQS_SHOP = """\
[evtbdd:broker:main]
url = sqs+embedded://

[evtbdd:channel:orders]
broker = main
visibility timeout = 2 seconds

[evtbdd:channel:slow]
broker = main
visibility timeout = 60 seconds

[evtbdd:channel:notes]
broker = main

[evtbdd:service:clerk]
command = python receive.py leaves
consumes = orders
ready = exit 0
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:cleaner]
command = python receive.py deletes
consumes = orders
ready = exit 0
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:napper]
command = python receive.py sleeps
consumes = orders
ready = log "received"
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:sleeper]
command = python receive.py sleeps
consumes = slow
ready = log "received"
environment =
    {keys}
    QUEUE = ${channel.slow.url}
""".replace("{keys}", KEYS)
"""Queues, and services that receive one event: who leaves it, who deletes it, who goes on to hold it."""

SQS_SETTINGS = f"""\
[evtbdd]
timeout = 1 second

{SQS_SHOP}
[evtbdd:broker:doomed-1]
url = sqs+embedded://

[evtbdd:broker:doomed-2]
url = sqs+embedded://

[evtbdd:broker:doomed-3]
url = sqs+embedded://

[evtbdd:broker:other]
url = memory://

[evtbdd:channel:later]
broker = main
delay = 2 seconds

[evtbdd:channel:lost-1]
broker = doomed-1

[evtbdd:channel:lost-2]
broker = doomed-2
watch = none

[evtbdd:channel:lost-3]
broker = doomed-3
watch = none

[evtbdd:channel:elsewhere]
broker = other
"""

RECEIVE = """
import os, sys, time
import boto3

queue = boto3.resource("sqs").Queue(os.environ["QUEUE"])
(message,) = queue.receive_messages(WaitTimeSeconds=10)
if sys.argv[1] == "deletes":
    message.delete()
print("received", flush=True)
if sys.argv[1] == "sleeps":
    time.sleep(60)
"""

TO_ORDERS = '    When an "OrderPlaced" event is published to "orders" with key "ORD-1"\n'


@dataclass(frozen=True)
class OwnExample(RedExample):
    """As a RedExample, with the settings of this module: `act` is all that comes before the step.

    `fault` only says in a word what is wrong.
    """

    def scenario(self) -> str:
        """What comes before the step, and the step."""
        first, *rest = self.then.strip("\n").split("\n")
        below = "".join(f"    {line}\n" for line in rest)
        return f"  Scenario: {self.name}\n{self.given}{self.act}    Then {first}\n{below}\n"


def feature(title: str, examples: tuple[OwnExample, ...], green: str) -> str:
    """All scenarios of one broker."""
    return f"Feature: {title}\n\n{green}\n" + "\n".join(each.scenario() for each in examples)


def published(channel: str, key: str = "ORD-1") -> str:
    """The step that publishes an event."""
    return f'    When an "OrderPlaced" event is published to "{channel}" with key "{key}"\n'


def runs(service: str) -> str:
    """The step that has a service running."""
    return f'    Given the service "{service}" is running\n'


GONE = '    And the broker "{}" is gone\n'
HOLDS, EXPIRES = 'the queue "QUEUE" holds', 'the ["TYPE"] event [with key "KEY"] expires'
HANDLED = '    And the log of the service "{}" contains "handled"\n'

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

VISIBLE = 'the ["TYPE"] event becomes visible again on'
INVISIBLE = 'the ["TYPE"] event stays invisible on'
BATCH = "the broker accepts N and refuses M of the batch"
STARTED = '    And the service "{}" is started\n'
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

OWN_WORDS = (*RABBITMQ_RED, *SQS_RED)
"""What a fault turns into a failure."""
