"""Webhooks: a server of evtbdd's own that a service calls."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario
from evtbdd.webhooks.opened import webhooks_of

SECTION = "Webhooks"
NAMES = {"webhook": "NAME", "number": "N", "times": "K", "last": "M"}
WEBHOOK = 'the webhook "{webhook}"'
TO = '[to "{path}"]'
IN_TIME = "[within {within:Duration}] [{in_all=in all}]"
WATCHED = "[during {during:Duration}] [{in_all=in all}]"
Time = float | None
foretold = tells_ahead(lambda plan, values, _: plan.needs("webhooks", values["webhook"]))


@step(
    f"{WEBHOOK} answers {{number:Number}} {TO} [:]",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" answers 201 to "/pay":\n  """\n  {"id": "PAY-1"}\n  """',
)
@foretold
def answers(scenario: Scenario, *, webhook: str, number: int, path: str | None, data: Data) -> None:
    """What every request gets, or those to a path; the step that comes last decides."""
    webhooks_of(scenario.facilities).answers(webhook, number, path, data)


@step(
    f"{WEBHOOK} answers {{number:Number}}, {{times:Number}} time[s], then {{last:Number}}",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" answers 500, 2 times, then 200',
)
@foretold
def answers_then(scenario: Scenario, *, webhook: str, number: int, times: int, last: int) -> None:
    """A service that recovers."""
    webhooks_of(scenario.facilities).answers_then(webhook, number, times, last)


@step(
    f"{WEBHOOK} answers {{number:Number}} after {{after:Duration}}",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" answers 200 after 2 seconds',
)
@foretold
def answers_after(scenario: Scenario, *, webhook: str, number: int, after: float) -> None:
    """A slow service: each request is answered so much later."""
    webhooks_of(scenario.facilities).answers_after(webhook, number, after)


@step(
    f"{WEBHOOK} answers {{number:Number}} {TO} to requests with:",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" answers 402 to "/pay" to requests with:\n'
    "  | field    | value |\n  | customer | ann   |",
)
@foretold
def answers_those_with(
    scenario: Scenario, *, webhook: str, number: int, path: str | None, data: Data
) -> None:
    """What stands below describes the requests, as where they are expected."""
    webhooks_of(scenario.facilities).answers_those_with(webhook, number, path, data)


@step(
    f"{WEBHOOK} resets the connection {TO} [{{times:Number}} time[s]]",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" resets the connection 1 time',
)
@foretold
def resets(scenario: Scenario, *, webhook: str, path: str | None, times: int | None) -> None:
    """The request is received, and never answered; so many times, or always."""
    webhooks_of(scenario.facilities).resets(webhook, path, times)


@step(
    f"{WEBHOOK} is {{what=down|up}}",
    section=SECTION,
    names=NAMES,
    keyword="Given",
    act=True,
    example='the webhook "payments" is down',
)
@foretold
def is_down_or_up(scenario: Scenario, *, webhook: str, what: str) -> None:
    """Down, its port refuses; it is up from the beginning."""
    webhooks_of(scenario.facilities).make(webhook, what)


@step(
    f"{WEBHOOK} receives a {{method=GET|POST|PUT|PATCH|DELETE}} request {TO} {IN_TIME} "
    "[with:|equal to:]",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives a POST request to "/pay" within 5 seconds with:\n'
    "  | field  | value |\n  | amount | 20    |",
)
@foretold
def receives(
    scenario: Scenario,
    *,
    webhook: str,
    method: str,
    path: str | None,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """Met by the first request like that; @header.NAME and @query.NAME stand around the body."""
    webhooks_of(scenario.facilities).receives(webhook, method, path, data, within, in_all)


@step(
    f"{WEBHOOK} receives at least {{number:Number}} request[s] {TO} {IN_TIME} [with:]",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives at least 2 requests to "/pay"',
)
@foretold
def receives_at_least(
    scenario: Scenario,
    *,
    webhook: str,
    number: int,
    path: str | None,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """Met as soon as there are so many."""
    webhooks_of(scenario.facilities).receives_at_least(webhook, number, path, data, within, in_all)


@step(
    f"{WEBHOOK} receives exactly {{number:Number}} request[s] {TO} {WATCHED} [with:]",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives exactly 1 request to "/pay" during 2 seconds',
)
@foretold
def receives_exactly(
    scenario: Scenario,
    *,
    webhook: str,
    number: int,
    path: str | None,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """One too many fails at once; that there are enough, and no more, is watched."""
    webhooks_of(scenario.facilities).receives_counted(
        webhook, number, number, path, data, during, in_all
    )


@step(
    f"{WEBHOOK} receives at most {{number:Number}} request[s] {TO} {WATCHED} [with:]",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives at most 3 requests during 2 seconds',
)
@foretold
def receives_at_most(
    scenario: Scenario,
    *,
    webhook: str,
    number: int,
    path: str | None,
    during: Time,
    in_all: bool,
    data: Data,
) -> None:
    """One too many fails at once; that there are no more is watched."""
    webhooks_of(scenario.facilities).receives_counted(
        webhook, 0, number, path, data, during, in_all
    )


@step(
    f"{WEBHOOK} receives these requests {TO} [{{in_order=in order}}] {IN_TIME} :",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives these requests in order:\n'
    "  | @method | @path | amount |\n  | POST    | /pay  | 20     |\n  | POST    | /pay  | 30     |",
)
@foretold
def receives_these(
    scenario: Scenario,
    *,
    webhook: str,
    path: str | None,
    in_order: bool,
    within: Time,
    in_all: bool,
    data: Data,
) -> None:
    """A request of its own for every row; others may come between them."""
    webhooks_of(scenario.facilities).receives_these(webhook, path, data, within, in_all, in_order)


@step(
    f"{WEBHOOK} receives no request {TO} during {{during:Duration}} [{{in_all=in all}}] [with:]",
    section=SECTION,
    names=NAMES,
    example='the webhook "payments" receives no request to "/pay" during 2 seconds',
)
@foretold
def receives_none(
    scenario: Scenario,
    *,
    webhook: str,
    path: str | None,
    during: float,
    in_all: bool,
    data: Data,
) -> None:
    """None while it is watched."""
    webhooks_of(scenario.facilities).receives_counted(webhook, 0, 0, path, data, during, in_all)
