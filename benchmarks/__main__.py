"""`python -m benchmarks [--scenarios N] [--rounds N] [a b c d e f]` prints what evtbdd costs."""

from __future__ import annotations

import argparse

from benchmarks import fixed, latency, orders, own_channels, throughput
from benchmarks.kafka import real_kafka
from benchmarks.table import heading, lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "only",
        nargs="*",
        choices=[*"abcdef", []],
        metavar="a…f",
        help="these rows; all if left out",
    )
    parser.add_argument("--scenarios", type=int, default=300, help="of the orders job (300)")
    parser.add_argument(
        "--own", type=int, default=1000, help="with own channels, at the most (1000)"
    )
    parser.add_argument("--noop", type=int, default=10000, help="whose memory is told (10000)")
    parser.add_argument("--events", type=int, default=100000, help="through the reader (100000)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken (3)")
    chosen = parser.parse_args()
    rounds = chosen.rounds
    with real_kafka() as address:
        measures = {
            "a": lambda: orders.rows(address, chosen.scenarios, rounds),
            "b": lambda: own_channels.rows(address, min(100, chosen.own), chosen.own, 1),
            "c": lambda: latency.rows(address, rounds),
            "d": lambda: fixed.start_rows(address, rounds),
            "e": lambda: fixed.noop_rows(min(1000, chosen.noop), chosen.noop, rounds),
            "f": lambda: throughput.rows(address, chosen.events, rounds),
        }
        found = [row for each in chosen.only or measures for row in measures[each]()]
    print(heading())
    print(lines(found))


if __name__ == "__main__":
    main()
