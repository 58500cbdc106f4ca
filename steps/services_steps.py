"""Services: the system under test, started, ended and looked at from outside."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario
from evtbdd.services import claims, log_claims

SECTION = "Services: the system under test"
NAMES = {"service": "NAME"}
Time = float | None
looks_at_log = tells_ahead(lambda plan, values, _: plan.wants_log(values["service"]))


@step(
    'the service "{service}" is running [with:]',
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the service "shipping" is running',
)
@tells_ahead(lambda plan, values, table: plan.runs(values["service"], table))
def service_is_running(scenario: Scenario, *, service: str, data: Data) -> None:
    """It and what it needs are started, and ready; the table sets environment variables."""
    scenario.services.run_with(service, data)


@step(
    'the service "{service}" is {verb=started|stopped|killed|restarted|paused|resumed}',
    section=SECTION,
    names=NAMES,
    act=True,
    example='the service "shipping" is killed',
)
def service_is_made(scenario: Scenario, *, service: str, verb: str) -> None:
    """Started and restarted wait until it is ready; stopped is its stop signal and grace."""
    scenario.services.do(service, verb)


@step(
    '{number:Number} instances of the service "{service}" are running',
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='2 instances of the service "shipping" are running',
)
def instances_are_running(scenario: Scenario, *, number: int, service: str) -> None:
    """So many processes of it, each with a log and a port of its own; 2 or more."""
    scenario.services.run_several(service, number)


@step(
    'the service "{service}" is killed after {after:Duration}',
    section=SECTION,
    names=NAMES,
    act=True,
    example='the service "shipping" is killed after 2 seconds',
)
def service_is_killed_later(scenario: Scenario, *, service: str, after: float) -> None:
    """The next steps go on meanwhile; a scenario that ends before that is an error."""
    scenario.services.kill_after(service, after)


@step(
    'another instance of the service "{service}" starts',
    section=SECTION,
    names=NAMES,
    act=True,
    example='another instance of the service "shipping" starts',
)
def another_instance_starts(scenario: Scenario, *, service: str) -> None:
    """One more, ready before the step ends."""
    scenario.services.start_another(service)


@step(
    'one instance of the service "{service}" is {verb=stopped|killed|paused}',
    section=SECTION,
    names=NAMES,
    act=True,
    example='one instance of the service "shipping" is killed',
)
def one_instance_is_made(scenario: Scenario, *, service: str, verb: str) -> None:
    """The oldest that lives."""
    scenario.services.do_to_one(service, verb)


@step(
    'the service "{service}" keeps running during {during:Duration}',
    section=SECTION,
    names=NAMES,
    example='the service "shipping" keeps running during 2 seconds',
)
def service_keeps_running(scenario: Scenario, *, service: str, during: float) -> None:
    """Its process does not end while it is watched."""
    process = scenario.services.process(service, "nobody sees whether it keeps running")
    claims.keeps_running(process, scenario.expect.until(during))


@step(
    'the service "{service}" exits [with code {code:Number}] [within {within:Duration}]',
    section=SECTION,
    names=NAMES,
    example='the service "shipping" exits with code 1',
)
def service_exits(scenario: Scenario, *, service: str, code: int | None, within: Time) -> None:
    """Its process ends by itself."""
    process = scenario.services.process(service, "nobody sees it exit")
    claims.exits(process, code, scenario.expect.patience(within))


@step(
    'the log of the service "{service}" contains "{text}" [within {within:Duration}]',
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" contains "order ORD-1"',
)
@looks_at_log
def log_contains(scenario: Scenario, *, service: str, text: str, within: Time) -> None:
    """A text in what it has written since the last act under When."""
    log_claims.contains(scenario.services, service, text, scenario.expect.patience(within))


@step(
    'the log of the service "{service}" contains [within {within:Duration}]:',
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" contains:\n  """\n  order ORD-1\n  """',
)
@looks_at_log
def log_contains_this(scenario: Scenario, *, service: str, within: Time, data: Data) -> None:
    """A longer text in what it has written since the last act under When."""
    text = scenario.values.text(data.text or "")
    log_claims.contains(scenario.services, service, text, scenario.expect.patience(within))


@step(
    'the log of the service "{service}" contains "{text}" {how=exactly|at least|at most} '
    "{number:Number} time[s] [during {during:Duration}]",
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" contains "retry" exactly 2 times during 2 seconds',
)
@looks_at_log
def log_contains_times(
    scenario: Scenario, *, service: str, text: str, how: str, number: int, during: Time
) -> None:
    """How often a text stands in what it has written since the last act under When."""
    deadline = scenario.expect.patience(None) if during is None else scenario.expect.until(during)
    log_claims.contains_times(
        scenario.services, service, text, how, number, deadline, during=during
    )


@step(
    'the log of the service "{service}" contains these lines [{in_order=in order}] '
    "[within {within:Duration}]:",
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" contains these lines in order:\n'
    '  """\n  order ORD-1\n  shipped\n  """',
)
@looks_at_log
def log_contains_lines(
    scenario: Scenario, *, service: str, in_order: bool, within: Time, data: Data
) -> None:
    """Parts of lines in what it has written since the last act under When, each of another line."""
    lines = scenario.values.text(data.text or "").split("\n")
    log_claims.contains_lines(
        scenario.services, service, lines, scenario.expect.patience(within), order=in_order
    )


@step(
    'the log of the service "{service}" does not contain "{text}" during {during:Duration}',
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" does not contain "error" during 2 seconds',
)
@looks_at_log
def log_lacks(scenario: Scenario, *, service: str, text: str, during: float) -> None:
    """The text does not appear while it is watched."""
    log_claims.lacks(scenario.services, service, text, scenario.expect.until(during))
