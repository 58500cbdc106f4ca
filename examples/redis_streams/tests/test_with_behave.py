"""A project that tests a service on Redis streams: what it needs, and what it is told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import redis
from redis_server import RedisServer

SETTINGS = """\
[evtbdd:broker:main]
url = redis://{address}

[evtbdd:channel:orders]

[evtbdd:channel:shipments]

[evtbdd:service:shipping]
command = {python} shipping.py
ready = log "waiting for orders"
environment =
    REDIS = ${{broker.main}}
    ORDERS = ${{channel.orders}}
    SHIPMENTS = ${{channel.shipments}}
"""
SERVICE = """\
import json, os, redis

host, port = os.environ["REDIS"].split(":")
client = redis.Redis(host, int(port))
orders, shipments = os.environ["ORDERS"], os.environ["SHIPMENTS"]
client.xgroup_create(orders, "shipping", id="0")
print("waiting for orders", flush=True)
while True:
    for _, entries in client.xreadgroup("shipping", "one", {orders: ">"}, block=1000):
        for id, entry in entries:
            order = json.loads(entry[b"payload"])
            status = "shipped" if order["total"] < 1000 else "held"
            event = {"orderId": order["orderId"], "status": status}
            client.xadd(shipments, {"key": entry[b"key"], "payload": json.dumps(event)})
            client.xack(orders, "shipping", id)
"""
FEATURE = """\
Feature: Shipping

  Scenario Outline: <what>
    Given the service "shipping" is running
    When an event is published to "orders" with key "42":
      | field   | value   |
      | orderId | 42      |
      | total   | <total> |
    Then an event arrives on "shipments" with key "42" within 3 seconds with:
      | field  | value   |
      | status | shipped |
    And exactly 1 event arrives on "shipments" during 200 ms

    Examples:
      | what              | total |
      | a cheap order     | 20    |
      | an expensive one  | 2000  |

  Scenario: more than Redis can do
    Given the channel "orders" exists with 3 partitions
"""
RED = """\
ASSERT FAILED: Expected on "shipments" within 3 seconds: an event with key "42"
  with  status = "shipped"
but the one event in its window did not match (waited T s; redis HOST:PORT, stream NAME)
  nearest  #1 at +T s, key "42", entry 0 id ID
           status: "held", expected "shipped"
"""
CANNOT = """\
HOOK-ERROR in before_scenario: UnsupportedCapability: Redis has no partitions; memory and Kafka have \
them.
"""
NORMAL = (
    (r"127\.0\.0\.1:\d+", "HOST:PORT"),
    (r"stream evtbdd-\S+-shipments-\w{4}", "stream NAME"),
    (r"waited \d+\.\d s", "waited T s"),
    (r"\+\d+\.\d\d s", "+T s"),
    (r"id \d+-\d+", "id ID"),
)
STEP = re.compile(r"^    \w.* \.\.\. (\w+)$", re.MULTILINE)


def test_a_project(tmp_path: Path, server: RedisServer, plain: redis.Redis) -> None:
    """A URL is all that a project needs: green, red with its reason, and nothing is left behind."""
    said = behave(tmp_path, server)
    cheap, expensive, more = said.split("  Scenario")[1:]
    assert STEP.findall(cheap) == ["passed"] * 4, said
    assert STEP.findall(expensive) == ["passed", "passed", "failed"], said
    assert RED in expensive
    assert CANNOT in more
    assert plain.keys("evtbdd-*-orders-*") + plain.keys("evtbdd-*-shipments-*") == []


def behave(folder: Path, server: RedisServer) -> str:
    """What a run of the project prints, without what differs from run to run."""
    files = {
        "environment.py": "from evtbdd.environment import *\n",
        "steps/evtbdd_steps.py": "from evtbdd.steps import *\n",
        "evtbdd.cfg": SETTINGS.format(address=server.address, python=sys.executable),
        "shipping.py": SERVICE,
        "features/shipping.feature": FEATURE,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "behave", "--no-color", "--no-source", "--no-timings"]
    run = subprocess.run(
        [*command, "-f", "plain"], cwd=folder, capture_output=True, text=True, check=False
    )
    said = run.stdout + run.stderr
    for pattern, replacement in NORMAL:
        said = re.sub(pattern, replacement, said)
    return said
