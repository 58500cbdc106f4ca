"""One suite, two ways: services as processes on Kafka, or their handlers in memory, by a profile.

What is green by one is green by the other, and what is red is red with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from acceptance.project import ROOT, Outcome, Project, normal

STOCK = ROOT / "tests" / "systems" / "stock"
SETTINGS = f"""\
[evtbdd]
timeout = 3 seconds
[evtbdd:broker:main]
url = kafka+embedded://
[evtbdd:channel:orders]
types = OrderPlaced, OrderCancelled
[evtbdd:channel:reservations]
types = StockReserved, StockReleased
[evtbdd:service:stock]
command = python process.py
directory = {STOCK}
consumes = orders
publishes = reservations
group = stock-${{scope.id}}
environment =
    KAFKA = ${{broker.main}}
    GROUP = stock-${{scope.id}}
    ORDERS = ${{channel.orders}}
    RESERVATIONS = ${{channel.reservations}}

[evtbdd:profile:unit]
broker.main.url = memory://
service.stock.handler = handlers:Stock
"""
GREEN = """\
Feature: Stock

  Background:
    Given the service "stock" is running

  Scenario: What is ordered is reserved
    When an "OrderPlaced" event is published to "orders" with key "7":
      | field    | value |
      | orderId  | 7     |
      | quantity | 3     |
    Then a "StockReserved" event arrives on "reservations" with key "7" with:
      | field    | value    |
      | orderId  | 7        |
      | quantity | 3        |
      | status   | reserved |

  Scenario: Each type has a handler of its own
    When an "OrderCancelled" event is published to "orders" with key "7":
      | field   | value |
      | orderId | 7     |
    Then a "StockReleased" event arrives on "reservations" with key "7"

  Scenario: What cannot be saved is not told
    When an "OrderPlaced" event is published to "orders" with key "8":
      | field    | value |
      | orderId  | 8     |
      | quantity | 101   |
    Then no "StockReserved" event arrives on "reservations" during 1 second

  Scenario: One that cannot be saved keeps no other from it
    When an "OrderPlaced" event is published to "orders" with key "8":
      | field    | value |
      | orderId  | 8     |
      | quantity | 101   |
    And an "OrderPlaced" event is published to "orders" with key "9":
      | field    | value |
      | orderId  | 9     |
      | quantity | 1     |
    Then a "StockReserved" event arrives on "reservations" with key "9"
"""
RED = """\
  Scenario: {fault}
    Given the service "stock" is running with:
      | name  | value   |
      | FAULT | {fault} |
    When an "OrderPlaced" event is published to "orders" with key "7":
      | field    | value |
      | orderId  | 7     |
      | quantity | 3     |
    Then {then}
"""
ARRIVES = """a "StockReserved" event arrives on "reservations" with key "7" within 1 second with:
      | field  | value    |
      | status | reserved |
"""
FAULTS: Mapping[str, str] = {
    "wrong-status": ARRIVES,
    "silent": ARRIVES,
    "ledger-full": ARRIVES,
    "publishes-before-saving": (
        'no "StockReserved" event arrives on "reservations" during 1 second\n'
    ),
}


@pytest.fixture(scope="module", params=["process", "unit"])
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The whole suite by one of the ways; all that differs is the profile."""
    project = Project(tmp_path_factory.mktemp(request.param))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("environment.py", "from evtbdd.environment import *\n")
    project.write("features/stock.feature", GREEN)
    scenarios = [RED.format(fault=fault, then=then) for fault, then in FAULTS.items()]
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    profile = ["-D", "evtbdd.profile=unit"] if request.param == "unit" else []
    return project.behave(*profile, PYTHONPATH=str(STOCK))


def test_what_is_right_is_green(outcome: Outcome) -> None:
    """By both, with not a word changed."""
    green = re.findall("Scenario: (.*)", GREEN)
    assert {name: outcome.verdicts[name].status for name in green} == dict.fromkeys(
        green, "passed"
    ), outcome.output


SAID = {
    "wrong-status": """\
ASSERT FAILED: Expected on "reservations" within 1 second: a "StockReserved" event with key "7"
  with  status = "reserved"
but the one event in its window did not match (waited T s; WHERE)
  nearest  #1 at +T s, key "7", partition 0 offset 0
           status: "open", expected "reserved\"""",
    "silent": """\
ASSERT FAILED: Expected on "reservations" within 1 second: a "StockReserved" event with key "7"
  with  status = "reserved"
but no event came (waited T s; WHERE)""",
    "ledger-full": """\
ASSERT FAILED: Expected on "reservations" within 1 second: a "StockReserved" event with key "7"
  with  status = "reserved"
but no event came (waited T s; WHERE)""",
    "publishes-before-saving": """\
ASSERT FAILED: Expected on "reservations" during 1 second: no "StockReserved" event
but one came at +T s (watched T s; WHERE)
  #1 at +T s, key "7", partition 0 offset 0""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_red_with_the_same_words(fault: str, outcome: Outcome) -> None:
    """But for where the channel is, and what only a handler tells: what it has rejected."""
    found = outcome.verdicts[fault]
    text = re.sub(r"(kafka HOST:PORT, topic|memory, channel) [^\s)]+", "WHERE", normal(found.text))
    lines = [line for line in text.split("\n") if "meanwhile:" not in line]
    assert (found.status, "\n".join(lines)) == ("failed", SAID[fault])


def test_a_handler_tells_why(outcome: Outcome) -> None:
    """In this process the line that raised is known; of a process only its log could tell."""
    text = outcome.verdicts["ledger-full"].text
    rejected = (
        'meanwhile: the service "stock" rejected an "OrderPlaced" event with key "7" on "orders": '
        "NotSaved: no room for 7, at handlers.py line 22, in save (attempt 1 of 1)"
    )
    assert (rejected in text) == ("memory, channel" in text)


PROVEN = """\
Feature: What only handlers prove

  Scenario: green
    Given the service "stock" is running
    When an "OrderPlaced" event is published to "orders" with key "8":
      | field    | value |
      | orderId  | 8     |
      | quantity | 101   |
    Then no "StockReserved" event follows on "reservations"

  Scenario: red
    Given the service "stock" is running with:
      | name  | value                   |
      | FAULT | publishes-before-saving |
    When an "OrderPlaced" event is published to "orders" with key "7":
      | field    | value |
      | orderId  | 7     |
      | quantity | 3     |
    Then no "StockReserved" event follows on "reservations"

  Scenario: an unknown type
    Given the service "stock" is running
    When an "OrderReturned" event is published to "orders" with key "7"
    Then no "StockReserved" event follows on "reservations"
"""


def test_that_nothing_follows_is_proven_by_handlers(project: Project) -> None:
    """Without a time to watch: green, red by the fault, and an error for a type nobody handles."""
    project.write("evtbdd.cfg", SETTINGS.replace("OrderCancelled", "OrderCancelled, OrderReturned"))
    project.write("features/proven.feature", PROVEN)
    outcome = project.behave("-D", "evtbdd.profile=unit", PYTHONPATH=str(STOCK))
    said = {name: (v.status, normal(v.text).split("\n")[0]) for name, v in outcome.verdicts.items()}
    assert said == {
        "green": ("passed", ""),
        "red": ("failed", 'ASSERT FAILED: Expected on "reservations": no "StockReserved" event'),
        "an unknown type": (
            "error",
            'Unproven: Nothing has contradicted this: on "reservations" no "StockReserved" event. '
            'But the service "stock" stopped at +T s: it handles no events of the type '
            '"OrderReturned", only "OrderPlaced" and "OrderCancelled", and a dead service proves '
            "nothing.",
        ),
    }
