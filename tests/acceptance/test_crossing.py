"""A scenario that crosses brokers: from Kafka through a service to RabbitMQ, and on to SQS."""

from __future__ import annotations

import pytest
from acceptance.project import SHOP, Project, normal

SETTINGS = f"""\
[evtbdd]
isolation = {{isolation}}

[evtbdd:broker:log]
url = kafka+embedded://
[evtbdd:broker:rabbit]
url = amqp://{{rabbitmq}}
[evtbdd:broker:cloud]
url = sqs+embedded://

[evtbdd:channel:orders]
broker = log
types = OrderPlaced
[evtbdd:channel:shipments]
broker = rabbit
types = OrderShipped, ShipmentCancelled
[evtbdd:channel:rejected]
broker = rabbit
[evtbdd:channel:notifications]
broker = cloud
types = CustomerNotified
fifo = yes
sns = yes

[evtbdd:service:shipping]
command = python {SHOP}/shipping.py
consumes = orders
publishes = shipments, rejected
group = shipping-${{{{scope.id}}}}
environment =
    BROKER = ${{{{broker.log}}}}
    ANSWERS = ${{{{broker.rabbit}}}}
    GROUP = shipping-${{{{scope.id}}}}
    ORDERS = ${{{{channel.orders}}}}
    SHIPMENTS = ${{{{channel.shipments}}}}
    REJECTED = ${{{{channel.rejected}}}}

[evtbdd:service:notifications]
command = python {SHOP}/notifications.py
consumes = shipments
publishes = notifications
environment =
    BROKER = ${{{{broker.rabbit}}}}
    ANSWERS = ${{{{broker.cloud}}}}
    SHIPMENTS = ${{{{channel.shipments}}}}
    NOTIFICATIONS = ${{{{channel.notifications}}}}
"""
PLACED = """\
    When an "OrderPlaced" event is published to "orders" with key "${order}":
      \"\"\"
      {"orderId": "${order}", "customer": "ann", "items": [], "total": 5}
      \"\"\"
"""
FEATURE = f"""\
Feature: An order crosses three brokers

  Background:
    Given "order" is a fresh id

  Scenario: from Kafka to RabbitMQ to SQS
    Given the service "shipping" is running
    And the service "notifications" is running
{PLACED}\
    Then the committed offset of the service "shipping" on "orders" is 1
    And an "OrderShipped" event arrives on "shipments" with key "${{order}}" with:
      | field        | value        |
      | @routing_key | OrderShipped |
    And a "CustomerNotified" event arrives on "notifications" with key "${{order}}" with:
      | field   | value                              |
      | message | Your order ${{order}} is on its way. |
      | @group  | ${{order}}                           |
    And exactly 1 event arrives on "notifications" during 300 ms
    And no event arrives on "rejected" during 300 ms

  Scenario: not beyond RabbitMQ
    Given the service "shipping" is running
    And the service "notifications" is running
    When an event is published to "orders" with key "${{order}}":
      \"\"\"
      {{"type": "OrderCancelled", "orderId": "${{order}}"}}
      \"\"\"
    Then a "ShipmentCancelled" event arrives on "shipments" with key "${{order}}"
    And no event arrives on "notifications" during 300 ms

  @use.with_broker.rabbit=kafka
  Scenario: on another broker
    Given the channel "shipments" exists with 3 partitions

  Scenario: red in the middle
    Given the service "shipping" is running with:
      | name  | value     |
      | FAULT | wrong-key |
    And the service "notifications" is running
{PLACED}\
    Then an "OrderShipped" event arrives on "shipments" with key "${{order}}" within 1 second

  Scenario: red at the end
    Given the service "shipping" is running
    And the service "notifications" is running with:
      | name  | value     |
      | FAULT | duplicate |
{PLACED}\
    Then exactly 1 "CustomerNotified" event arrives on "notifications" during 1 second

  Scenario: a dead link
    Given the service "shipping" is running
    And the service "notifications" is running with:
      | name  | value          |
      | FAULT | crash-on-event |
{PLACED}\
    Then an "OrderShipped" event arrives on "shipments"
    And no "CustomerNotified" event arrives on "notifications" during 1 second
"""


@pytest.mark.parametrize("isolation", ["names", "namespace"])
def test_a_scenario_can_cross_three_brokers(
    project: Project, real_rabbitmq: str, isolation: str
) -> None:
    """Each step speaks of a channel; on which broker that lies stands in the settings alone."""
    project.write("evtbdd.cfg", SETTINGS.format(isolation=isolation, rabbitmq=real_rabbitmq))
    project.write("features/crossing.feature", FEATURE)
    outcome = project.behave()
    verdicts = {name: each.status for name, each in outcome.verdicts.items()}
    assert "SKIP scenario on another broker: it is tagged" in outcome.output
    del verdicts["on another broker"]
    assert verdicts == {
        "from Kafka to RabbitMQ to SQS": "passed",
        "not beyond RabbitMQ": "passed",
        "red in the middle": "failed",
        "red at the end": "failed",
        "a dead link": "error",
    }, outcome.output
    middle, end, dead = (
        normal(outcome.verdicts[name].text)
        for name in ("red in the middle", "red at the end", "a dead link")
    )
    assert "but the one event in its window did not match (waited T s; rabbitmq HOST:PORT" in middle
    assert 'key: "wrong-UUID", expected "UUID"' in middle
    assert "but 2 events came (watched T s; sqs http://HOST:PORT, queue " in end
    assert 'the service "notifications" ended with exit code 1' in dead.split("\n")[0]
    assert "Left behind" not in outcome.output
