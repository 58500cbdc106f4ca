"""A broker goes down and comes up again in the middle of a run: no verdict is false for that."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from acceptance.examples import ORDER
from acceptance.orders import Orders
from acceptance.project import Outcome, Project, settings_of_shop
from acceptance.running import told
from brokers.node import Node, node

from evtbdd.errors import BrokerUnavailable

HOOKS = """\
import os

from acceptance.orders import order

from evtbdd.environment import *


def before_feature(context, feature):
    if "restarted" in feature.tags:
        order(os.environ["FOLDER"], "down")
    if "restarted" in feature.tags or "up" in feature.tags:
        order(os.environ["FOLDER"], "up")
"""
STEPS = """\
import os

from acceptance.orders import order
from behave import when


@when("the broker goes down")
def down(context):
    order(os.environ["FOLDER"], "down")
"""
OWN = ORDER.replace("ORD-1", "ORD-{0}").replace("ann", "customer-{0}")
SHIPPED = f"""\
    Given the service "shipping" is running
{OWN}    Then an "OrderShipped" event arrives on "shipments" with key "ORD-{{0}}" within 20 seconds
    And exactly 1 "OrderShipped" event arrives on "shipments" with key "ORD-{{0}}" during 200 ms
"""
DOWN = f"""\
    Given the service "shipping" is running
{OWN}    Then an "OrderShipped" event arrives on "shipments" with key "ORD-{{0}}" within 20 seconds
    When the broker goes down
"""
FEATURES = f"""\
Feature: before

  Scenario: before
{SHIPPED.format(1)}
===
@restarted
Feature: it was restarted

  Scenario: after a restart
{SHIPPED.format(2)}
  Scenario: after a restart, once more
{SHIPPED.format(3)}
===
Feature: it goes down while something is waited for

  Scenario: an event is waited for
{DOWN.format(4)}    Then an event arrives on "shipments" with key "more" within 300 ms

  Scenario: begun while it is down
{SHIPPED.format(5)}
===
@up
Feature: it goes down while something must not come

  Scenario: after it came up
{SHIPPED.format(6)}
  Scenario: nothing must come
{DOWN.format(7)}    Then no event arrives on "shipments" with key "more" during 300 ms
===
@up
Feature: it goes down while events are counted

  Scenario: events are counted
{DOWN.format(8)}    Then exactly 1 event arrives on "shipments" with key "more" during 300 ms
===
@up
Feature: it is up

  Scenario: at last
{SHIPPED.format(9)}
"""
GREEN = {
    "before",
    "after a restart",
    "after a restart, once more",
    "after it came up",
    "at last",
}
ERRORS = {
    "an event is waited for",
    "begun while it is down",
    "nothing must come",
    "events are counted",
}


@pytest.fixture(scope="module")
def kafka() -> Iterator[Node]:
    """A real Kafka that can be restarted."""
    with ExitStack() as given_back:
        try:
            kafka = given_back.enter_context(node())
        except BrokerUnavailable as error:
            pytest.skip(str(error))
        yield kafka


def run(kafka: Node, folder: Path, scope: str) -> Outcome:
    project = Project(folder)
    settings = settings_of_shop(f"kafka://{kafka.address}", connect_timeout="20 seconds")
    project.write(
        "evtbdd.cfg",
        settings.replace(
            "[evtbdd:service:shipping]", f"[evtbdd:service:shipping]\nscope = {scope}"
        ),
    )
    project.write("environment.py", HOOKS)
    project.write("steps/broker_steps.py", STEPS)
    for number, feature in enumerate(FEATURES.split("===\n")):
        project.write(f"features/{number}.feature", feature)
    acts = {
        "down": lambda _: kafka.down(signal.SIGKILL),
        "up": lambda _: kafka.up(),
    }
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[1])]
    with Orders(folder, acts):
        return project.behave(
            FOLDER=str(folder), PYTHONPATH=os.pathsep.join(path for path in paths if path)
        )


@pytest.mark.parametrize("scope", ["scenario", "run"])
def test_scenarios_beside_an_outage_are_green_and_those_in_it_errors(
    kafka: Node, scope: str, tmp_path: Path
) -> None:
    """Never failed, for the system is not wrong; and never green, for nothing was seen."""
    outcome = run(kafka, tmp_path, scope)
    found = {name: told(outcome, name) for name in GREEN | ERRORS}
    assert {name for name, (status, _) in found.items() if status == "passed"} == GREEN, (
        outcome.output
    )
    errors = {found[name] for name in ERRORS}
    assert {status for status, _ in errors} <= {"error", "hook_error"}, outcome.output
    assert {text.partition(" at HOST")[0] for _, text in errors} == {
        "BrokerUnavailable: Kafka cannot be reached"
    }, outcome.output
