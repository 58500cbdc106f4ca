"""A project on RabbitMQ: its settings and features as a user writes them, run by behave."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from acceptance.project import Project, normal
from acceptance.running import hook_errors

from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.brokers.rabbitmq.names import is_own
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq

SERVICE = """
import json, os
import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ"]))
channel = connection.channel()


def handle(channel, delivery, properties, body):
    order = json.loads(body)
    if order["amount"] < 0:
        channel.basic_reject(delivery.delivery_tag, requeue=False)
        return
    properties = pika.BasicProperties(
        correlation_id=properties.message_id, headers={"type": "OrderShipped", "key": order["id"]}
    )
    shipped = json.dumps({"id": order["id"], "status": "shipped"})
    channel.basic_publish(os.environ["SHIPMENTS"], f"eu.{order['id']}", shipped, properties)
    channel.basic_ack(delivery.delivery_tag)


channel.basic_consume(os.environ["ORDERS"], handle)
print("consuming", flush=True)
channel.start_consuming()
"""

SETTINGS = """\
[evtbdd]
isolation = {isolation}
timeout = 10 seconds

[evtbdd:broker:main]
url = {url}

[evtbdd:channel:orders]
dead letter = dead orders
types = OrderPlaced

[evtbdd:channel:dead orders]
kind = queue

[evtbdd:channel:shipments]
types = OrderShipped, OrderLost

[evtbdd:channel:audit]
kind = queue
bindings = shipments: eu.#

[evtbdd:channel:news]
kind = exchange

[evtbdd:channel:inbox]
kind = queue

[evtbdd:service:shipping]
command = python shipping.py
consumes = orders
publishes = shipments
environment =
    RABBITMQ = ${{broker.main}}
    ORDERS = ${{channel.orders}}
    SHIPMENTS = ${{channel.shipments}}

[evtbdd:service:clerk]
command = python -c "import os; print(os.environ['WHERE'])"
ready = exit 0
consumes = inbox
environment =
    WHERE = ${{broker.main.host}} ${{broker.main.user}} ${{broker.main.vhost}} ${{channel.inbox}}
"""

FEATURE = """\
Feature: Orders on RabbitMQ

  Scenario: a placed order is shipped
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "42" with routing key "eu.web":
      | field       | value |
      | id          | 42    |
      | amount      | 3     |
      | @message_id | msg-1 |
    Then an "OrderShipped" event arrives on "shipments" with key "42" with routing key "eu.42" with:
      | field        | value     |
      | status       | shipped   |
      | @routing_key | eu.42     |
      | @correlation_id | msg-1  |
    And an "OrderShipped" event arrives on "audit" with:
      | field        | value |
      | @redelivered | false |
    And no "OrderLost" event arrives on "shipments" during 300 ms

  Scenario: an order that is refused dies
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders":
      | field  | value |
      | id     | 7     |
      | amount | -1    |
    Then an "OrderPlaced" event arrives on "dead orders" with:
      | field               | value           |
      | id                  | 7               |
      | @death.reason       | rejected        |
      | @death.count        | 1               |
      | @death.routing_keys | ["OrderPlaced"] |
    And no event arrives on "shipments" during 300 ms

  Scenario: an event that no queue takes
    When an event is published to "news" with routing key "flood"

  Scenario: a queue that a service consumes
    Given the service "clerk" is running
    Then no event arrives on "inbox" during 100 ms

  Scenario: an event that does not come
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders":
      | field  | value |
      | id     | 9     |
      | amount | 1     |
    Then an "OrderLost" event arrives on "shipments" within 500 ms with:
      | field | value |
      | id    | 9     |

  Scenario: a property that nobody knows
    When an event is published to "orders":
      | field    | value |
      | @colour  | blue  |

  Scenario: a tombstone
    When a tombstone is published to "orders" with key "42"
