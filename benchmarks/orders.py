"""(a) The orders job: an order is published, and its shipment expected, again and again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.kafka import topics
from benchmarks.project import EVTBDD, STEPS, run
from benchmarks.table import Row, interleaved, ms, ratio

ECHO = Path(__file__).with_name("echo.py")

FLOOR = """
import json, time
from behave import given, when, then
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
import os

orders, shipments = os.environ["ORDERS"], os.environ["SHIPMENTS"]
producer = KafkaProducer(bootstrap_servers=os.environ["KAFKA"], linger_ms=0)
consumer = KafkaConsumer(
    bootstrap_servers=os.environ["KAFKA"], group_id=None, enable_auto_commit=False,
    isolation_level="read_committed", fetch_max_wait_ms=10,
)
partition = TopicPartition(shipments, 0)
consumer.assign([partition])
consumer.seek_to_end(partition)
consumer.position(partition)


@given('the service "echo" is running')
def running(context):
    pass


@when('an event is published to "orders" with key "{key}":')
def publish(context, key):
    payload = {row["field"]: row["value"] for row in context.table}
    producer.send(orders, json.dumps(payload).encode(), key.encode()).get(10)


@then('an event arrives on "shipments" with key "{key}" with:')
def arrives(context, key):
    expected = {row["field"]: row["value"] for row in context.table}
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                if record.key == key.encode() and json.loads(record.value) == expected:
                    return
    raise AssertionError(f"{key} did not arrive")
"""


def feature(scenarios: int) -> str:
    return "Feature: Orders\n" + "".join(
        f"""
  Scenario: {number}
    Given the service "echo" is running
    When an event is published to "orders" with key "ORD-{number}":
      | field    | value       |
      | orderId  | ORD-{number} |
      | customer | ann         |
    Then an event arrives on "shipments" with key "ORD-{number}" with:
      | field   | value       |
      | orderId | ORD-{number} |
      | status  | created     |
"""
        for number in range(scenarios)
    )


def settings(address: str) -> str:
    return f"""
[evtbdd:broker:main]
url = kafka://{address}
[evtbdd:channel:orders]
[evtbdd:channel:shipments]
[evtbdd:service:echo]
command = {sys.executable} {ECHO}
scope = run
consumes = orders
publishes = shipments
group = echo-${{scope.id}}
environment =
    KAFKA = ${{broker.main}}
    GROUP = echo-${{scope.id}}
    ORDERS = ${{channel.orders}}
    SHIPMENTS = ${{channel.shipments}}
"""


def measure(address: str, scenarios: int) -> float:
    """Seconds a scenario, the first one left out: the service starts in it."""
    return run(
        feature(scenarios), environment=EVTBDD, steps=STEPS, settings=settings(address)
    ).a_scenario


def floor(address: str, scenarios: int) -> float:
    """The same by hand: one consumer, positioned, and one producer."""
    with topics(address, 2) as (orders, shipments):
        names = {"KAFKA": address, "ORDERS": orders, "SHIPMENTS": shipments, "GROUP": orders}
        echo = subprocess.Popen([sys.executable, str(ECHO)], env={**os.environ, **names})
        try:
            return run(feature(scenarios), environment="", steps=FLOOR, variables=names).a_scenario
        finally:
            echo.terminate()
            echo.wait()


def rows(address: str, scenarios: int, rounds: int) -> list[Row]:
    ours, theirs = interleaved(
        rounds, lambda: measure(address, scenarios), lambda: floor(address, scenarios)
    )
    what = f"(a) orders job, {scenarios} scenarios, service of scope run: a scenario"
    return [Row(what, ms(ours), ms(theirs), ratio(ours, theirs), "≤ 1.3×")]
