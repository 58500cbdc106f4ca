"""(b) Scenarios with a channel of their own each, which is created and deleted with them."""

from __future__ import annotations

from benchmarks.project import EVTBDD, STEPS, run
from benchmarks.table import Row, interleaved, ms, ratio


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


def measure(url: str, scenarios: int) -> float:
    settings = f"[evtbdd:broker:main]\nurl = {url}\n[evtbdd:channel:orders]\n"
    return run(feature(scenarios), environment=EVTBDD, steps=STEPS, settings=settings).a_scenario


def rows(address: str, few: int, many: int, rounds: int) -> list[Row]:
    found = []
    for name, url in {
        "memory": "memory://",
        "embedded Kafka": "kafka+embedded://",
        "real Kafka": f"kafka://{address}",
    }.items():
        at_few, at_many = interleaved(
            rounds, lambda url=url: measure(url, few), lambda url=url: measure(url, many)
        )
        what = f"(b) own channel, {name}: a scenario, of {many} (floor: of {few})"
        found.append(Row(what, ms(at_many), ms(at_few), ratio(at_many, at_few), "≤ 10 ms"))
    return found
