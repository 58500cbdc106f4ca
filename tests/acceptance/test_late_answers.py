"""Scenarios that follow one another on a service which outlives them, and answers them late."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from acceptance.project import ROOT, Outcome, Project
from acceptance.running import told

SERVICE = ROOT / "tests" / "systems" / "late" / "service.py"
SETTINGS = """\
[evtbdd]
proof timeout = 3 seconds
[evtbdd:broker:main]
url = kafka+embedded://
[evtbdd:channel:orders]
{correlation}
[evtbdd:channel:shipments]
types = OrderShipped, OrderLost
{correlation}
[evtbdd:service:late]
command = python {service}
scope = run
consumes = orders
publishes = shipments
group = late-${{scope.id}}
{acknowledges}
environment =
    KAFKA = ${{broker.main}}
    GROUP = late-${{scope.id}}
    ORDERS = ${{channel.orders}}
    SHIPMENTS = ${{channel.shipments}}
    GATE = {gate}
"""
STEPS = """\
import os
from behave import when


@when("the gate is opened")
def open_gate(context):
    with open(os.environ["GATE"], "w") as gate:
        gate.write("go on")
"""
FEATURE = """\
Feature: A service that answers late

  Background:
    Given the service "late" is running

  Scenario: one is held
    When an "OrderPlaced" event is published to "orders" with key "ONE":
      | field   | value |
      | orderId | ONE   |
      | hold    | true  |

  Scenario: a claim waits in vain
    When an "OrderPlaced" event is published to "orders" with key "TWO":
      | field   | value |
      | orderId | TWO   |
    Then no "OrderLost" event arrives on "shipments" during 50 ms

  Scenario: an answer is told by its key
    When an "OrderPlaced" event is published to "orders" with key "THREE":
      | field   | value |
      | orderId | THREE |
    And the gate is opened
    Then an "OrderShipped" event arrives on "shipments" with key "THREE"

  Scenario: four is held
    When an "OrderPlaced" event is published to "orders" with key "FOUR":
      | field   | value |
      | orderId | FOUR  |
      | hold    | true  |

  Scenario: an answer is told by nothing
    When an "OrderPlaced" event is published to "orders" with key "FIVE":
      | field   | value |
      | orderId | FIVE  |
    And the gate is opened
    Then an "OrderShipped" event arrives on "shipments" within 20 seconds

  Scenario: a claim waits until all is done
    When an "OrderPlaced" event is published to "orders" with key "SIX":
      | field   | value |
      | orderId | SIX   |
    Then no "OrderLost" event arrives on "shipments" during 50 ms

  Scenario: seven is held
    When an "OrderPlaced" event is published to "orders" with key "SEVEN":
      | field   | value |
      | orderId | SEVEN |
      | hold    | true  |

  Scenario: too few of its own
    When an "OrderPlaced" event is published to "orders" with key "EIGHT":
      | field   | value |
      | orderId | EIGHT |
    And the gate is opened
    Then an "OrderShipped" event arrives on "shipments" with key "EIGHT"
    And at least 2 "OrderShipped" events arrive on "shipments" within 100 ms
"""
GREEN = ("passed", "")
HELD = dict.fromkeys(("one is held", "four is held", "seven is held"), GREEN)


def run(folder: Path, *, correlation: str, acknowledges: str) -> Outcome:
    """All of the scenarios, in one run."""
    gate = folder / "gate"
    os.mkfifo(gate)
    project = Project(folder / "project")
    text = SETTINGS.format(
        correlation=correlation, acknowledges=acknowledges, service=SERVICE, gate=gate
    )
    project.write("evtbdd.cfg", text)
    project.write("steps/gate_steps.py", STEPS)
    project.write("features/late.feature", FEATURE)
    return project.behave(timeout=120, GATE=str(gate))


@pytest.fixture(scope="module")
def correlated(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each event says which order it is about, and the settings where."""
    folder = tmp_path_factory.mktemp("correlated")
    return run(folder, correlation="correlation = orderId", acknowledges="acknowledges = last")


@pytest.fixture(scope="module")
def uncorrelated(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Positions alone keep the scenarios apart."""
    folder = tmp_path_factory.mktemp("uncorrelated")
    return run(folder, correlation="", acknowledges="acknowledges = last")


CLAIM_IN_VAIN = (
    "error",
    'Unproven: Nothing has contradicted this so far: on "shipments" no "OrderLost" event. But the '
    'service "late" is not known to have acknowledged an "OrderPlaced" event with key "ONE" on '
    '"orders", of the scenario "one is held" (waited 3 seconds, proof timeout), so it may not have '
    "come to this scenario's events yet.",
)


def test_where_events_are_correlated_answers_are_known(correlated: Outcome) -> None:
    """Late ones of others meet nothing, and are told with the scenario that has caused them."""
    assert {name: told(correlated, name) for name in correlated.verdicts} == {
        **HELD,
        "a claim waits in vain": CLAIM_IN_VAIN,
        "an answer is told by its key": GREEN,
        "an answer is told by nothing": GREEN,
        "a claim waits until all is done": GREEN,
        "too few of its own": (
            "failed",
            'ASSERT FAILED: Expected on "shipments" within 100 ms: at least 2 "OrderShipped" events\n'
            "but only 1 came, the last at +T s (waited T s; kafka HOST:PORT, topic TOPIC-shipments)\n"
            '  matched  #1 key "EIGHT"\n'
            'stray: key "SEVEN" type "OrderShipped" at +T s, of the scenario "seven is held"',
        ),
    }


def test_where_nothing_correlates_them_answers_are_doubtful(uncorrelated: Outcome) -> None:
    """Unless a key or a value tells them; and the sentence says what would."""
    unproven = (
        'cannot be told: on "shipments" {}. What came as #1 (key "{}") at +T s, partition 0 offset '
        '{}, may be the answer to an "OrderPlaced" event with key "{}" on "orders", of the scenario '
        '"{}", which the service "late" was not known to have acknowledged when this window began. '
        "Declare correlation = ADDRESS in [evtbdd:channel:shipments] and [evtbdd:channel:orders], or "
        "expect a key or a value that only this scenario's events hold."
    )
    assert {name: told(uncorrelated, name) for name in uncorrelated.verdicts} == {
        **HELD,
        "a claim waits in vain": CLAIM_IN_VAIN,
        "an answer is told by its key": GREEN,
        "an answer is told by nothing": (
            "error",
            "Unproven: Whether this holds "
            + unproven.format('an "OrderShipped" event', "FOUR", 3, "FOUR", "four is held"),
        ),
        "a claim waits until all is done": GREEN,
        "too few of its own": (
            "error",
            "Unproven: Whether this holds "
            + unproven.format(
                'at least 2 "OrderShipped" events', "SEVEN", 6, "SEVEN", "seven is held"
            ),
        ),
    }


def test_a_service_that_may_not_be_done_yet_is_given_time_to_settle(tmp_path: Path) -> None:
    """Where it is not known to acknowledge last, the verdicts are the same, a little later."""
    outcome = run(tmp_path, correlation="correlation = orderId", acknowledges="")
    verdicts = {name: each.status for name, each in outcome.verdicts.items()}
    assert verdicts == {
        **dict.fromkeys(outcome.verdicts, "passed"),
        "a claim waits in vain": "error",
        "too few of its own": "failed",
    }
