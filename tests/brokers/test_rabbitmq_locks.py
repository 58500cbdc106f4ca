"""Runs that want the same channels of a RabbitMQ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from brokers.rabbits import PATIENCE, Rabbits, soon
from brokers.relay import Relay

import evtbdd
from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan

RUN = """
import sys
from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.clock import Deadline
broker = connect(sys.argv[1], patience=20)
broker.hold([sys.argv[2]], "the first run", Deadline.after(20))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_run_that_is_killed_lets_go(
    real_rabbitmq: str, rabbit: RabbitBroker, rabbits: Rabbits
) -> None:
    """The next one waits for that, and has the channel."""
    name = rabbits.name()
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, real_rabbitmq, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(evtbdd.__file__).parent.parent)},
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "held\n"
    with pytest.raises(BrokerError) as raised:
        rabbit.hold([rabbits.name(), name], "the second run", Deadline.after(0.3))
    assert str(raised.value) == (
        f'The channel "{name}" of RabbitMQ at {rabbit.address} is held by the first run.'
    )
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=PATIENCE)
    lock = rabbit.hold([name], "the second run", soon())
    assert lock.lost is None
    lock.release(soon())


def test_a_lock_is_no_channel(rabbit: RabbitBroker, rabbits: Rabbits) -> None:
    """It is not listed, whether or not the channel is there."""
    name = rabbits.name()
    lock = rabbit.hold([name], "a run", soon())
    assert name not in "".join(rabbit.names(soon()))
    lock.release(soon())


def test_a_lock_that_was_lost(real_rabbitmq: str, rabbits: Rabbits) -> None:
    """Who held it is told why nobody can be sure of it any more."""
    name = rabbits.name()
    with (
        Relay(Address.parse(real_rabbitmq, tls=False).port) as relay,
        closing(connect(f"127.0.0.1:{relay.port}", patience=PATIENCE)) as broker,
    ):
        lock = broker.hold([name], "a run", soon())
        relay.cut()
        deadline = soon()
        while lock.lost is None:
            assert not deadline.expired()
        assert lock.lost.startswith(f"the connection to RabbitMQ at {broker.address} was lost (")
        lock.release(soon())


def test_without_management_the_holder_is_another_run(
    real_rabbitmq: str, rabbit: RabbitBroker, rabbits: Rabbits
) -> None:
    """AMQP does not tell who has a queue."""
    name = rabbits.name()
    lock = rabbit.hold([name], "a run", soon())
    where = f"{real_rabbitmq.partition('?')[0]}?management=1"
    with (
        closing(connect(where, patience=PATIENCE)) as other,
        pytest.raises(BrokerError, match="is held by another run"),
    ):
        other.hold([name], "me", Deadline.after(0.3))
    lock.release(soon())


def test_a_channel_that_was_there_is_taken_for_what_is_planned(
    rabbits: Rabbits, rabbit: RabbitBroker
) -> None:
    """A direct exchange of somebody else's can be watched, once its keys are known."""
    name = rabbits.name()
    plan = ChannelPlan(name, options={"exchange type": "direct", "bindings": "packed"})
    rabbits.broker.create([plan], soon())
    with closing(connect_again(rabbit)) as other:
        other.adopt([plan])
        other.reader().watch([name], rabbits.sink, soon())
        rabbits.publish(name, b"x", routing_key="packed")
        other.reader().read_to(other.reader().ends([name], soon()), soon())
    assert [each.value for each in rabbits.sink.records] == [b"x"]


def connect_again(rabbit: RabbitBroker) -> RabbitBroker:
    """A second connection to the same broker."""
    return connect(rabbit.url.removeprefix("amqp://"), patience=PATIENCE)
