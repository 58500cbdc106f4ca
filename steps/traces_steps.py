"""Traces: what services report of their work, and pass on to one another."""

from __future__ import annotations

from evtbdd.phrases import Data, step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario
from evtbdd.traces.promise import traces

SECTION = "Metrics and traces"


@step(
    'the service "{service}" records a span "{span}" [within {within:Duration}] [with:]',
    section=SECTION,
    names={"service": "NAME"},
    example='the service "shipping" records a span "ship order" with:\n'
    "  | field   | value    |\n  | @kind   | consumer |\n  | orderId | ORD-1    |",
)
@tells_ahead(lambda plan, values, _: plan.needs("traces", values["service"]))
def span_is_recorded(
    scenario: Scenario, *, service: str, span: str, within: float | None, data: Data
) -> None:
    """Since the last act under When; fields are attributes, @kind, @status, @trace_id around them."""
    traces(scenario.facilities).records(service, span, data, within)


@step(
    'the ["{type}"] event is part of the trace of the request',
    section=SECTION,
    example='the "OrderShipped" event is part of the trace of the request',
)
@tells_ahead(lambda plan, *_: plan.needs("traces", None))
def event_is_part_of_trace(scenario: Scenario, *, type: str | None) -> None:
    """By the header traceparent, which services hand on."""
    traces(scenario.facilities).is_part(type)
