"""`python -m benchmarks [--scenarios N] [--rounds N] [a … j]` prints what evtbdd costs."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from functools import cache

from benchmarks import (
    fixed,
    head_start,
    latency,
    marginal,
    orders,
    own_channels,
    polling,
    throughput,
)
from benchmarks.brokers import moto, real_rabbitmq
from benchmarks.kafka import real_kafka
from benchmarks.table import heading, lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "only",
        nargs="*",
        choices=[*"abcdefghij", []],
        metavar="a…j",
        help="these rows; all if left out",
    )
    parser.add_argument("--scenarios", type=int, default=300, help="of the orders job (300)")
    parser.add_argument("--own", type=int, default=10000, help="with channels of their own (10000)")
    parser.add_argument("--noop", type=int, default=10000, help="whose memory is told (10000)")
    parser.add_argument("--events", type=int, default=100000, help="through the reader (100000)")
    parser.add_argument("--loaded", type=int, default=3000, help="behind a head start (3000)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken (3)")
    chosen = parser.parse_args()
    rounds = chosen.rounds
    with ExitStack() as stack:
        kafka = cache(lambda: stack.enter_context(real_kafka()))
        rabbitmq = cache(lambda: stack.enter_context(real_rabbitmq()))
        sqs = cache(lambda: stack.enter_context(moto()))
        measures = {
            "a": lambda: orders.rows(kafka(), chosen.scenarios, rounds),
            "b": lambda: own_channels.rows(kafka(), chosen.own),
            "c": lambda: latency.rows(kafka(), rounds),
            "d": lambda: fixed.start_rows(kafka(), rounds),
            "e": lambda: fixed.noop_rows(min(1000, chosen.noop), chosen.noop, rounds),
            "f": lambda: throughput.rows(kafka(), chosen.events, rounds),
            "g": lambda: latency.other_rows(rabbitmq(), sqs(), rounds),
            "h": lambda: marginal.rows(
                {"kafka": kafka(), "rabbitmq": rabbitmq(), "sqs": sqs()}, chosen.scenarios, rounds
            ),
            "i": lambda: head_start.rows(chosen.loaded, rounds),
            "j": lambda: polling.rows(10, rounds),
        }
        found = [row for each in chosen.only or measures for row in measures[each]()]
    print(heading())
    print(lines(found))


if __name__ == "__main__":
    main()
