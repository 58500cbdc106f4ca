"""(i) A real RabbitMQ of the run's own, begun while features are loaded, and when it is needed."""

from __future__ import annotations

from benchmarks.fixed import NOTHING, feature
from benchmarks.own_channels import feature as one_channel
from benchmarks.project import EVTBDD, STEPS, run
from benchmarks.table import Row, interleaved

SETTINGS = "[evtbdd:broker:main]\nurl = rabbitmq+local://\n[evtbdd:channel:orders]\n"


def first_step(scenarios: int, runner: str = "", settings: str = SETTINGS) -> float:
    """Seconds from the command to the first step, with so many further scenarios to be loaded."""
    more = feature(scenarios).partition("\n")[2]
    return run(
        one_channel(1) + more,
        environment=EVTBDD,
        steps=STEPS + NOTHING,
        settings=settings,
        runner=runner,
    ).to_first_step


def rows(scenarios: int, rounds: int) -> list[Row]:
    early, late, loading = interleaved(
        rounds,
        lambda: first_step(scenarios, "evtbdd.runner:Runner"),
        lambda: first_step(scenarios),
        lambda: first_step(scenarios, settings=SETTINGS.replace("rabbitmq+local", "memory")),
    )
    what = f"(i) rabbitmq+local://, head start: command to first step, {scenarios} scenarios loaded"
    hidden = late - early
    return [
        Row(
            what,
            f"{early:.2f} s",
            f"{late:.2f} s",
            f"−{hidden:.2f} s",
            f"the {loading:.2f} s of loading",
        )
    ]
