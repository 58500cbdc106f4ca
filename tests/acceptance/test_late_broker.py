"""A broker answers late: no verdict is another for that."""

from __future__ import annotations

from pathlib import Path

from acceptance.examples import EXAMPLES, ORDER
from acceptance.expected import expected_texts
from acceptance.project import Project, normal, settings_of_shop
from acceptance.slow import Slow

DELAY = 0.3
"""Seconds that every answer is late."""
NAMES = {"arrives typed, with a wrong status", "exactly, dropped", "none arrives, one does"}
RED = [each for each in EXAMPLES if each.name in NAMES]
LATE = f"""\
Feature: Every answer is late

  Scenario: green
    Given the service "shipping" is running
{ORDER}    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1" with:
      | field  | value   |
      | status | shipped |
    And no event arrives on "shipments" with key "ORD-2" during 300 ms

"""


def test_a_late_answer_changes_no_verdict(slow: Slow, tmp_path: Path) -> None:
    """Neither green nor red, nor the text of what is red."""
    slow.relay.delay = DELAY
    project = Project(tmp_path)
    project.write("evtbdd.cfg", settings_of_shop(f"kafka://{slow.relay.address}"))
    project.write("features/late.feature", LATE + "\n".join(each.scenario() for each in RED))
    outcome = project.behave()
    found = {name: (each.status, normal(each.text)) for name, each in outcome.verdicts.items()}
    wanted = {each.name: ("failed", expected_texts("failed")[each.name]) for each in RED}
    assert found == {"green": ("passed", ""), **wanted}, outcome.output
