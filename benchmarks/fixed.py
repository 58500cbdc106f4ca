"""(d) From the command to the first step, and (e) scenarios whose steps do nothing."""

from __future__ import annotations

from benchmarks.own_channels import feature as one_channel
from benchmarks.project import EVTBDD, STEPS, Run, run
from benchmarks.table import Row, interleaved, ms

NOTHING = "from behave import step\n\n\n@step('nothing happens')\ndef nothing(context):\n    pass\n"


def feature(scenarios: int) -> str:
    return "Feature: Nothing\n" + "".join(
        f"\n  Scenario: {number}\n    Given nothing happens\n    When nothing happens\n"
        "    Then nothing happens\n"
        for number in range(scenarios)
    )


def alone(scenarios: int) -> Run:
    return run(feature(scenarios), environment="", steps=NOTHING)


def with_evtbdd(scenarios: int) -> Run:
    return run(feature(scenarios), environment=EVTBDD, steps=STEPS + NOTHING)


def first_step(url: str) -> float:
    settings = f"[evtbdd:broker:main]\nurl = {url}\n[evtbdd:channel:orders]\n"
    return run(one_channel(1), environment=EVTBDD, steps=STEPS, settings=settings).to_first_step


def start_rows(address: str, rounds: int) -> list[Row]:
    floor, external, embedded, memory = interleaved(
        rounds,
        lambda: alone(1).to_first_step,
        lambda: first_step(f"kafka://{address}"),
        lambda: first_step("kafka+embedded://"),
        lambda: first_step("memory://"),
    )
    return [
        Row(f"(d) command to first step, {name}", ms(took), ms(floor), f"+{ms(took - floor)}", most)
        for name, took, most in (
            ("external Kafka", external, "≤ +600 ms"),
            ("embedded Kafka", embedded, "< +1000 ms"),
            ("memory", memory, ""),
        )
    ]


def noop_rows(scenarios: int, many: int, rounds: int) -> list[Row]:
    floor, ours = interleaved(
        rounds, lambda: alone(scenarios).a_scenario, lambda: with_evtbdd(scenarios).a_scenario
    )
    alone_rss, ours_rss = alone(many).rss, with_evtbdd(many).rss
    return [
        Row(
            f"(e) three no-op steps, {scenarios} scenarios: a scenario",
            ms(ours),
            ms(floor),
            f"+{ms(ours - floor)}",
            "≤ +1 ms",
        ),
        Row(
            f"(e) memory at {many} scenarios",
            f"{ours_rss:.0f} MB",
            f"{alone_rss:.0f} MB",
            f"+{ours_rss - alone_rss:.0f} MB",
            "< 150 MB",
        ),
    ]
