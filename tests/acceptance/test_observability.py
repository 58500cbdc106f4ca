"""Metrics and traces of a real service: green, red by the fault they are about, never red by death."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from acceptance.observability_examples import OBSERVED, Observed
from acceptance.project import ROOT, Outcome, Project, normal

SERVICE = ROOT / "tests" / "systems" / "observed" / "service.py"
SETTINGS = f"""\
[evtbdd]
timeout = 1 second
[evtbdd:broker:main]
url = kafka+embedded://
[evtbdd:channel:taken]
types = OrderTaken
[evtbdd:service:shop]
command = python {SERVICE}
url = http://127.0.0.1:${{port}}
ready = port ${{port}}
environment =
    PORT = ${{port}}
    KAFKA = ${{broker.main}}
    TAKEN = ${{channel.taken}}
"""
GREEN = """\
Feature: A shop that can be watched

  Background:
    Given the service "shop" is running

  Scenario: What it does is counted and traced
    When a POST request is sent to "/orders" of the service "shop":
      | field   | value |
      | orderId | ORD-1 |
    Then the metric "orders_total{status=\\"ok\\"}" of the service "shop" increases by 1
    And the service "shop" records a span "take order" with:
      | field                  | value   |
      | ['order.id']           | ORD-1   |
      | @kind                  | server  |
      | @status                | unset   |
      | @duration              | ${less than 5} |
      | @resource.telemetry.sdk.language | python |
    And the "OrderTaken" event is part of the trace of the request
    When a POST request is sent to "/orders" of the service "shop":
      | field   | value |
      | orderId | ORD-2 |
    And a POST request is sent to "/orders" of the service "shop":
      | field   | value |
      | orderId | ORD-3 |
    Then the metric "orders_total" of the service "shop" increases by 2
    And the service "shop" records a span "take order" with:
      | field        | value |
      | ['order.id'] | ORD-3 |

  Scenario: The trace of a span can be remembered
    When a POST request is sent to "/orders" of the service "shop":
      | field   | value |
      | orderId | ORD-1 |
    Then the service "shop" records a span "take order"
    And its "@trace_id" is remembered as "trace"
    Then an "OrderTaken" event arrives on "taken" with:
      | field               | value                    |
      | @header.traceparent | ${containing ${trace}} |
"""
QUIET = """\
  Scenario: Nobody asks for traces
    When an "OrderTaken" event is published to "taken"
    Then the last "OrderTaken" event on "taken" has:
      | field               | value     |
      | @header.traceparent | ${absent} |

  Scenario: Somebody asks for traces
    Given the service "shop" is running
    When a GET request is sent to "/metrics" of the service "shop"
    And an "OrderTaken" event is published to "taken"
    Then the "OrderTaken" event is part of the trace of the request
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What is green, each example with its fault, and each with a service that dies of the order."""
    project = Project(tmp_path_factory.mktemp("observed"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/green.feature", GREEN)
    red = [each.scenario(each.fault) for each in OBSERVED]
    dead = [replace(each, name=f"dead: {each.name}").scenario("", "DEADLY") for each in OBSERVED]
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join([*red, *dead, QUIET]))
    return project.behave()


def said(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{32}\b", "TRACE", normal(text))


def test_what_is_right_is_green(outcome: Outcome) -> None:
    """By the libraries that services use."""
    names = re.findall("Scenario: (.*)", GREEN)
    statuses = {name: outcome.verdicts[name].status for name in names}
    assert statuses == dict.fromkeys(names, "passed"), outcome.output


@pytest.mark.parametrize("example", OBSERVED, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: Observed, outcome: Outcome
) -> None:
    """The verdict is "failed", and its text is the expected one."""
    found = outcome.verdicts[example.name]
    assert (found.status, said(found.text)) == ("failed", example.said)


@pytest.mark.parametrize("example", OBSERVED, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(example: Observed, outcome: Outcome) -> None:
    """The error names the service and how it ended, before all else."""
    found = outcome.verdicts[f"dead: {example.name}"]
    assert found.status == "error"
    first = said(found.text).split("\n")[0]
    assert first.startswith('ServiceError: The service "shop" ended with exit code 1 at +T s')


def test_who_does_not_ask_is_not_told(outcome: Outcome) -> None:
    """A header that nobody asked for would change what a service sees."""
    assert outcome.verdicts["Nobody asks for traces"].status == "passed", outcome.output


def test_each_event_and_request_begins_a_trace(outcome: Outcome) -> None:
    """Where a step asks for traces; so what was published is of another than the request's."""
    found = outcome.verdicts["Somebody asks for traces"]
    assert "but it is part of the trace TRACE, and the request of TRACE" in said(found.text)
