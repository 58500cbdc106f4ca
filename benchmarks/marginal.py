"""(h) What a scenario more costs on each broker, beside the least that is written by hand for it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from benchmarks.own_channels import feature, measure
from benchmarks.project import ROOT, run
from benchmarks.table import Row, interleaved, ms, ratio

SCHEMES = {"kafka": "kafka", "rabbitmq": "amqp", "sqs": "sqs"}


def by_hand(kind: str, address: str, scenarios: int) -> float:
    """Seconds a scenario: create a channel, publish, receive, delete."""
    return run(
        feature(scenarios),
        environment=_text("environment"),
        steps=_text("steps"),
        variables={"PYTHONPATH": str(ROOT), "BENCH_KIND": kind, "BENCH_BROKER": address},
    ).a_scenario


def _text(module: str) -> str:
    file = import_module(f"benchmarks.by_hand.{module}").__file__
    assert file is not None
    return Path(file).read_text(encoding="utf-8")


def rows(addresses: Mapping[str, str], scenarios: int, rounds: int) -> list[Row]:
    found = []
    for kind, address in addresses.items():
        url = f"{SCHEMES[kind]}://{address}"
        ours, floor = interleaved(
            rounds,
            lambda url=url: measure(url, scenarios).a_scenario,
            lambda kind=kind, address=address: by_hand(kind, address, scenarios),
        )
        what = f"(h) own channel, {kind}: a scenario, of {scenarios}, beside one by hand"
        found.append(Row(what, ms(ours), ms(floor), ratio(ours, floor), "≤ 1.2×"))
    return found
