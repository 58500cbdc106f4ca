"""Metrics: what a service counts, as Prometheus would read it."""

from __future__ import annotations

from evtbdd.metrics.promise import metrics
from evtbdd.phrases import step
from evtbdd.phrases.ahead import tells_ahead
from evtbdd.scenario import Scenario

SECTION = "Metrics and traces"


@step(
    'the metric "{metric}" of the service "{service}" increases by {number:Number} '
    "[within {within:Duration}]",
    section=SECTION,
    names={"service": "S"},
    example='the metric "orders_total{status=\\"ok\\"}" of the service "shop" increases by 2',
)
@tells_ahead(lambda plan, values, _: plan.needs("metrics", values["service"]))
def metric_increases(
    scenario: Scenario, *, metric: str, service: str, number: int, within: float | None
) -> None:
    """Since the last act under When; labels that are not named are counted together."""
    metrics(scenario.facilities).increases(metric, service, number, within)
