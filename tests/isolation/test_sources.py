"""What services still do for earlier scenarios may reach a webhook too."""

from __future__ import annotations

from evtbdd.expect.source import Source
from evtbdd.isolation.triggers import Consumer


def test_a_service_may_answer_at_any_source() -> None:
    """It is told which channels it publishes to, and never whom it calls."""
    consumer = Consumer(
        scope="run",
        service="shop",
        group="shop",
        last=True,
        consumes={"orders": "t-orders"},
        reaches=frozenset({"shipments"}),
        told_by=None,
    )
    found = [consumer.may_answer_on(each) for each in ("shipments", "orders", Source("the bell"))]
    assert found == [True, False, True]
