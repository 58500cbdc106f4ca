"""A run on SQS: with a service as anyone writes it, on a broker of the run's own."""

from __future__ import annotations

from acceptance.project import ROOT, Project
from acceptance.running import told

PACKING = ROOT / "tests" / "systems" / "parcels" / "packing.py"

SETTINGS = f"""\
[evtbdd:broker:main]
url = sqs+embedded://

[evtbdd:channel:orders]
types = OrderPlaced
visibility timeout = 0 seconds
dead letter = orders.dead
attempts = 2

[evtbdd:channel:orders.dead]

[evtbdd:channel:parcels]
types = ParcelPacked
fifo = yes

[evtbdd:channel:news]
sns = yes

[evtbdd:channel:notes]

[evtbdd:service:packing]
command = python {PACKING}
consumes = orders
publishes = parcels
ready = log "packing"
environment =
    AWS_ENDPOINT_URL = ${{broker.main}}
    AWS_DEFAULT_REGION = ${{broker.main.region}}
    AWS_ACCESS_KEY_ID = ${{broker.main.user}}
    AWS_SECRET_ACCESS_KEY = ${{broker.main.password}}
    ORDERS = ${{channel.orders.url}}
    PARCELS = ${{channel.parcels.url}}
"""
FEATURE = """\
Feature: Parcels

  Scenario: an order is packed
    Given the service "packing" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
      | items   | 3     |
    Then these "ParcelPacked" events arrive on "parcels" with key "ORD-1" in order:
      | parcel |
      | 1      |
      | 2      |
      | 3      |
    And no event arrives on "parcels" with key "ORD-2" during 200 ms

  Scenario: what cannot be packed dies
    Given the service "packing" is running
    When an "OrderPlaced" event is published to "orders":
      | field   | value |
      | orderId | ORD-2 |
      | items   | 0     |
    Then an event arrives on "orders.dead" within 10 seconds with:
      | field     | value |
      | orderId   | ORD-2 |
      | @attempts | 2     |
    And no event arrives on "parcels" during 200 ms

  Scenario: a parcel too few
    Given the service "packing" is running
    When an "OrderPlaced" event is published to "orders":
      | field   | value |
      | orderId | ORD-3 |
      | items   | 1     |
    Then at least 2 "ParcelPacked" events arrive on "parcels" within 1 second

  Scenario: the service's own queue
    Given the service "packing" is running
    When an "OrderPlaced" event is published to "orders":
      | field   | value |
      | orderId | ORD-4 |
      | items   | 1     |
    Then an event arrives on "orders"

  Scenario: a round trip
    When these events are published to "notes":
      | number |
      | 1      |
      | 2      |
    Then exactly 2 events arrive on "notes" during 200 ms

  Scenario: a round trip through a topic
    When an event is published to "news" with key "N-1":
      | field | value |
      | said  | so    |
    Then an event arrives on "news" with key "N-1" with:
      | field | value |
      | said  | so    |

  Scenario: no order in a queue
    When these events are published to "notes":
      | number |
      | 1      |
      | 2      |
    Then these events arrive on "notes" in order:
      | number |
      | 1      |
      | 2      |

  Scenario: what SQS cannot carry
    When the text "" is published to "notes"

  Scenario: a fact that nobody knows
    When the text "${channel.notes.topic_arn}" is published to "notes"
"""
PASSED = (
    "an order is packed",
    "what cannot be packed dies",
    "a round trip",
    "a round trip through a topic",
)
ERRORS = {
    "the service's own queue": (
        'Nothing can be expected on "orders": it cannot be watched, because "packing" consumes it, '
        "and what evtbdd received from the queue would be lost to them; give it sns = yes, and evtbdd "
        "taps its topic."
    ),
    "no order in a queue": (
        "SQS has no order of events within a lane; memory, Kafka, RabbitMQ and SQS with fifo = yes "
        "have one."
    ),
    "what SQS cannot carry": (
        "SQS has no contents of any bytes; memory, Kafka and RabbitMQ have them. The payload of this event is "
        "empty, and SQS wants a character."
    ),
    "a fact that nobody knows": (
        'There is nothing called ${channel.notes.topic_arn}: a queue of SQS has "arn" and "url".'
    ),
}


def test_a_run_on_sqs(project: Project) -> None:
    """What holds is green, what does not is red, and what SQS cannot do is said with who can."""
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/parcels.feature", FEATURE)
    outcome = project.behave()
    assert {name: told(outcome, name) for name in PASSED} == dict.fromkeys(PASSED, ("passed", ""))
    status, text = told(outcome, "a parcel too few")
    assert status == "failed", outcome.output
    assert text.splitlines()[:2] == [
        'ASSERT FAILED: Expected on "parcels" within 1 second: at least 2 "ParcelPacked" events',
        "but only 1 came, the last at +T s (waited T s; sqs http://HOST:PORT, queue "
        "TOPIC-parcels.fifo)",
    ]
    for name, said in ERRORS.items():
        status, text = told(outcome, name)
        assert status == "error", name
        assert said in text, name
    assert "Left behind" not in outcome.output
