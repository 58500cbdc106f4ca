"""A private RabbitMQ: usable when it is started, gone when it is stopped or its run is killed."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pika
import pytest

import evtbdd
from evtbdd.brokers.rabbitmq.adapter import connect
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, PublishRefused, SettingsError
from evtbdd.keeper import HeldKeeper
from evtbdd.ports import ChannelPlan, Message
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ
from evtbdd.provisioning.local_rabbitmq.node import Ports, free_ports
from evtbdd.provisioning.provision import provision

LONG = 30.0
Make = Callable[..., LocalRabbitMQ]


def processes_in(folder: Path) -> list[int]:
    """The processes whose environment names the folder: the node, its helpers, its port mapper."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                said = (entry / "environ").read_bytes()
            except OSError:
                continue
            if b"=" + os.fsencode(folder) + b"/evtbdd-rabbitmq" in said:
                found.append(int(entry.name))
    return found


def listens(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def port_of(rabbitmq: LocalRabbitMQ) -> int:
    return int(rabbitmq.address.partition("?")[0].rpartition(":")[2])


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[LocalRabbitMQ, Ports]]:
    """One for all tests that only look at it; it takes events of 1000 bytes at the most."""
    ports = free_ports()
    keeper = HeldKeeper()
    local = LocalRabbitMQ(keeper, options={"max_message_size": "1000"}, ports=lambda: ports)
    try:
        local.start()
    except BrokerUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    yield local, ports
    local.stop()
    keeper.close()


def test_it_speaks_amqp(running: tuple[LocalRabbitMQ, Ports]) -> None:
    """As soon as it is started a client publishes and consumes, and the management API answers."""
    local, ports = running
    client = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", ports.broker))
    channel = client.channel()
    channel.queue_declare("orders", durable=True)
    channel.basic_publish("", "orders", b"placed")
    assert channel.basic_get("orders", auto_ack=True)[2] == b"placed"
    client.close()
    with closing(connect(local.address, patience=LONG)) as broker:
        assert broker.names(Deadline.after(LONG)) == ["orders"]


def test_an_option_that_rabbitmq_takes(running: tuple[LocalRabbitMQ, Ports]) -> None:
    """What is set holds: here the largest event, which is refused with a sentence."""
    local, _ = running
    with closing(connect(local.address, patience=LONG)) as broker:
        broker.create([ChannelPlan("large")], Deadline.after(LONG))
        with pytest.raises(PublishRefused, match="message size 1001 is larger than configured max"):
            broker.publish("large", [Message(b"x" * 1001)], Deadline.after(LONG))
        broker.publish("large", [Message(b"x" * 1000)], Deadline.after(LONG))


def test_it_listens_on_loopback_alone(running: tuple[LocalRabbitMQ, Ports]) -> None:
    """Nobody else on the network reaches any of its ports."""
    _, ports = running
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    lines += Path("/proc/net/tcp6").read_text().splitlines()[1:]
    listening = [line.split()[1].split(":") for line in lines if line.split()[3] == "0A"]
    for port in (ports.broker, ports.management, ports.distribution, ports.mapper):
        hosts = {host for host, number in listening if int(number, 16) == port}
        assert hosts, port
        # 127.0.0.1 and ::1, as Linux writes them.
        assert hosts <= {"0100007F", "00000000000000000000000001000000"}, port


def test_stopped(rabbitmq: Make, temporary: Path) -> None:
    """After stop there is no process, no port, no folder, and it can be started again, empty."""
    ports = free_ports()
    local = rabbitmq(ports=lambda: ports)
    local.start()
    everyone = (ports.broker, ports.management, ports.distribution, ports.mapper)
    assert all(map(listens, everyone))
    assert len(processes_in(temporary)) >= 2
    local.stop()
    assert not any(map(listens, everyone))
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []
    with pytest.raises(BrokerUnavailable, match=r"^RabbitMQ has not been started\.$"):
        _ = local.address
    local.start()
    assert listens(ports.broker)


def test_two_at_once(rabbitmq: Make, temporary: Path) -> None:
    """Neither knows of the other, nor ends with it."""
    one, other = rabbitmq(), rabbitmq()
    for each in (one, other):
        each.begin()
    for each in (one, other):
        each.wait()
    assert port_of(one) != port_of(other)
    one.stop()
    assert listens(port_of(other))
    other.stop()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("which", ["broker", "mapper"])
