"""Whole runs over HTTP: secrets, a service that outlives its scenarios, one that runs elsewhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.project import Project
from acceptance.web import SETTINGS, WEB

ORDERS = """
Feature: Orders
  Scenario: The first
    Given the service "shop" is running
    And the webhook "payments" answers 503
    When a POST request is sent to "/orders" of the service "shop":
      | field | value |
      | id    | ORD-1 |
    Then a GET request to "/orders/ORD-1" of the service "shop" returns 200 within 3 seconds with:
      | field  | value  |
      | status | unpaid |
    And the webhook "payments" receives exactly 6 requests during 200 ms

  Scenario: The second
    Given the service "shop" is running
    When a POST request is sent to "/orders" of the service "shop":
      | field | value |
      | id    | ORD-2 |
    Then the webhook "payments" receives a POST request within 3 seconds
    And its "orderId" is remembered as "order"
    And a GET request to "/orders/${order}" of the service "shop" returns 200 within 3 seconds with:
      | field  | value |
      | status | paid  |
    And the webhook "payments" receives exactly 2 requests during 200 ms in all
"""


def test_a_token_is_sent_and_never_shown(tmp_path: Path) -> None:
    """Neither in a failure nor in the settings, though the service says all that it hears."""
    project = Project(tmp_path)
    project.write("evtbdd.cfg", SETTINGS)
    project.write(
        "features/echo.feature",
        """
Feature: Echo
  Scenario: Who am I
    Given the service "shop" is running
    When a POST request is sent to "/echo" of the service "shop"
    Then the response has:
      | field                 | value  |
      | headers.authorization | nobody |
""",
    )
    token = "Bearer t0ken-of-ann"
    outcome = project.behave(EVTBDD_SERVICE_SHOP_AUTHORIZATION=token)
    assert outcome.verdicts["Who am I"].status == "failed", outcome.output
    assert 'headers.authorization: "***", expected "nobody"' in outcome.output
    assert "t0ken" not in outcome.output
    told = subprocess.run(
        [sys.executable, "-m", "evtbdd.cli.main", "settings"],
        cwd=tmp_path,
        env={**os.environ, "EVTBDD_SERVICE_SHOP_AUTHORIZATION": token},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "authorization" in told.stdout
    assert "t0ken" not in told.stdout


def test_each_scenario_sees_its_own_requests_alone(tmp_path: Path) -> None:
    """Of a service that lives for the run, and keeps the webhook's address."""
    project = Project(tmp_path)
    lasting = SETTINGS.replace("[evtbdd:service:shop]\n", "[evtbdd:service:shop]\nscope = run\n")
    project.write("evtbdd.cfg", lasting)
    project.write("features/orders.feature", ORDERS)
    outcome = project.behave()
    assert {n: v.status for n, v in outcome.verdicts.items()} == {
        "The first": "passed",
        "The second": "passed",
    }, outcome.output


@pytest.fixture
def elsewhere() -> Iterator[tuple[int, int]]:
    """A shop that nobody starts: its port, and that of the webhook that it has built in."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        port, payments = one.getsockname()[1], other.getsockname()[1]
    shop = subprocess.Popen(
        [sys.executable, str(WEB / "shop.py"), str(port)],
        env={**os.environ, "PAYMENTS": f"http://127.0.0.1:{payments}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shop.stdout is not None
    assert shop.stdout.readline() == "listening\n"
    yield port, payments
    shop.kill()
    shop.wait(10)
    shop.stdout.close()


def test_a_service_that_runs_elsewhere_finds_its_webhook(
    tmp_path: Path, elsewhere: tuple[int, int]
) -> None:
    """It is served from before the first step on, at the address that the settings say."""
    port, payments = elsewhere
    project = Project(tmp_path)
    project.write(
        "evtbdd.cfg",
        f"[evtbdd:webhook:payments]\naddress = 127.0.0.1:{payments}\n"
        f"[evtbdd:service:shop]\nurl = http://127.0.0.1:{port}\n",
    )
    project.write("features/orders.feature", ORDERS)
    outcome = project.behave()
    assert {n: v.status for n, v in outcome.verdicts.items()} == {
        "The first": "passed",
        "The second": "passed",
    }, outcome.output
