"""(b) Scenarios with a channel of their own each, which is created and deleted with them."""

from __future__ import annotations

from benchmarks.project import EVTBDD, STEPS, Run, run
from benchmarks.table import Row, ms, ratio


def feature(scenarios: int) -> str:
    return "Feature: Own channels\n" + "".join(
        f"""
  Scenario: {number}
    When an event is published to "orders" with key "ORD-{number}":
      | field   | value       |
      | orderId | ORD-{number} |
    Then an event arrives on "orders" with key "ORD-{number}" with:
      | field   | value       |
      | orderId | ORD-{number} |
"""
        for number in range(scenarios)
    )


def measure(url: str, scenarios: int) -> Run:
    settings = f"[evtbdd:broker:main]\nurl = {url}\n[evtbdd:channel:orders]\n"
    return run(feature(scenarios), environment=EVTBDD, steps=STEPS, settings=settings)


def rows(address: str, scenarios: int) -> list[Row]:
    """One run each: what comes late in it beside what came early."""
    found = []
    for name, url in {
        "memory": "memory://",
        "embedded Kafka": "kafka+embedded://",
        "real Kafka": f"kafka://{address}",
    }.items():
        took = measure(url, scenarios)
        tenth = max(2, scenarios // 10)
        what = f"(b) own channel, {name}: a scenario, the last {tenth} of {scenarios}"
        ours, floor = ms(took.late), ms(took.early)
        found.append(
            Row(
                f"{what} (floor: the first {tenth})",
                ours,
                floor,
                ratio(took.late, took.early),
                "≤ 10 ms, ≤ 1.1×",
            )
        )
    return found
