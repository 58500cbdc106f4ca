"""Connections to a RabbitMQ that break, fall silent, or are kept while nobody calls."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from brokers.rabbits import PATIENCE, Rabbits, soon
from brokers.relay import Relay

from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import Message
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ
from evtbdd.provisioning.local_rabbitmq.find import find_rabbitmq
from evtbdd.provisioning.local_rabbitmq.node import free_ports

SHORT = 1.0


@pytest.fixture
def relay(real_rabbitmq: str) -> Iterator[Relay]:
    with Relay(Address.parse(real_rabbitmq, tls=False).port) as relay:
        yield relay


@pytest.fixture
def through(relay: Relay, rabbits: Rabbits) -> Iterator[Rabbits]:
    """Channels on a connection that goes through the relay."""
    with closing(connect(f"127.0.0.1:{relay.port}", patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        made.name = rabbits.name  # type: ignore[method-assign]  # which deletes them directly
        yield made


def missed(rabbits: Rabbits, name: str) -> str:
    """The sentence about a gap, but for the reason."""
    return (
        f"The connection to RabbitMQ at {rabbits.broker.address} was lost (WHY) while evtbdd was "
        f'watching "{name}", so events on it may have been missed.'
    )


def waited_for(doing: Callable[[], object], meanwhile: Callable[[], object]) -> str:
    """What a call raises that has begun to wait when something else happens."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(doing)
        meanwhile()
        error = waiting.exception(PATIENCE)
    assert isinstance(error, BrokerUnavailable), repr(error)
    return str(error)


def test_a_connection_that_is_cut_in_the_middle_of_a_wait(through: Rabbits, relay: Relay) -> None:
    """The wait ends at once, with an error that says what may have been missed."""
    name = through.watched()
    beyond = {name: {"queue": 1}}
    said = waited_for(
        lambda: through.broker.reader().read_to(beyond, Deadline.after(600)), relay.cut
    )
    why = said.partition("(")[2].partition(") while")[0]
    assert said == missed(through, name).replace("WHY", why)
    assert "connection" in why.lower() or "EOF" in why


def test_what_came_in_a_gap_is_never_silently_missing(
    through: Rabbits, relay: Relay, rabbits: Rabbits
) -> None:
    """The scenario in which a connection was cut is told so; the next one sees all that comes."""
    name = through.created()
    began = through.watch(name)
    through.publish(name, b"before")
    through.read(name)
    assert through.broker.reader().gap(began) is None
    relay.cut()
    rabbits.publish(name, b"meanwhile")
    later = through.broker.reader().ends([name], soon())
    gap = through.broker.reader().gap(began)
    assert gap is not None
    assert gap.endswith(
        f'while evtbdd was watching "{name}", so events on it may have been missed.'
    )
    assert through.broker.reader().gap(later) is None
    rabbits.publish(name, b"after")
    after = through.read(name)[-1]
    assert after.value == b"after"
    assert after.position.number >= later[name]["queue"]


def test_a_connection_that_the_operator_ends(rabbits: Rabbits) -> None:
    """The same by RabbitMQ's management; what it said is told."""
    name = rabbits.created()
    began = rabbits.watch(name)
    for each in own_connections(rabbits.broker):
        rabbits.broker.management.delete(f"connections/{quote(each, safe='')}", soon())
    rabbits.read(name)
    assert rabbits.broker.reader().gap(began) == missed(rabbits, name).replace(
        "WHY", "Closed via management plugin"
    )
    rabbits.publish(name, b"after")
    assert [each.value for each in rabbits.read(name)] == [b"after"]


def own_connections(broker: RabbitBroker) -> list[str]:
    """Of all that evtbdd's are called; the management learns of a new one a little later."""
    deadline = soon()
    while True:
        names = [
            each["name"]
            for each in broker.management.get("connections", soon())
            if (each.get("client_properties") or {}).get("connection_name") == "evtbdd reading"
        ]
        if names:
            return names
        assert not deadline.expired()


