"""Red examples of the phrases about metrics and traces, each with the fault that turns it red.

They are about the service in tests/systems/observed, which is sent an order over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

METRIC = 'the metric "METRIC" of the service "S" increases by N'
SPAN = 'the service "NAME" records a span "SPAN"'
PART = 'the ["TYPE"] event is part of the trace of the request'
COUNTS = 'the metric "orders_total{status=\\"ok\\"}" of the service "shop" increases by 1 within 1 second'
RECORDS = 'the service "shop" records a span "take order" within 1 second'
WITH = f"""\
{RECORDS} with:
      | field        | value  |
      | ['order.id'] | ORD-1  |
      | @kind        | server |"""
TRACED = 'the "OrderTaken" event is part of the trace of the request'


@dataclass(frozen=True)
class Observed:
    """A Then-step and the fault that makes it red; `said` is what behave must say of it."""

    name: str
    phrase: str
    then: str
    fault: str
    said: str

    def scenario(self, fault: str, order: str = "ORD-1") -> str:
        """The scenario with that fault, and its name."""
        return f"""\
  Scenario: {self.name}
    Given the service "shop" is running with:
      | name  | value   |
      | FAULT | {fault} |
    When a POST request is sent to "/orders" of the service "shop":
      | field   | value   |
      | orderId | {order} |
    Then {self.then}
"""


OBSERVED = (
    Observed(
        "counted twice",
        METRIC,
        COUNTS,
        "counts-twice",
        """\
ASSERT FAILED: Expected the metric "orders_total{status=\\"ok\\"}" of the service "shop" to increase by 1 within 1 second
but it increased by 2, from 0 to 2 (http://HOST:PORT/metrics)""",
    ),
    Observed(
        "not counted",
        METRIC,
        COUNTS,
        "counts-nothing",
        """\
ASSERT FAILED: Expected the metric "orders_total{status=\\"ok\\"}" of the service "shop" to increase by 1 within 1 second
but it did not: it is 0, as it was when the window began (http://HOST:PORT/metrics)""",
    ),
    Observed(
        "counted under another label",
        METRIC,
        COUNTS,
        "counts-under-another-label",
        """\
ASSERT FAILED: Expected the metric "orders_total{status=\\"ok\\"}" of the service "shop" to increase by 1 within 1 second
but there is no such metric. There are orders_total{status="failed"}. (http://HOST:PORT/metrics)""",
    ),
    Observed(
        "no span",
        SPAN,
        RECORDS,
        "records-nothing",
        """\
ASSERT FAILED: Expected of the service "shop" within 1 second: a "take order" span
but no span came (waited T s; collected at http://HOST:PORT/shop)""",
    ),
    Observed(
        "a span of another name",
        SPAN,
        RECORDS,
        "records-another-name",
        """\
ASSERT FAILED: Expected of the service "shop" within 1 second: a "take order" span
but the one span in its window did not match (waited T s; collected at http://HOST:PORT/shop)
  nearest  #1 at +T s, {"order.id":"ORD-1"}, of the trace TRACE
           type: "receive order", expected "take order\"""",
    ),
    Observed(
        "a span of another order",
        SPAN,
        WITH,
        "records-another-order",
        """\
ASSERT FAILED: Expected of the service "shop" within 1 second: a "take order" span
  with  ['order.id'] = "ORD-1"
        @kind = "server"
but the one span in its window did not match (waited T s; collected at http://HOST:PORT/shop)
  nearest  #1 at +T s, {"order.id":"ORD-0"}, of the trace TRACE
           ['order.id']: "ORD-0", expected "ORD-1\"""",
    ),
    Observed(
        "a trace of its own",
        PART,
        TRACED,
        "breaks-the-trace",
        """\
ASSERT FAILED: Expected the "OrderTaken" event to be part of the trace of the request "POST /orders" within 1 second
but it is part of the trace TRACE, and the request of TRACE (key "ORD-1" type "OrderTaken" on "taken", partition 0 offset 0)""",
    ),
    Observed(
        "no trace",
        PART,
        TRACED,
        "passes-no-trace-on",
        """\
ASSERT FAILED: Expected the "OrderTaken" event to be part of the trace of the request "POST /orders" within 1 second
but it has no header traceparent (key "ORD-1" type "OrderTaken" on "taken", partition 0 offset 0)""",
    ),
    Observed(
        "no event",
        PART,
        TRACED,
        "publishes-nothing",
        """\
ASSERT FAILED: Expected the "OrderTaken" event to be part of the trace of the request "POST /orders" within 1 second
but no such event came""",
    ),
)
