"""Services: the system under test, started, ended and looked at from outside."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario
from evtbdd.services import claims

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
    'the service "{service}" keeps running during {during:Duration}',
    section=SECTION,
    names=NAMES,
    example='the service "shipping" keeps running during 2 seconds',
)
def service_keeps_running(scenario: Scenario, *, service: str, during: float) -> None:
    """Its process does not end while it is watched."""
    claims.keeps_running(scenario.services.get(service), scenario.expect.until(during))


@step(
    'the service "{service}" exits [with code {code:Number}] [within {within:Duration}]',
    section=SECTION,
    names=NAMES,
    example='the service "shipping" exits with code 1',
)
def service_exits(scenario: Scenario, *, service: str, code: int | None, within: Time) -> None:
    """Its process ends by itself."""
    claims.exits(scenario.services.get(service), code, scenario.expect.patience(within))


@step(
    'the log of the service "{service}" contains "{text}" [within {within:Duration}]',
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" contains "order ORD-1"',
)
@looks_at_log
def log_contains(scenario: Scenario, *, service: str, text: str, within: Time) -> None:
    """A text in what it has written since the last act under When."""
    claims.log_contains(scenario.services, service, text, scenario.expect.patience(within))


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
    claims.log_contains(scenario.services, service, text, scenario.expect.patience(within))


@step(
    'the log of the service "{service}" does not contain "{text}" during {during:Duration}',
    section=SECTION,
    names=NAMES,
    example='the log of the service "shipping" does not contain "error" during 2 seconds',
)
@looks_at_log
def log_lacks(scenario: Scenario, *, service: str, text: str, during: float) -> None:
    """The text does not appear while it is watched."""
    claims.log_lacks(scenario.services, service, text, scenario.expect.until(during))