def test_heartbeats_are_kept_up_while_nobody_calls(
    real_rabbitmq: str, relay: Relay, rabbits: Rabbits
) -> None:
    """A connection outlives many heartbeats without a call; nothing has to be opened anew."""
    access = replace(Access.of(Address.parse("x", tls=False), Security()), heartbeat=1)
    address = Address.parse(f"127.0.0.1:{relay.port}", tls=False)
    with closing(RabbitBroker(address, access, patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        made.name = rabbits.name  # type: ignore[method-assign]
        name = made.created()
        began = made.watch(name)
        made.publish(name, b"1")
        assert [each.value for each in made.read(name)] == [b"1"]
        opened = relay.connections
        with relay.changed:
            # RabbitMQ gives up after two intervals of silence; a heartbeat is sent twice in each.
            assert relay.changed.wait_for(lambda: relay.heartbeats >= 24, 60)
        made.publish(name, b"2")
        assert [each.value for each in made.read(name)] == [b"1", b"2"]
        assert broker.reader().gap(began) is None
        assert relay.connections == opened


def test_a_broker_that_falls_silent(through: Rabbits, relay: Relay) -> None:
    """Every call ends at its deadline, with a sentence; when it goes on, so does everything."""
    name = through.watched()
    through.publish(name, b"before")
    relay.fall_silent()
    where = f"RabbitMQ at {through.broker.address} could not"
    late = "it did not answer in time (waited up to 1 second)."
    calls: dict[str, Callable[[Deadline], object]] = {
        "answer": through.broker.ping,
        f'tell the end of the channel "{name}"': lambda by: through.broker.reader().ends(
            [name], by
        ),
        f'publish to the channel "{name}"': lambda by: through.broker.publish(
            name, [Message(b"lost?")], by
        ),
    }
    for doing, call in calls.items():
        with pytest.raises(BrokerUnavailable) as raised:
            call(Deadline.after(SHORT))
        assert str(raised.value) == f"{where} {doing}: {late}"
    relay.go_on()
    through.publish(name, b"after")
    assert through.read(name)[-1].value == b"after"


def test_a_broker_that_is_silent_from_the_start(relay: Relay) -> None:
    """A connection that nobody answers is given up at the deadline."""
    relay.fall_silent()
    with (
        closing(connect(f"127.0.0.1:{relay.port}", patience=PATIENCE)) as broker,
        pytest.raises(BrokerUnavailable) as raised,
    ):
        broker.ping(Deadline.after(SHORT))
    assert str(raised.value) == (
        f"RabbitMQ cannot be reached at {broker.address}: no answer in time (waited up to 1 second)."
    )


def test_closing_while_a_broker_is_silent(through: Rabbits, relay: Relay) -> None:
    """Nothing is waited for that does not come, and no thread is left."""
    through.watched()
    relay.fall_silent()
    through.broker.close()
    assert not [each for each in threading.enumerate() if each.name == "evtbdd rabbitmq"]


def test_what_is_no_rabbitmq() -> None:
    """It is told from one that is only slow."""
    with (
        EmbeddedKafka() as kafka,
        closing(connect(kafka.address, patience=PATIENCE)) as broker,
        pytest.raises(BrokerUnavailable) as raised,
    ):
        broker.ping(Deadline.after(SHORT))
    assert str(raised.value).startswith(f"RabbitMQ cannot be reached at {kafka.address}: it closed")


@pytest.fixture(scope="module")
def node() -> Iterator[LocalRabbitMQ]:
    """A RabbitMQ of these tests' own, that starts at the same ports again."""
    ports = free_ports()
    keeper = HeldKeeper()
    rabbitmq = LocalRabbitMQ(keeper, ports=lambda: ports)
    try:
        rabbitmq.start()
    except BrokerUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield rabbitmq
    rabbitmq.stop()
    keeper.close()


def test_a_node_that_is_killed_and_started_again(node: LocalRabbitMQ) -> None:
    """Whatever waits ends with an error, whatever is asked says why; then all is well again."""
    with closing(connect(node.address, patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        name = made.created()
        began = made.watch(name)
        made.publish(name)
        said = waited_for(
            lambda: broker.reader().read_to({name: {"queue": 9}}, Deadline.after(600)),
            lambda: os.kill(node.pid, signal.SIGKILL),
        )
        assert f'while evtbdd was watching "{name}"' in said
        for ask in (
            lambda: broker.ping(Deadline.after(SHORT)),
            lambda: broker.publish(name, [Message(b"x")], Deadline.after(SHORT)),
            lambda: broker.reader().ends([name], Deadline.after(SHORT)),
        ):
            with pytest.raises(BrokerUnavailable, match="nothing listens there"):
                ask()
        node.stop()
        node.start()
        assert broker.reader().gap(began) is not None
        other = made.created()
        made.watch(other)
        made.publish(other, b"after")
        assert [each.value for each in made.read(other)] == [b"after"]


def control(rabbitmq: LocalRabbitMQ, *words: str) -> None:
    """Carry out a command of rabbitmqctl on the node."""
    lines = Path(f"/proc/{rabbitmq.pid}/environ").read_bytes().split(b"\0")
    variables = {key: value for key, _, value in (each.decode().partition("=") for each in lines)}
    del variables["RABBITMQ_SERVER_START_ARGS"], variables[""]
    program = find_rabbitmq(os.environ).server.with_name("rabbitmqctl")
    subprocess.run([program, *words], env=variables, check=True, capture_output=True, timeout=60)


def test_a_node_without_memory(node: LocalRabbitMQ) -> None:
    """It takes no events until it has some: that is said, and all else goes on meanwhile."""
    with closing(connect(node.address, patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        name = made.created({"kind": "queue"})
        made.watch(name)
        made.publish(name, b"1")
        control(node, "set_vm_memory_high_watermark", "absolute", "1MB")
        with pytest.raises(BrokerUnavailable) as raised:
            broker.publish(name, [Message(b"2")], Deadline.after(SHORT))
        assert str(raised.value) == (
            f'RabbitMQ at {broker.address} could not publish to the channel "{name}": it takes no '
            "events at the moment (low on memory) (waited up to 1 second)."
        )
        assert made.read(name)[0].value == b"1"
        control(node, "set_vm_memory_high_watermark", "absolute", "1GB")
        made.publish(name, b"3")
        assert made.read(name)[-1].value == b"3"


def test_a_tap_that_somebody_deletes(node: LocalRabbitMQ) -> None:
    """What passed before evtbdd has another one may have been missed; that is said."""
    with closing(connect(node.address, patience=PATIENCE)) as broker:
        made = Rabbits(broker)
        name = made.created()
        began = made.watch(name)
        tap = broker.reader().taps.get(name)
        assert tap is not None
        which = f'rabbit_misc:r(<<"/">>, queue, <<"{tap.queue}">>)'
        control(
            node,
            "eval",
            f"{{ok, Q}} = rabbit_amqqueue:lookup({which}), "
            'rabbit_amqqueue:delete(Q, false, false, <<"test">>).',
        )
        made.read(name)
        assert broker.reader().gap(began) == missed(made, name).replace(
            "WHY", "its queue was deleted"
        )
        made.publish(name, b"after")
        assert [each.value for each in made.read(name)] == [b"after"]
