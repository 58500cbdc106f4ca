"""How often, and in which order, something stands in a log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from services.conftest import Stage

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError, Unproven
from evtbdd.scenario import Scenario
from evtbdd.services import log_claims

LONG = 10.0
SHORT = 0.05
Begin = Callable[[str], Stage]
SETTINGS = """\
[evtbdd:service:talker]
command = sh -c 'echo "try 1"; echo "try 2"; echo "gave up"; exec sleep 60'
ready = log "gave"
[evtbdd:service:quitter]
command = sh -c 'echo "try 1"; exit 4'
"""
END = "The end of its log:\n    try 1\n    try 2\n    gave up"


@pytest.fixture
def scenario(stage: Begin) -> Scenario:
    """A scenario in which both services were started."""
    begun = stage(SETTINGS).begin(services=["talker", "quitter"])
    begun.services.run("talker", {})
    begun.services.run("quitter", {})
    return begun


def lines(scenario: Scenario, *said: str, order: bool = False, service: str = "talker") -> None:
    deadline = Deadline.after(SHORT)
    log_claims.contains_lines(scenario.services, service, said, deadline, order=order)


def times(
    scenario: Scenario,
    how: str,
    number: int,
    *,
    during: float | None = SHORT,
    service: str = "talker",
) -> None:
    deadline = Deadline.after(SHORT if during is None else during)
    log_claims.contains_times(
        scenario.services, service, "try", how, number, deadline, during=during
    )


def test_lines_are_parts_of_lines_each_of_another_one(scenario: Scenario) -> None:
    """In any order, unless it is said."""
    lines(scenario, "gave", "try", "y 2")
    lines(scenario, "try", "try", "gave", order=True)


def test_lines_that_are_missing_are_listed(scenario: Scenario) -> None:
    """A line of the log is nobody's twice."""
    with pytest.raises(ExpectationFailed) as raised:
        lines(scenario, "try", "try", "try", "up")
    assert str(raised.value) == (
        'Expected the log of the service "talker" to contain 4 lines within 50 ms\n'
        f"but these are missing:\n    try\n{END}"
    )


def test_lines_in_another_order_fail(scenario: Scenario) -> None:
    """From the one on that does not follow."""
    with pytest.raises(ExpectationFailed) as raised:
        lines(scenario, "try 2", "try 1", "gave", order=True)
    assert str(raised.value) == (
        'Expected the log of the service "talker" to contain 3 lines in order within 50 ms\n'
        f"but it does not from this one on:\n    try 1\n    gave\n{END}"
    )


def test_no_line_is_no_expectation(scenario: Scenario) -> None:
    """An empty text below the step would hold for any log."""
    with pytest.raises(PhraseError):
        lines(scenario)


@pytest.mark.parametrize(
    ("how", "number"), [("exactly", 2), ("at least", 1), ("at least", 2), ("at most", 3)]
)
def test_a_text_is_counted(scenario: Scenario, how: str, number: int) -> None:
    """As often as it stands there."""
    times(scenario, how, number)


@pytest.mark.parametrize(
    ("how", "number", "said"),
    [
        ("exactly", 1, "exactly 1 time during 10 seconds"),
        ("at most", 1, "at most 1 time during 10 seconds"),
    ],
)
def test_too_often_fails_at_once(scenario: Scenario, how: str, number: int, said: str) -> None:
    """Nothing that comes can mend it."""
    with pytest.raises(ExpectationFailed) as raised:
        times(scenario, how, number, during=LONG)
    assert str(raised.value) == (
        f'Expected the log of the service "talker" to contain "try" {said}\nbut it does so 2 times'
    )


@pytest.mark.parametrize("how", ["exactly", "at least"])
def test_too_seldom_fails_when_the_time_is_over(scenario: Scenario, how: str) -> None:
    """Until then it could have come."""
    with pytest.raises(ExpectationFailed) as raised:
        times(scenario, how, 3)
    assert str(raised.value) == (
        f'Expected the log of the service "talker" to contain "try" {how} 3 times during 50 ms\n'
        f"but it does so 2 times. {END}"
    )


@pytest.mark.parametrize("how", ["exactly", "at most"])
def test_a_count_that_could_still_grow_needs_a_time(scenario: Scenario, how: str) -> None:
    """Nothing proves that no more comes."""
    with pytest.raises(Unproven) as raised:
        times(scenario, how, 2, during=None)
    assert str(raised.value) == (
        'Nothing has contradicted this so far: the log of the service "talker" contains "try" '
        f"{how} 2 times. But nothing proves it either. Say how long to watch:\n"
        f'  Then the log of the service "talker" contains "try" {how} 2 times during 2 seconds'
    )


def test_a_dead_service_proves_no_count(scenario: Scenario) -> None:
    """It can log no more, whatever was right."""
    with pytest.raises(Unproven) as raised:
        times(scenario, "exactly", 1, service="quitter")
    assert str(raised.value) == (
        'Nothing has contradicted this: the log of the service "quitter" contains "try" exactly '
        "1 time; but the service ended with exit code 4, and a dead service proves nothing. "
        "The end of its log:\n    try 1"
    )
    with pytest.raises(ServiceError):
        times(scenario, "at least", 2, service="quitter")
    with pytest.raises(ServiceError):
        lines(scenario, "try", "try", service="quitter")
