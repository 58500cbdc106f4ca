"""Several instances of one service: each a process with a log, a port and an end of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from services.conftest import Stage

from evtbdd.clock import Deadline
from evtbdd.errors import PhraseError, ServiceError
from evtbdd.journal import ServiceEnded, ServiceReady
from evtbdd.scenario import Scenario
from evtbdd.services import claims, log_claims
from evtbdd.services.service import Service

LONG = 10.0
Begin = Callable[[str], Stage]
# It says its port; it ends as soon as a file of that name is there.
SETTINGS = """\
[evtbdd:service:worker]
command = sh -c 'echo "at ${port}"; while ! test -e end; do sleep 0.01; done; exit 3'
directory = ${env.HERE}
ready = log "at"
"""


@pytest.fixture
def scenario(stage: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario in which the service was not started yet."""
    monkeypatch.setenv("HERE", str(tmp_path))
    return stage(SETTINGS).begin(services=["worker"])


def worker(scenario: Scenario) -> Service:
    return scenario.services.get("worker")


def names(scenario: Scenario) -> list[str]:
    return [each.name for each in worker(scenario).living]


def test_each_instance_has_a_port_of_its_own(scenario: Scenario) -> None:
    """And says so in a log of its own."""
    scenario.services.run_several("worker", 2)
    first, second = worker(scenario).instances
    assert first.place.port != second.place.port
    assert [each.log.text() for each in (first, second)] == [
        f"at {first.place.port}\n",
        f"at {second.place.port}\n",
    ]
    ready = [n.entry.service for n in scenario.journal.since() if isinstance(n.entry, ServiceReady)]
    assert ready == ["worker", "worker #2"]


def test_running_again_starts_only_what_is_missing(scenario: Scenario) -> None:
    """The phrase says what there is to be, not what is to be done."""
    scenario.services.run("worker", {})
    scenario.services.run_several("worker", 3)
    scenario.services.run_several("worker", 2)
    assert names(scenario) == ["worker", "worker #2", "worker #3"]


def test_one_instance_is_no_several(scenario: Scenario) -> None:
    """The phrase for that is another one."""
    with pytest.raises(PhraseError) as raised:
        scenario.services.run_several("worker", 1)
    assert str(raised.value) == (
        "1 instances are running: the number must be 2 or more; for one write: "
        'Given the service "worker" is running'
    )


def test_another_instance_takes_the_place_of_one_that_ended(scenario: Scenario) -> None:
    """Its log goes on."""
    scenario.services.run_several("worker", 2)
    scenario.services.do_to_one("worker", "killed")
    assert names(scenario) == ["worker #2"]
    scenario.services.start_another("worker")
    assert names(scenario) == ["worker", "worker #2"]
    assert worker(scenario).first.log.text().count("at ") == 2


@pytest.mark.parametrize("verb", ["stopped", "killed"])
def test_one_means_the_oldest_that_lives(scenario: Scenario, verb: str) -> None:
    """One after another, until none is left."""
    scenario.services.run_several("worker", 2)
    scenario.services.do_to_one("worker", verb)
    assert names(scenario) == ["worker #2"]
    scenario.services.do_to_one("worker", verb)
    assert names(scenario) == []
    with pytest.raises(ServiceError) as raised:
        scenario.services.do_to_one("worker", verb)
    assert str(raised.value).startswith('The service "worker" does not run any more: it ')
    assert [each.lost for each in scenario.services.health()] == [None, None]


def test_what_is_done_to_a_service_is_done_to_all_its_instances(scenario: Scenario) -> None:
    """A restart starts as many as it has stopped."""
    scenario.services.run_several("worker", 2)
    before = [each.require_started().pid for each in worker(scenario).instances]
    scenario.services.do("worker", "restarted")
    after = [each.require_started().pid for each in worker(scenario).living]
    assert len(after) == 2
    assert set(before) & set(after) == set()
    scenario.services.do("worker", "killed")
    assert names(scenario) == []


def test_an_instance_that_ends_by_itself_is_named(scenario: Scenario, tmp_path: Path) -> None:
    """Whatever its number."""
    scenario.services.run_several("worker", 2)
    scenario.services.do_to_one("worker", "stopped")
    (tmp_path / "end").touch()
    claims.exits(worker(scenario), 3, Deadline.after(LONG))
    ended = [n.entry for n in scenario.journal.since() if isinstance(n.entry, ServiceEnded)]
    assert [(each.service, each.asked) for each in ended] == [
        ("worker", True),
        ("worker #2", False),
    ]


def test_a_text_is_looked_for_in_the_logs_of_all(scenario: Scenario) -> None:
    """The log of a service is what its instances have written."""
    scenario.services.run_several("worker", 2)
    second = worker(scenario).instances[1]
    log_claims.contains(
        scenario.services, "worker", f"at {second.place.port}", Deadline.after(LONG)
    )
    log_claims.contains_times(
        scenario.services, "worker", "at ", "exactly", 2, Deadline.after(0.05), during=0.05
    )


def test_a_late_kill_comes_when_its_time_is_over(scenario: Scenario) -> None:
    """The scenario goes on meanwhile."""
    scenario.services.run("worker", {})
    scenario.services.kill_after("worker", 0.05)
    ended = worker(scenario).require_started().wait(Deadline.after(LONG))
    assert str(ended) == "was ended by signal SIGKILL"
    scenario.services.end()


def test_a_late_kill_that_never_came_is_an_error(scenario: Scenario) -> None:
    """The scenario has not tested what it says."""
    scenario.services.run("worker", {})
    scenario.services.kill_after("worker", 60)
    with pytest.raises(ServiceError) as raised:
        scenario.services.end()
    assert str(raised.value) == (
        'The service "worker" was to be killed after 1 minute, and the scenario ended before.'
    )


def test_a_late_kill_of_a_service_that_has_ended_is_an_error(
    scenario: Scenario, tmp_path: Path
) -> None:
    """It was not the kill that ended it."""
    scenario.services.run("worker", {})
    scenario.services.kill_after("worker", 1)
    (tmp_path / "end").touch()
    claims.exits(worker(scenario), 3, Deadline.after(LONG))
    scenario.services._kills[0]._timer.join()
    with pytest.raises(ServiceError) as raised:
        scenario.services.end()
    assert str(raised.value) == (
        'The service "worker" was to be killed after 1 second, and could not be: The service '
        '"worker" does not run any more: it ended with exit code 3.'
    )
