"""Services of which steps say one after another that they run get ready side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from acceptance.project import Outcome, Project

SETTINGS = """\
[evtbdd:service:patient]
command = sh -c "while ! test -e met; do sleep 0.05; done; echo met; exec sleep 60"
directory = ${scenario.folder}
ready = log "met"
start timeout = 3 seconds
[evtbdd:service:other]
command = sh -c "echo $$ >> $PIDS; touch met; echo here; exec sleep 60"
directory = ${scenario.folder}
environment =
    PIDS = ${env.PIDS}
ready = log "here"
[evtbdd:service:dependent]
command = sh -c "touch met; echo here; exec sleep 60"
directory = ${scenario.folder}
ready = log "here"
needs = patient
[evtbdd:service:hopeless]
command = sh -c "echo sorry; exit 3"
ready = log "here"
"""
FEATURE = """\
Feature: Side by side

  Scenario: one waits for the other
    Given the service "patient" is running
    And the service "other" is running
    Then the service "patient" keeps running during 100 ms
    And the service "other" keeps running during 100 ms

  Scenario: something stands between them
    Given the service "patient" is running
    And "id" is a fresh id
    And the service "other" is running

  Scenario: the other needs it
    Given the service "patient" is running
    And the service "dependent" is running

  Scenario: the other has an environment of its own
    Given the service "patient" is running
    And the service "other" is running with:
      | name | value |
      | A    | B     |

  Scenario: the next one fails
    Given the service "other" is running
    And the service "hopeless" is running

  Scenario: the first one fails
    Given the service "hopeless" is running
    And the service "other" is running
"""


@pytest.fixture(scope="module")
def pids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the other service notes each process that it is."""
    return tmp_path_factory.mktemp("pids") / "pids"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, pids: Path) -> Outcome:
    """One run of all of them."""
    project = Project(tmp_path_factory.mktemp("side-by-side"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/side.feature", FEATURE)
    return project.behave(PIDS=str(pids))


def test_the_first_step_begins_those_of_the_next_steps(outcome: Outcome) -> None:
    """One after the other they would never get there: the first is ready when the second runs."""
    assert outcome.verdicts["one waits for the other"].status == "passed", outcome.output


@pytest.mark.parametrize(
    "name",
    [
        "something stands between them",
        "the other needs it",
        "the other has an environment of its own",
    ],
)
def test_what_has_an_order_keeps_it(outcome: Outcome, name: str) -> None:
    """What a step does may matter to the next service, and what a service needs is ready before."""
    found = outcome.verdicts[name]
    assert found.status == "error"
    assert found.text.startswith(
        'ServiceError: The service "patient" was not ready (log "met") within 3 seconds: '
    )


@pytest.mark.parametrize("name", ["the next one fails", "the first one fails"])
def test_a_failure_is_told_by_the_step_about_it(outcome: Outcome, name: str) -> None:
    """Whoever began it."""
    step = "Given" if name == "the first one fails" else "And"
    assert outcome.verdicts[name].text.startswith(
        'ServiceError: The service "hopeless" ended with exit code 3 before it was ready (log '
        '"here"). The end of its log:\n    sorry'
    )
    part = outcome.output.partition(f"Scenario: {name}")[2]
    assert f'{step} the service "hopeless" is running ... error' in part


def test_what_was_begun_ends_with_its_scenario(outcome: Outcome, pids: Path) -> None:
    """Also where no step came to it: the service that the failing one had stand beside it."""
    begun = pids.read_text().split()
    assert len(begun) == 3, outcome.output
    assert not [pid for pid in begun if Path("/proc", pid).exists()]
