"""Services as features speak of them: those that do not start, and those that live longer."""

from __future__ import annotations

import re

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import told, without

SETTINGS = """\
[evtbdd:channel:orders]
[evtbdd:service:quick]
command = sh -c "echo opening the ledger; echo 'no ledger' >&2; exit 3"
ready = log "ready"
[evtbdd:service:missing]
command = no-such-program --serve
environment =
    PATH = /nowhere
[evtbdd:service:nowhere]
command = sleep 60
directory = no/such/folder
[evtbdd:service:slow]
command = sh -c "echo warming up; exec sleep 60"
ready = log "listening"
start timeout = 200 ms
[evtbdd:service:deaf]
command = sleep 60
ready = port ${port}
start timeout = 200 ms
[evtbdd:service:lost]
command = sleep 60
environment =
    ORDERS = ${channel.ordrs}
[evtbdd:service:fine]
command = sh -c "echo hello $NAME; exec sleep 60"
ready = log "hello"
"""
FEATURE = '''\
Feature: Services

  Scenario: exits at once
    Given the service "quick" is running

  Scenario: command not found
    Given the service "missing" is running

  Scenario: folder not found
    Given the service "nowhere" is running

  Scenario: never says that it is ready
    Given the service "slow" is running

  Scenario: never opens its port
    Given the service "deaf" is running

  Scenario: is told a channel that nobody declared
    Given the service "lost" is running

  Scenario: has another name
    Given the service "fin" is running

  Scenario: is given a wrong table
    Given the service "fine" is running with:
      | nmae | value |
      | NAME | ann   |

  Scenario: is given a text
    Given the service "fine" is running with:
      """
      NAME = ann
      """

  Scenario: is given a variable twice
    Given the service "fine" is running with:
      | name | value |
      | NAME | ann   |
      | NAME | bob   |

  Scenario: is given variables when it runs
    Given the service "fine" is running
    And the service "fine" is running with:
      | name | value |
      | NAME | ann   |

  Scenario: is started twice
    Given the service "fine" is running
    When the service "fine" is started

  Scenario: is ended before it was started
    When the service "fine" is killed

  Scenario: is said to be quiet but was not started
    Then the log of the service "fine" does not contain "error" during 20 ms

  Scenario: is started under Then
    Then the service "fine" is started

  Scenario: passes
    Given the service "fine" is running with:
      | name | value            |
      | NAME | ${env.SOMEBODY} |
    Then the log of the service "fine" contains "hello bob"
    When the service "fine" is restarted
    Then the log of the service "fine" contains "hello"
    When the service "fine" is paused
    And the service "fine" is resumed
    Then the log of the service "fine" does not contain "hello" during 20 ms
    And the service "fine" keeps running during 20 ms
'''
EXPECTED = {
    "exits at once": (
        'ServiceError: The service "quick" ended with exit code 3 before it was ready (log '
        '"ready"). The end of its log:\n    opening the ledger\n    no ledger'
    ),
    "command not found": (
        'ServiceError: "missing" cannot be started: no folder of its PATH (/nowhere) has a program '
        '"no-such-program".'
    ),
    "folder not found": (
        'ServiceError: "nowhere" cannot be started: its directory FOLDER/no/such/folder does not '
        "exist."
    ),
    "never says that it is ready": (
        'ServiceError: The service "slow" was not ready (log "listening") within 200 ms: it has '
        'not logged "listening". The end of its log:\n    warming up'
    ),
    "never opens its port": (
        'ServiceError: The service "deaf" was not ready (port ${port}) within 200 ms: port N: '
        "Connection refused. It has logged nothing."
    ),
    "is told a channel that nobody declared": (
        'UnknownName: No channel is called "ordrs". Did you mean "orders"? A channel is declared '
        "by a section [evtbdd:channel:ordrs] of the settings, or by the step "
        'Given the channel "ordrs" exists.'
    ),
    "has another name": (
        'UnknownName: No service is called "fin". Did you mean "fine"? A service is declared by a '
        "section [evtbdd:service:fin] of the settings."
    ),
    "is given a wrong table": (
        "PhraseError: features/services.feature:26: the environment of a service is a table headed "
        "name | value, with a row for each variable."
    ),
    "is given a text": (
        "PhraseError: features/services.feature:31: the environment of a service is a table headed "
        "name | value, with a row for each variable."
    ),
    "is given a variable twice": (
        'PhraseError: features/services.feature:39: "NAME" stands there twice.'
    ),
    "is given variables when it runs": (
        'PhraseError: The service "fine" runs already, so it cannot be given another environment; '
        "its scope must be scenario, and the step the first about it."
    ),
    "is started twice": 'ServiceError: The service "fine" runs already.',
    "is ended before it was started": (
        'ServiceError: The service "fine" was not started in this scenario.'
    ),
    "is said to be quiet but was not started": (
        'ServiceError: The service "fine" was not started in this scenario.'
    ),
    "is started under Then": (
        "PhraseError: This step acts, and Then only looks: write When before it (And and But go on "
        "with the keyword before them)."
    ),
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All of the scenarios, in one run."""
    project = Project(tmp_path_factory.mktemp("services"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/services.feature", FEATURE)
    return without(project.folder, project.behave(timeout=60, SOMEBODY="bob"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_service_that_cannot_be_had_is_an_error(name: str, outcome: Outcome) -> None:
    """The sentence says why, with the end of its log."""
    status, text = told(outcome, name)
    assert (status, re.sub(r"port \d+:", "port N:", text)) == ("error", EXPECTED[name])


def test_what_is_right_passes(outcome: Outcome) -> None:
    """Variables, restarts, pauses, and logs since the last act."""
    assert told(outcome, "passes") == ("passed", "")


def test_no_service_shows_a_traceback_or_stays(outcome: Outcome) -> None:
    """Also none of those that never got ready."""
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)
    assert "Left behind" not in outcome.output


LONG_LIVED = """\
[evtbdd:channel:orders]
[evtbdd:service:shop]
command = sh -c "echo my pid is $$; exec sleep 60"
ready = log "my pid"
scope = {}
publishes = orders
"""
STEPS = """\
from behave import then


@then("its pid is printed")
def printed(context):
    service = context.evtbdd.services.get("shop")
    print("PID", context.feature.name, service.log.text().split()[3])
"""
HOOKS = """\
from evtbdd.environment import *


def before_scenario(context, scenario):
    if "skipped" in scenario.tags:
        scenario.skip("not here")
"""
RUNNING = """\
Feature: {}

  {}
  Scenario: one
    Given the service "shop" is running
    Then its pid is printed

  Scenario: two
    Given the service "shop" is running
    When an event is published to "orders"
    Then its pid is printed
    And the service "shop" keeps running during 20 ms
"""
SKIPPED = """\
Feature: skipped

  @skipped
  Scenario: none
    Given the service "shop" is running
    Then its pid is printed
"""


@pytest.mark.parametrize(
    ("scope", "lived"),
    [
        ("scenario", {"a": 2, "b": 1, "c": 2, "all": 5}),
        ("feature", {"a": 1, "b": 1, "c": 1, "all": 3}),
        ("run", {"a": 1, "b": 1, "c": 1, "all": 1}),
    ],
)
def test_a_service_lives_as_long_as_its_scope(
    scope: str, lived: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """So many processes in each feature, and in all of them together; skipped ones count for none."""
    project = Project(tmp_path_factory.mktemp(scope))
    project.write("evtbdd.cfg", LONG_LIVED.format(scope))
    project.write("environment.py", HOOKS)
    project.write("steps/pid_steps.py", STEPS)
    project.write("features/1.feature", RUNNING.format("a", ""))
    project.write("features/2.feature", SKIPPED)
    project.write("features/3.feature", RUNNING.format("b", "@skipped"))
    project.write("features/4.feature", RUNNING.format("c", ""))
    outcome = project.behave(timeout=60)
    assert outcome.code == 0, outcome.output
    pids: dict[str, set[str]] = {}
    for line in outcome.output.split("\n"):
        if line.startswith("PID "):
            _, feature, pid = line.split(" ")
            pids.setdefault(feature, set()).add(pid)
            pids.setdefault("all", set()).add(pid)
    assert {name: len(each) for name, each in pids.items()} == lived
    assert "Left behind" not in outcome.output
