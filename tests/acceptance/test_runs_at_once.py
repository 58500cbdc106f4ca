"""Many runs at the same time on one broker: none sees anything of another, and nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from acceptance.project import ROOT, Outcome, Project
from acceptance.shared_broker import embedded_elsewhere, everything_on

SERVICE = ROOT / "tests" / "systems" / "late" / "service.py"
SETTINGS = """\
[evtbdd]
connect timeout = 60 seconds
[evtbdd:broker:main]
url = kafka://{address}
[evtbdd:channel:orders]
[evtbdd:channel:shipments]
types = OrderShipped
[evtbdd:service:late]
command = python {service}
scope = {scope}
consumes = orders
publishes = shipments
acknowledges = last
group = late-${{scope.id}}
start timeout = 2 minutes
environment =
    KAFKA = ${{broker.main}}
    GROUP = late-${{scope.id}}
    ORDERS = ${{channel.orders}}
    SHIPMENTS = ${{channel.shipments}}
"""
SCENARIO = """
  Scenario: number {number}
    Given the service "late" is running
    When these "OrderPlaced" events are published to "orders":
      | @key | orderId        |
      | A    | {number}-A     |
      | B    | {number}-B     |
    Then at least 2 "OrderShipped" events arrive on "shipments" within 2 minutes
    And only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | @key | orderId        |
      | A    | {number}-A     |
      | B    | {number}-B     |
"""
GREEN = {f"number {number}": "passed" for number in range(3)}


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    """An embedded Kafka that belongs to none of the runs."""
    with embedded_elsewhere() as address:
        yield address


@pytest.fixture(params=["embedded", "real_kafka"])
def address(request: pytest.FixtureRequest) -> str:
    """Each Kafka in turn."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("runs", [2, 8])
def test_runs_at_once_do_not_see_each_other(runs: int, address: str, tmp_path: Path) -> None:
    """All publish the same, and each counts its own answers and no others."""
    before = everything_on(address)

    def run(number: int) -> Outcome:
        project = Project(tmp_path / str(number))
        scope = ("run", "scenario")[number % 2]
        text = SETTINGS.format(address=address, service=SERVICE, scope=scope)
        project.write("evtbdd.cfg", text)
        scenarios = "".join(SCENARIO.format(number=each) for each in range(3))
        project.write("features/same.feature", f"Feature: The same everywhere\n{scenarios}")
        return project.behave()

    with ThreadPoolExecutor(runs) as pool:
        outcomes = list(pool.map(run, range(runs)))
    for outcome in outcomes:
        statuses = {name: verdict.status for name, verdict in outcome.verdicts.items()}
        assert (outcome.code, statuses) == (0, GREEN), outcome.output
        assert "Left behind" not in outcome.output
    assert everything_on(address) == before