"""


@pytest.fixture
def installed() -> None:
    try:
        find_rabbitmq(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def rabbits(project: Project) -> Project:
    """The project with the service and the feature."""
    project.write("shipping.py", SERVICE)
    project.write("features/orders.feature", FEATURE)
    return project


@pytest.fixture
def address(real_rabbitmq: str) -> Iterator[str]:
    """The real RabbitMQ, and the promise that nothing is left there."""
    yield real_rabbitmq
    broker = connect(real_rabbitmq, patience=10)
    vhosts = broker.management.get("vhosts", Deadline.after(10))
    left = [name for name in broker.names(Deadline.after(10)) if not is_own(name)]
    broker.close()
    assert [each["name"] for each in vhosts] == ["/"]
    assert left == []


def check(project: Project, settings: str) -> str:
    """Run the feature, look at every verdict, and return all that was said."""
    project.write("setup.cfg", settings)
    outcome = project.behave()
    verdicts = {name: each.status for name, each in outcome.verdicts.items()}
    assert verdicts == {
        "a placed order is shipped": "passed",
        "an order that is refused dies": "passed",
        "an event that no queue takes": "error",
        "a queue that a service consumes": "error",
        "an event that does not come": "failed",
        "a property that nobody knows": "error",
        "a tombstone": "error",
    }, outcome.output
    texts = {name: each.text for name, each in outcome.verdicts.items()}
    assert (
        'no queue takes it from there by the routing key "flood"'
        in texts["an event that no queue takes"]
    )
    assert (
        texts["a queue that a service consumes"]
        .strip()
        .endswith(
            'Nothing can be expected on "inbox": it cannot be watched, because the service "clerk" '
            "consumes its queue, and what evtbdd took it would not get; declare its exchange (leave "
            "out kind), and evtbdd taps the exchange."
        )
    )
    assert (
        "@colour cannot be published; what can be given are @key, @type, @routing_key, "
        "@header.NAME, @app_id, @content_encoding, @content_type, @correlation_id, "
        "@delivery_mode, @expiration, @message_id, @message_type, @priority, @reply_to and "
        "@user_id."
    ) in texts["a property that nobody knows"]
    assert "RabbitMQ has no tombstones; memory and Kafka have them." in texts["a tombstone"]
    return texts["an event that does not come"]


@pytest.mark.usefixtures("installed")
def test_a_rabbitmq_of_the_run_s_own(rabbits: Project) -> None:
    """Started with the run, and gone with it; the failure says where, and no password."""
    text = check(rabbits, SETTINGS.format(url="rabbitmq+local://", isolation="names"))
    assert "(waited 0.5 s; rabbitmq 127.0.0.1:" in text
    assert 'key "9", number 0 routing key "eu.9"' in text
    assert "guest" not in text


@pytest.mark.parametrize("isolation", ["namespace", "shared"])
def test_a_rabbitmq_of_somebody_else_s(rabbits: Project, address: str, isolation: str) -> None:
    """In a virtual host for each scenario, or by fixed names that other runs are kept from."""
    settings = SETTINGS.format(url=f"amqp://{address}", isolation=isolation)
    text = check(rabbits, settings)
    where = "/evtbdd-" if isolation == "namespace" else ", channel shipments"
    assert where in text


@pytest.mark.parametrize("url", ["amqp://127.0.0.1:1", "rabbitmq+local://"])
def test_a_driver_that_is_missing_is_told_by_its_extra(rabbits: Project, url: str) -> None:
    """What must be installed stands in the error of each scenario."""
    rabbits.write("stub/pika/__init__.py", "raise ModuleNotFoundError('no pika', name='pika')\n")
    rabbits.write("setup.cfg", SETTINGS.format(url=url, isolation="names"))
    outcome = rabbits.behave(PYTHONPATH=str(rabbits.folder / "stub"))
    assert outcome.code == 1
    errors = set(hook_errors(outcome).values())
    assert errors == {
        f'SettingsError: The broker "main" ({normal(url)}): The driver "pika" is not installed: '
        'pip install "evtbdd[rabbitmq]" brings it.'
    }


def test_a_password_that_is_refused(rabbits: Project, real_rabbitmq: str) -> None:
    """It is said whose, and never shown."""
    where = real_rabbitmq.rpartition("@")[2]
    url = f"amqp://alice:looking-glass@{where}"
    rabbits.write("setup.cfg", SETTINGS.format(url=url, isolation="names"))
    outcome = rabbits.behave()
    assert outcome.code == 1
    for error in hook_errors(outcome).values():
        assert error.startswith('BrokerUnavailable: The broker "main" (amqp://alice:***@HOST:PORT')
        assert 'it refuses the user "alice" or the password (waited up to 5 seconds).' in error
    assert len(hook_errors(outcome)) == 7
    assert "looking-glass" not in outcome.output
