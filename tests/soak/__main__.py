"""`make soak`: the tour, the story and every red example, again and again, while all cores are busy.

Prints each failure with its full text, and a summary with counts; ends with 1 where there was one.
Interrupted (Ctrl-C), it sums up how far it came; what was under way then is not counted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

from acceptance.where import ALL, Where

from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.local_kafka import LocalKafka
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ
from soak.load import busy_cores
from soak.rounds import Judgement, red, tale, tour
from soak.tally import Tally

BROKERS = ("embedded", "local", "rabbitmq", "sqs")
Job = tuple[str, int, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--tours", type=int, default=200, metavar="N", help="of each broker (200)")
    parser.add_argument("--red", type=int, default=50, metavar="N", help="of each broker (50)")
    parser.add_argument(
        "--stories", type=int, default=100, metavar="N", help="of each broker (100)"
    )
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="at a time (2)")
    parser.add_argument(
        "--busy",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that keep cores busy (one for each core)",
    )
    parser.add_argument("--on", nargs="+", choices=BROKERS, default=BROKERS, help="all")
    chosen = parser.parse_args()
    tally = Tally()
    began = time.monotonic()
    with ExitStack() as given_back:
        folder = Path(given_back.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        keeper = HeldKeeper()
        given_back.callback(keeper.close)
        wheres = {"embedded": ALL["embedded Kafka"], "sqs": ALL["embedded SQS"]}
        if "local" in chosen.on:
            kafka = LocalKafka(keeper)
            kafka.start()
            given_back.callback(kafka.stop)
            wheres["local"] = replace(ALL["Kafka"], url=f"kafka://{kafka.address}")
        if "rabbitmq" in chosen.on:
            rabbitmq = LocalRabbitMQ(keeper)
            rabbitmq.start()
            given_back.callback(rabbitmq.stop)
            wheres["rabbitmq"] = replace(ALL["RabbitMQ"], url=f"amqp://{rabbitmq.address}")
        given_back.enter_context(busy_cores(keeper(), chosen.busy, folder))
        pool = given_back.enter_context(ThreadPoolExecutor(chosen.workers))
        interrupted = Event()
        signal.signal(signal.SIGINT, lambda *_: interrupted.set())
        carry_out = partial(_carry_out, wheres, folder, interrupted)
        jobs = {pool.submit(carry_out, job): job for job in _jobs(chosen)}
        ended = 0
        for done in as_completed(jobs):
            broker, number, kind = jobs[done]
            judgements = done.result()
            if not judgements:
                continue
            for judgement in judgements:
                tally.add(broker, number, judgement)
            ended += 1
            came_to = f"{ended} of {len(jobs)} after {time.monotonic() - began:.0f} s"
            print(f"{came_to}: {kind} {number} on {broker}", file=sys.stderr, flush=True)
    print(*tally.lines(), sep="\n")
    print(f"{time.monotonic() - began:.0f} s, {chosen.workers} at a time, {chosen.busy} busy")
    if ended < len(jobs):
        print(f"interrupted: {ended} of {len(jobs)} rounds were carried out")
    return 0 if tally.clean and ended == len(jobs) else 1


def _jobs(chosen: argparse.Namespace) -> Iterator[Job]:
    """One of each kind after the other, as long as there are some."""
    for number in range(max(chosen.tours, chosen.red, chosen.stories)):
        for broker in chosen.on:
            if number < chosen.tours:
                yield broker, number, "tour"
            if number < chosen.red:
                yield broker, number, "red"
            if number < chosen.stories:
                yield broker, number, "story"


def _carry_out(
    wheres: Mapping[str, Where], folder: Path, interrupted: Event, job: Job
) -> Sequence[Judgement]:
    """What was judged; nothing, where the soak was interrupted meanwhile: the runs were, too."""
    if interrupted.is_set():
        return []
    judgements = _judged(wheres, folder, job)
    return [] if interrupted.is_set() else judgements


def _judged(wheres: Mapping[str, Where], folder: Path, job: Job) -> Sequence[Judgement]:
    broker, _, kind = job
    with tempfile.TemporaryDirectory(dir=folder) as own:
        try:
            return list({"tour": tour, "red": red, "story": tale}[kind](wheres[broker], Path(own)))
        except Exception:  # noqa: BLE001 - after hours, one more line is better than no summary
            return [Judgement(f"{kind}: broke off", traceback.format_exc())]


if __name__ == "__main__":
    sys.exit(main())
