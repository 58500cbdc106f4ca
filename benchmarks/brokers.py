"""The other brokers of the benchmarks, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ


@contextmanager
def real_rabbitmq() -> Iterator[str]:
    """What stands behind `amqp://`, as `rabbitmq+local://` starts it."""
    keeper = HeldKeeper()
    rabbitmq = LocalRabbitMQ(keeper)
    try:
        rabbitmq.start()
        yield rabbitmq.address
    finally:
        rabbitmq.stop()
        keeper.close()


@contextmanager
def moto() -> Iterator[str]:
    """What stands behind `sqs://`, of an embedded one that takes no turn from whom is measured."""
    command = [sys.executable, "-m", "evtbdd.cli.main", "broker", "sqs"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().removeprefix("sqs://")
        finally:
            process.terminate()
