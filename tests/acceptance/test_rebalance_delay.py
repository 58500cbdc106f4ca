"""A Kafka as it is delivered lets a group wait for three seconds: no verdict is another for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from acceptance.examples import EXAMPLES, ORDER
from acceptance.expected import expected_texts
from acceptance.project import Project, normal, settings_of_shop
from brokers.node import QUICKLY_BACK, node

from evtbdd.errors import BrokerUnavailable

STOCK = {"group.initial.rebalance.delay.ms": "3000"}
GREEN = f"""\
Feature: A service in a group

  Scenario: green
    Given the service "shipping" is running
{ORDER}    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 400 ms with:
      | field  | value   |
      | status | shipped |

"""
NAMES = {"arrives typed, with a wrong status", "exactly, dropped", "none arrives, one does"}
RED = [each for each in EXAMPLES if each.name in NAMES]


@pytest.fixture(scope="module")
def stock() -> Iterator[str]:
    """The address of a real Kafka with the delay that it has if nobody changes it."""
    with ExitStack() as given_back:
        try:
            kafka = given_back.enter_context(node(options={**QUICKLY_BACK, **STOCK}))
        except BrokerUnavailable as error:
            pytest.skip(str(error))
        yield f"kafka://{kafka.address}"


@pytest.fixture(scope="module", params=["stock", "embedded"])
def url(request: pytest.FixtureRequest) -> str:
    """The real Kafka, and the embedded one as it is by default."""
    return request.getfixturevalue("stock") if request.param == "stock" else "kafka+embedded://"


def test_what_is_right_is_green_and_what_is_wrong_is_red(url: str, tmp_path: Path) -> None:
    """The service is ready only when it is served; so what is published then is not lost."""
    project = Project(tmp_path)
    project.write("evtbdd.cfg", settings_of_shop(url))
    project.write("features/group.feature", GREEN + "\n".join(each.scenario() for each in RED))
    outcome = project.behave()
    found = {name: (each.status, normal(each.text)) for name, each in outcome.verdicts.items()}
    wanted = {each.name: ("failed", expected_texts("failed")[each.name]) for each in RED}
    assert found == {"green": ("passed", ""), **wanted}, outcome.output
