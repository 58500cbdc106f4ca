"""Connections to nodes: taken in turns, left when they are spent, and cut when all is over."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka import errors as driver

from evtbdd.brokers.kafka.fetch import Fetch
from evtbdd.brokers.kafka.fields import Fields
from evtbdd.brokers.kafka.metadata import Metadata
from evtbdd.brokers.kafka.nodes import ANY, IDLE, Nodes
from evtbdd.brokers.kafka.wire import Closed, Link
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerUnavailable

NODE = 1
ALL = Metadata(None)
LOCAL = "127.0.0.1"


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def nodes(address: str) -> Iterator[Nodes]:
    made = Nodes(address)
    yield made
    made.close()


def learned(nodes: Nodes) -> int:
    """The number of the only node, once it is known where that is."""
    found = nodes.exchange(ANY, ALL, soon()).nodes
    nodes.know(found)
    return next(iter(found))


def wait_for(nodes: Nodes, connections: int) -> None:
    """Return when there are so many."""
    deadline, never = soon(), threading.Event()
    while len(nodes._opened) < connections:
        assert not deadline.expired()
        never.wait(0.001)


def test_a_connection_is_used_again(nodes: Nodes) -> None:
    """Request after request goes over one connection, as long as nobody else needs it."""
    for _ in range(5):
        nodes.exchange(ANY, ALL, soon())
    assert len(nodes._opened) == 1


# A real Kafka answers at once where a fetch names no partition.
@pytest.mark.parametrize("address", ["embedded"], indirect=True)
def test_nobody_waits_for_another(nodes: Nodes) -> None:
    """A request that takes its time holds none up; connections are kept, but not too many."""
    node = learned(nodes)
    slow = Fetch({}, 300)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(nodes.exchange, node, slow, soon()) for _ in range(8)]
        wait_for(nodes, 9)
        assert nodes.exchange(ANY, ALL, soon()).nodes.keys() == {node}
        assert [each.result().error for each in waiting] == [0] * 8
    assert len(nodes._opened) == IDLE + 1


# A real Kafka answers at once where a fetch names no partition.
@pytest.mark.parametrize("address", ["embedded"], indirect=True)
def test_closing_ends_a_wait(nodes: Nodes) -> None:
    """Whoever waits for an answer is told at once that there will be none, and so are later ones."""
    node = learned(nodes)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(nodes.exchange, node, Fetch({}, 3_600_000), Deadline.after(3600))
        wait_for(nodes, 2)
        nodes.close()
        error = waiting.exception(timeout=20)
    assert isinstance(error, BrokerUnavailable)
    assert str(error) == f"The connection to Kafka at {nodes.address} is closed."
    with pytest.raises(BrokerUnavailable):
        nodes.exchange(ANY, ALL, soon())


def test_a_node_that_is_elsewhere_now() -> None:
    """Metadata may say that a node has moved: then nobody asks where it was."""
    with EmbeddedKafka() as before, EmbeddedKafka() as after:
        nodes = Nodes(before.address)
        places = [tuple(each.address.split(":")) for each in (before, after)]
        for host, port in (places[0], places[0], places[1]):
            nodes.know({NODE: (host, int(port))})
            found = nodes.exchange(NODE, ALL, soon()).nodes
            assert [str(port) for _, port in found.values()] == [port]
        assert len(nodes._opened) == 1
        nodes.close()


def test_a_node_that_nobody_knows(nodes: Nodes) -> None:
    """It cannot be asked, and whoever wants to looks for another leader."""
    with pytest.raises(driver.UnknownBrokerIdError, match="node 4711"):
        nodes.exchange(4711, ALL, soon())


def test_a_node_that_is_not_where_it_says(nodes: Nodes) -> None:
    """The place that the cluster gives is named, for it is not the one in the settings."""
    with socket.socket() as taken:
        taken.bind((LOCAL, 0))
        port = taken.getsockname()[1]
        nodes.know({NODE: (LOCAL, port)})
        with pytest.raises(driver.NodeNotReadyError) as error:
            nodes.exchange(NODE, ALL, soon())
    assert error.value.args == (f"{LOCAL}:{port}: nothing listens there (connection refused)",)


def answered(answer: bytes) -> Exception | bytes:
    """What becomes of these bytes as the answer to the first request of a connection."""
    ours, theirs = socket.socketpair()
    link = Link(ours)

    def serve() -> None:
        theirs.recv(1024)
        theirs.sendall(answer)
        theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        return link.exchange(18, 0, b"", soon())
    except (Closed, OSError) as error:
        return error
    finally:
        thread.join()
        link.close()


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (struct.pack(">ii", 6, 1) + b"ok", b"ok"),
        (struct.pack(">ii", 4, 1), b""),
        (struct.pack(">ii", 100_004, 1) + bytes(100_000), bytes(100_000)),
        (b"", "it closed the connection (TLS or a password expected, or no Kafka)"),
        (struct.pack(">ii", 6, 2) + b"ok", "something else than Kafka answers there"),
        (struct.pack(">ii", 6, 1) + b"more", "something else than Kafka answers there"),
        (struct.pack(">ii", -1, 1), "something else than Kafka answers there"),
        (struct.pack(">ii", 2**31 - 1, 1), "something else than Kafka answers there"),
        (struct.pack(">ii", 6, 1) + b"o", "it closed the connection in the middle of an answer"),
    ],
)
def test_answers(answer: bytes, cause: bytes | str) -> None:
    """What is whole is an answer, of whatever length; all else is none, and it is said why."""
    found = answered(answer)
    assert found == cause if isinstance(cause, bytes) else str(found) == cause


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (Fields.int16, b"\x00"),
        (Fields.int64, b"\x00\x00\x00\x05a"),
        (Fields.string, b""),
        (Fields.string, b"\x00\x05a"),
        (Fields.blob, b"\x00\x05a"),
        (Fields.blob, b"\x00\x00\x00\x05a"),
    ],
)
def test_fields_end_with_the_answer(read: Callable[[Fields], object], raw: bytes) -> None:
    """What is cut off is no field, nor is what says that it is longer than all there is."""
    with pytest.raises((struct.error, IndexError)):
        read(Fields(raw))
