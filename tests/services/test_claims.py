"""What can be said of a process and of its log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from services.conftest import Stage

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError, Unproven
from evtbdd.phrases import Data, Row, Table
from evtbdd.scenario import Scenario
from evtbdd.services import claims, log_claims

LONG = 10.0
SHORT = 0.05
Begin = Callable[[str], Stage]
# It says after how many lines it is, and ends as it is told.
SETTINGS = """\
[evtbdd:service:talker]
command = sh -c 'echo up; echo "first line"; echo "second line"; exec sleep 60'
ready = log "second"
[evtbdd:service:quitter]
command = sh -c 'echo up; echo last words; exit 4'
[evtbdd:service:idle]
command = sleep 60
"""


@pytest.fixture
def scenario(stage: Begin) -> Scenario:
    """A scenario in which two of the services were started."""
    begun = stage(SETTINGS).begin(services=["talker", "quitter"])
    begun.services.run("talker", {})
    begun.services.run("quitter", {})
    return begun


def after(seconds: float) -> Deadline:
    return Deadline.after(seconds)


def test_a_log_contains_a_text(scenario: Scenario) -> None:
    """A part of a line, or several lines."""
    log_claims.contains(scenario.services, "talker", "rst li", after(LONG))
    log_claims.contains(scenario.services, "talker", "first line\nsecond line", after(LONG))


def test_a_log_that_does_not_contain_a_text_fails(scenario: Scenario) -> None:
    """The end of the log is shown."""
    with pytest.raises(ExpectationFailed) as raised:
        log_claims.contains(scenario.services, "talker", "second line\nfirst", after(SHORT))
    assert str(raised.value) == (
        'Expected the log of the service "talker" to contain "second line\nfirst" within 50 ms\n'
        "but it does not. The end of its log:\n    up\n    first line\n    second line"
    )


def test_what_was_logged_before_the_act_does_not_count(scenario: Scenario) -> None:
    """And that is told."""
    scenario.services.begin_block()
    with pytest.raises(ExpectationFailed) as raised:
        log_claims.contains(scenario.services, "talker", "first", after(SHORT))
    assert str(raised.value).split("\n")[1] == (
        "but it does so only before the last act under When. The end of its log:"
    )
    log_claims.lacks(scenario.services, "talker", "first", after(SHORT))


def test_the_log_of_a_service_that_ended_by_itself_says_nothing(scenario: Scenario) -> None:
    """That is no failure of what was expected, but an error."""
    with pytest.raises(ServiceError) as raised:
        log_claims.contains(scenario.services, "quitter", "order", after(LONG))
    assert str(raised.value) == (
        'The service "quitter" ended with exit code 4, so nothing can be said of what was '
        "expected.\n"
        'Expected the log of the service "quitter" to contain "order" within 10 seconds\n'
        "but it does not. The end of its log:\n    up\n    last words"
    )


def test_a_log_that_lacks_a_text_passes_after_the_watch(scenario: Scenario) -> None:
    """The service lives, so that says something."""
    log_claims.lacks(scenario.services, "talker", "error", after(SHORT))


def test_a_log_that_does_not_lack_a_text_fails_at_once(scenario: Scenario) -> None:
    """With the line."""
    with pytest.raises(ExpectationFailed) as raised:
        log_claims.lacks(scenario.services, "talker", "second", after(LONG))
    assert str(raised.value) == (
        'Expected the log of the service "talker" not to contain "second" during 10 seconds\n'
        "but it does: second line"
    )


def test_a_dead_service_proves_nothing_by_its_log(scenario: Scenario) -> None:
    """Nor does one that was never started."""
    with pytest.raises(Unproven) as raised:
        log_claims.lacks(scenario.services, "quitter", "error", after(LONG))
    assert str(raised.value) == (
        'Nothing has contradicted this: the log of the service "quitter" does not contain '
        '"error"; but the service ended with exit code 4, and a dead service proves nothing. '
        "The end of its log:\n    up\n    last words"
    )


@pytest.mark.parametrize("text", ["error", "error\nmore"])
def test_of_a_service_that_was_never_started_nothing_can_be_said(
    text: str, scenario: Scenario
) -> None:
    """Whatever the claim."""
    idle = scenario.services.get("idle")
    saying: list[Callable[[], None]] = [
        lambda: log_claims.lacks(scenario.services, "idle", text, after(SHORT)),
        lambda: log_claims.contains(scenario.services, "idle", text, after(SHORT)),
        lambda: claims.exits(idle, None, after(SHORT)),
        lambda: claims.keeps_running(idle, after(SHORT)),
        lambda: scenario.services.do("idle", "killed"),
    ]
    for claim in saying:
        with pytest.raises(ServiceError) as raised:
            claim()
        assert str(raised.value) == 'The service "idle" was not started in this scenario.'


def test_an_exit_that_was_expected_is_no_loss(scenario: Scenario) -> None:
    """From then on the service is not said to have ended by itself."""
    quitter = scenario.services.get("quitter")
    claims.exits(quitter, 4, after(LONG))
    lost = {each.name: each.lost for each in scenario.services.health()}
    assert lost == {"talker": None, "quitter": None}


def test_an_exit_with_another_code_fails(scenario: Scenario) -> None:
    """The code and the last words are told."""
    with pytest.raises(ExpectationFailed) as raised:
        claims.exits(scenario.services.get("quitter"), 0, after(LONG))
    assert str(raised.value) == (
        'Expected the service "quitter" to exit with code 0\n'
        "but it ended with exit code 4. The end of its log:\n    up\n    last words"
    )


def test_a_service_that_runs_on_has_not_exited(scenario: Scenario) -> None:
    """And keeps running."""
    talker = scenario.services.get("talker")
    claims.keeps_running(talker, after(SHORT))
    with pytest.raises(ExpectationFailed) as raised:
        claims.exits(talker, None, after(SHORT))
    assert str(raised.value).startswith(
        'Expected the service "talker" to exit within 50 ms\nbut it runs on. The end of its log:'
    )


def test_a_service_that_ends_does_not_keep_running(scenario: Scenario) -> None:
    """That fails at once."""
    with pytest.raises(ExpectationFailed) as raised:
        claims.keeps_running(scenario.services.get("quitter"), after(LONG))
    assert str(raised.value) == (
        'Expected the service "quitter" to keep running during 10 seconds\n'
        "but it ended with exit code 4. The end of its log:\n    up\n    last words"
    )


def test_a_service_that_ended_by_itself_is_lost_with_its_last_words(scenario: Scenario) -> None:
    """One that a step has ended is not."""
    scenario.services.get("quitter").require_started().wait(after(LONG))
    scenario.services.do("talker", "killed")
    health = {each.name: each for each in scenario.services.health()}
    assert (health["talker"].running, health["talker"].lost) == (False, None)
    assert (health["quitter"].lost or "").startswith("ended with exit code 4 at +")
    assert health["quitter"].last_lines == ("up", "last words")


def test_what_does_not_run_cannot_be_ended_again(scenario: Scenario) -> None:
    """Nor paused; it says how it ended."""
    scenario.services.do("talker", "killed")
    for verb in ("killed", "stopped", "paused", "resumed"):
        with pytest.raises(ServiceError) as raised:
            scenario.services.do("talker", verb)
        assert str(raised.value) == (
            'The service "talker" does not run any more: it was ended by signal SIGKILL.'
        )


def test_a_paused_service_ends_with_its_scenario(scenario: Scenario) -> None:
    """It need not be resumed for that."""
    scenario.services.do("talker", "paused")
    scenario.services.end()


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ((("A", "1"), ("A", "2")), 'here:3: "A" stands there twice.'),
        ((("", "1"),), 'here:2: "" is no name of a variable.'),
        ((("A=B", "1"),), 'here:2: "A=B" is no name of a variable.'),
    ],
)
def test_variables_that_cannot_be_meant_are_told_by_their_line(
    rows: tuple[tuple[str, str], ...], wrong: str, scenario: Scenario
) -> None:
    """Before anything is started."""
    table = Table(("name", "value"), tuple(Row(row, line) for line, row in enumerate(rows, 2)))
    with pytest.raises(PhraseError) as raised:
        scenario.services.run_with("idle", Data(table, None, ("here", 1), "with"))
    assert str(raised.value) == wrong
