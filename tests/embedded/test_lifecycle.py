"""Starting and stopping."""

import socket
import subprocess
import sys
import threading

import pytest

from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerUnavailable


def test_it_answers_when_started_and_is_gone_when_stopped(connect):
    """The port answers from start to stop; stopping twice does no harm; no thread is left."""
    before = set(threading.enumerate())
    broker = EmbeddedKafka()
    broker.start()
    assert connect(broker.address).topics() == []
    broker.stop()
    broker.stop()
    assert set(threading.enumerate()) == before
    host, port = broker.address.split(":")
    assert host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1)


def test_a_broker_that_was_never_started_can_be_stopped():
    """Stopping is for clean-up code, which does not know how far things got."""
    EmbeddedKafka().stop()


def test_a_port_that_is_taken():
    """Start says which port is taken, and what to do."""
    with EmbeddedKafka() as first:
        port = int(first.address.split(":")[1])
        with pytest.raises(BrokerUnavailable) as failure:
            EmbeddedKafka(port).start()
        assert str(failure.value) == (
            f"No embedded Kafka broker can listen at 127.0.0.1:{port}: Address already in use. "
            "Port 0 takes a free one."
        )


def test_two_brokers_are_separate(connect):
    """State lives in the instance."""
    with EmbeddedKafka() as one, EmbeddedKafka() as two:
        connect(one.address).create("t")
        assert connect(one.address).topics() == ["t"]
        assert connect(two.address).topics() == []


def test_it_stops_while_clients_wait(connect):
    """Long polls and joins that are under way are broken off."""
    with EmbeddedKafka() as broker:
        reader = connect(broker.address)
        reader.create("t")
        reader.ask_fetch("t", 0, wait=600_000)
    assert reader.is_closed()


def test_started_again_it_has_the_same_address_and_records(connect, records):
    """A stop and a start are a broker's crash, seen by its clients: nothing that it has is lost."""
    broker = EmbeddedKafka()
    with broker:
        address = broker.address
        wire = connect(address)
        wire.create("t")
        wire.produce("t", records(b"v"))
    with broker:
        assert broker.address == address
        assert connect(address).fetch("t", 0).high_watermark == 1


def test_importing_the_room_imports_no_driver():
    """Only evtbdd.embedded.kafka imports kafka."""
    code = "import sys, evtbdd.embedded; sys.exit('kafka' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
