"""A second process of a run speaks to the broker that the run has started, and leaves it alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from acceptance.project import Project

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq

SETTINGS = """\
[evtbdd]
timeout = 10 seconds
isolation = {isolation}
[evtbdd:broker:main]
url = {url}
{more}
[evtbdd:channel:orders]
[evtbdd:service:address]
command = python address.py
ready = exit 0
environment =
    WHERE = ${{broker.main.host}} ${{broker.main.port}}
[evtbdd:service:second]
command = python -m behave --no-color --tags=second
ready = exit 0
start timeout = 1 minute
[evtbdd:service:sweep]
command = python -m evtbdd.cli.main sweep
ready = exit 0
"""
ADDRESS = "import os; print(os.environ['WHERE'], file=open('addresses', 'a', encoding='utf-8'))\n"
HOOK = """\
import subprocess, sys
from evtbdd.environment import *


def before_scenario(context, scenario):
    if scenario.name == "by a hook":
        subprocess.run([sys.executable, "-m", "behave", "--no-color", "--tags=second"], check=True)

"""
FEATURE = """\
Feature: Two processes

  Scenario: where
    Given the service "address" is running

  Scenario: by a hook
    When an event is published to "orders":
      | field | value |
      | run   | first |
    Then exactly 1 event arrives on "orders" during 100 ms with:
      | field | value |
      | run   | first |

  Scenario: by a service
    Given the service "second" is running
    And the service "sweep" is running

  Scenario: afterwards
    When an event is published to "orders":
      | field | value |
      | run   | again |
    Then exactly 1 event arrives on "orders" during 100 ms with:
      | field | value |
      | run   | again |

  @second
  Scenario: where the second is
    Given the service "address" is running

  @second
  Scenario: the second
    When an event is published to "orders":
      | field | value |
      | run   | other |
    Then exactly 1 event arrives on "orders" during 100 ms with:
      | field | value |
      | run   | other |
"""
SECURED = """\
security username = ann
security password = looking-glass
security tls = yes
"""


def two(project: Project, url: str, more: str = "", isolation: str = "names") -> Project:
    """A project of which a hook and a service run the last two scenarios."""
    project.write("setup.cfg", SETTINGS.format(url=url, more=more, isolation=isolation))
    project.write("address.py", ADDRESS)
    project.write("environment.py", HOOK)
    project.write("features/two.feature", FEATURE)
    return project


def lines(path: Path) -> list[str]:
    """The lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


def check_one_broker(project: Project) -> None:
    """All three that asked were told the same address, and all went well."""
    outcome = project.behave("--tags=not @second")
    assert outcome.code == 0, outcome.output
    assert "4 scenarios passed, 0 failed" in outcome.output
    assert "Left behind" not in outcome.output
    addresses = lines(project.folder / "addresses")
    assert len(addresses) == 3  # ours, of the hook's process, of the service's
    assert len(set(addresses)) == 1


@pytest.mark.parametrize(
    ("url", "more"),
    [("kafka+embedded://", ""), ("kafka+embedded://", SECURED), ("sqs+embedded://", "")],
    ids=["kafka", "kafka-secured", "sqs"],
)
def test_a_second_process_finds_the_broker_of_the_run(
    project: Project, url: str, more: str
) -> None:
    """Started by a hook or by a service: it sees nothing of the run's events, and ends nothing."""
    check_one_broker(two(project, url, more))


@pytest.mark.parametrize("isolation", ["names", "namespace"])
def test_a_second_process_finds_the_rabbitmq_of_the_run(project: Project, isolation: str) -> None:
    """The same of a real one; where each scope has a part of it, the second process makes its own."""
    try:
        find_rabbitmq(os.environ)
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    check_one_broker(two(project, "rabbitmq+local://", isolation=isolation))


def test_a_broker_that_one_scope_alone_has_is_handed_to_nobody(project: Project) -> None:
    """With isolation = namespace that is what it is for: the second process starts its own too."""
    outcome = two(project, "kafka+embedded://", isolation="namespace").behave("--tags=not @second")
    assert outcome.code == 0, outcome.output
    assert len(set(lines(project.folder / "addresses"))) == 3


def test_afterwards_the_environment_is_what_it_was(project: Project) -> None:
    """What told of the broker is gone with it, and what the user had set is back."""
    two(project, "kafka://127.0.0.1:1")
    project.write(
        "environment.py",
        "import os\n"
        "from evtbdd.environment import *\n"
        "\n"
        "def after_scenario(context, scenario):\n"
        "    print('DURING', os.environ['EVTBDD_BROKER_MAIN_URL'][:18])\n"
        "\n"
        "def before_all(context):\n"
        "    import evtbdd.environment\n"
        "    evtbdd.environment.before_all(context)\n"
        "    ours = context._runner.hooks['after_all']\n"
        "    def after_all(context):\n"
        "        ours(context)\n"
        "        print('AFTER', os.environ['EVTBDD_BROKER_MAIN_URL'])\n"
        "    context._runner.hooks['after_all'] = after_all\n",
    )
    outcome = project.behave("--name=afterwards", EVTBDD_BROKER_MAIN_URL="kafka+embedded://")
    assert outcome.code == 0, outcome.output
    assert "DURING kafka://127.0.0.1:\n" in outcome.output
    assert "AFTER kafka+embedded://\n" in outcome.output
