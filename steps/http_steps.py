"""HTTP: requests that the scenario sends to a service, and the responses."""

from __future__ import annotations

from evtbdd.http.opened import http_of
from evtbdd.phrases import Data, step
from evtbdd.scenario import Scenario

SECTION = "HTTP"
NAMES = {"number": "N"}
TO = 'to "{path}" [of the service "{service}"]'
METHOD = "{method=GET|POST|PUT|PATCH|DELETE}"
Time = float | None


@step(
    f"a {METHOD} request is sent {TO} [{{in_background=in the background}}] [:]",
    section=SECTION,
    keyword="When",
    example='a POST request is sent to "/orders" of the service "shop":\n'
    "  | field    | value |\n  | customer | ann   |",
)
def send(
    scenario: Scenario,
    *,
    method: str,
    path: str,
    service: str | None,
    in_background: bool,
    data: Data,
) -> None:
    """And the response waited for; below stand the body, @header.NAME and @query.NAME."""
    http_of(scenario.facilities).send(method, path, service, data, in_background)


@step(
    f"{{number:Number}} {METHOD} requests are sent {TO} [:]",
    section=SECTION,
    keyword="When",
    names=NAMES,
    example='3 POST requests are sent to "/orders":\n'
    "  | field   | value          |\n  | orderId | ORD-${counter} |",
)
def send_several(
    scenario: Scenario, *, number: int, method: str, path: str, service: str | None, data: Data
) -> None:
    """One after the other; ${counter} tells them apart."""
    http_of(scenario.facilities).send_several(number, method, path, service, data)


@step(
    "the same request is sent again",
    section=SECTION,
    keyword="When",
    example="the same request is sent again",
)
def send_again(scenario: Scenario) -> None:
    """What was sent last, to the byte."""
    http_of(scenario.facilities).send_again()


@step(
    "the response arrives [within {within:Duration}]",
    section=SECTION,
    example="the response arrives within 2 seconds",
)
def response_arrives(scenario: Scenario, *, within: Time) -> None:
    """That to the last request, whatever it is; to all of them, where several were sent."""
    http_of(scenario.facilities).response_arrives(within)


@step(
    "no response arrives during {during:Duration}",
    section=SECTION,
    example="no response arrives during 2 seconds",
)
def no_response(scenario: Scenario, *, during: float) -> None:
    """None to the last request, while it is watched."""
    http_of(scenario.facilities).no_response(during)


@step(
    "the response status is {number:Number}",
    section=SECTION,
    names=NAMES,
    example="the response status is 201",
)
def status_is(scenario: Scenario, *, number: int) -> None:
    """That of the response to the last request; of all, where several were sent."""
    http_of(scenario.facilities).status_is(number)


@step(
    "the response has:",
    section=SECTION,
    example="the response has:\n  | field            | value     |\n  | @header.location | /orders/1 |\n"
    "  | status           | placed    |",
)
def response_has(scenario: Scenario, *, data: Data) -> None:
    """The response to the last request; @status and @header.NAME stand around its body."""
    http_of(scenario.facilities).response_has(data)


@step(
    f"a GET request {TO} returns {{number:Number}} [within {{within:Duration}}] "
    "[and stays so during {stays:Duration}] [with:]",
    section=SECTION,
    names=NAMES,
    example='a GET request to "/orders/1" returns 200 within 5 seconds with:\n'
    "  | field  | value   |\n  | status | shipped |",
)
def get_returns(
    scenario: Scenario,
    *,
    path: str,
    service: str | None,
    number: int,
    within: Time,
    stays: Time,
    data: Data,
) -> None:
    """Asked again until it does; what stands below describes the response."""
    http_of(scenario.facilities).returns("GET", path, service, number, data, within, stays)


@step(
    f"a {{method=POST|PUT|PATCH|DELETE}} request {TO} returns {{number:Number}} [with:]",
    section=SECTION,
    names=NAMES,
    example='a DELETE request to "/orders/1" returns 204',
)
def returns(
    scenario: Scenario, *, method: str, path: str, service: str | None, number: int, data: Data
) -> None:
    """Asked once; what stands below describes the response."""
    http_of(scenario.facilities).returns(method, path, service, number, data)
