"""With evtbdd's runner a real broker of the run's own starts while steps and features are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from acceptance.project import Project

ENVIRONMENT = """\
from evtbdd.environment import *


def before_scenario(context, scenario):
    begun = context._runner.head_start.brokers
    print("begun:", *sorted(begun))
    print("not asked for:", *context.evtbdd._lent.channels.brokers.early)
"""
SETTINGS = """\
[behave]
runner = evtbdd.runner:Runner
capture_hooks = false

[evtbdd:broker:main]
url = kafka+local://

[evtbdd:broker:other]
url = kafka+local://

[evtbdd:broker:embedded]
url = kafka+embedded://

[evtbdd:channel:orders]
broker = main
"""
FEATURE = """\
Feature: Orders

  Scenario: an order
    When an "OrderPlaced" event is published to "orders"
    Then an "OrderPlaced" event arrives on "orders"
"""


@pytest.fixture
def project(tmp_path: Path, real_kafka: str) -> Project:
    """A project with two real brokers, of which its scenario needs one."""
    made = Project(tmp_path)
    made.write("setup.cfg", SETTINGS)
    made.write("environment.py", ENVIRONMENT)
    made.write("features/orders.feature", FEATURE)
    return made


def test_what_scenarios_need_is_begun_and_the_rest_called_off(project: Project) -> None:
    """When the first scenario comes, one has been asked for, and the other is ended."""
    outcome = project.behave(timeout=120)
    assert outcome.code == 0, outcome.output
    assert "begun: main other\nnot asked for:\n" in outcome.output
    assert "Left behind" not in outcome.output


def test_a_dry_run_begins_nothing(project: Project) -> None:
    """Nothing is run, so nothing is needed."""
    outcome = project.behave("--dry-run", timeout=60)
    assert "begun:" not in outcome.output
    assert "Traceback" not in outcome.output


def test_settings_that_are_wrong_are_told_by_the_scenario(project: Project) -> None:
    """As without that runner."""
    outcome = project.behave("-D", "evtbdd.broker.mian.url=memory://", timeout=60)
    assert outcome.code == 1
    assert 'Did you mean "main"?' in outcome.output, outcome.output
    assert "Traceback" not in outcome.output