def test_a_port_that_is_taken(rabbitmq: Make, which: str, temporary: Path) -> None:
    """RabbitMQ is begun anew on others; who has the port is left alone."""
    with socket.create_server(("127.0.0.1", 0)) as taker:
        taken = {"broker": 0, "management": 0, "distribution": 0, "mapper": 0}
        free = free_ports()
        taken.update({name: getattr(free, name) for name in taken})
        taken[which] = taker.getsockname()[1]
        chosen = [free_ports(), Ports(**taken)]
        local = rabbitmq(ports=chosen.pop)
        local.start()
        assert chosen == []
        assert listens(port_of(local))
        assert port_of(local) != taken["broker"]
    local.stop()
    assert processes_in(temporary) == []


def test_an_option_that_rabbitmq_refuses(rabbitmq: Make, temporary: Path) -> None:
    """The error says why, whenever it is asked for, and nothing is left."""
    local = rabbitmq(options={"heartbeat": "soon"})
    local.begin()
    for _ in range(2):
        with pytest.raises(BrokerUnavailable) as caught:
            local.wait()
        assert str(caught.value) == (
            "RabbitMQ did not start: it ended with exit code 1, and said: Error preparing "
            "configuration in phase transform_datatypes:; Error transforming datatype for: "
            'heartbeat; "soon" cannot be converted to a(n) integer.'
        )
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", ["listeners.tcp.2", "management.tcp.port", "default_user"])
def test_an_option_that_only_evtbdd_can_set(rabbitmq: Make, name: str) -> None:
    """It could not reach the node any more."""
    with pytest.raises(SettingsError) as raised:
        rabbitmq(options={name: "1"})
    assert str(raised.value) == (
        f'"{name}" cannot be set for a RabbitMQ that evtbdd starts: it chooses that itself, to be '
        "able to reach and to remove it."
    )


def test_no_rabbitmq_is_installed(rabbitmq: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps it from starting is told where it is waited for."""
    monkeypatch.setenv("RABBITMQ_HOME", "/nowhere")
    local = rabbitmq()
    local.begin()
    with pytest.raises(BrokerUnavailable, match=r"^RABBITMQ_HOME is /nowhere, but there is no "):
        local.wait()


def test_stopped_while_it_starts(rabbitmq: Make, temporary: Path) -> None:
    """One that is begun can be stopped at any time; nothing is left."""
    local = rabbitmq()
    local.begin()
    local.stop()
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []


def test_provisioned_by_its_url(installed: None, temporary: Path) -> None:
    """`rabbitmq+local://` is one of the run's own; its services are handed an AMQP URL."""
    keeper = HeldKeeper()
    provisioned = provision("rabbitmq+local://", keeper, patience=LONG)
    provisioned.broker.ping(Deadline.after(LONG))
    assert provisioned.broker.url == f"amqp://guest:guest@{provisioned.broker.address}/%2F"
    provisioned.close()
    assert processes_in(temporary) == []
    keeper.close()


RUN = """
import sys
from evtbdd.keeper import Keeper
from evtbdd.ports import ChannelPlan, Message
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ
keeper = Keeper.start()
local = LocalRabbitMQ(lambda: keeper)
local.begin()
if sys.argv[1] == "started":
    local.wait()
print("there", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are watched by /proc")
@pytest.mark.parametrize("moment", ["started", "begun"])
def test_run_killed(installed: None, temporary: Path, moment: str) -> None:
    """A run that is killed leaves no node, no port mapper and no folder, whenever it was."""
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, moment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(evtbdd.__file__).parent.parent)},
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "there\n"
    deadline = Deadline.after(LONG)
    while len(everyone := processes_in(temporary)) < 2:
        assert not deadline.expired()
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    ends = [os.pidfd_open(pid) for pid in {*everyone, *map(int, children)}]
    run.kill()
    run.communicate(timeout=LONG)
    for end in ends:
        assert select.select([end], [], [], deadline.remaining())[0]
        os.close(end)
    assert processes_in(temporary) == []
    assert list(temporary.iterdir()) == []
