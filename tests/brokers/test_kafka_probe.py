"""What an author reads when a Kafka cannot be reached: each cause in a sentence of its own."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.probe import probe
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError

# The sockets are kafka-python's, see conftest.py; the transport is that of a client which connects to
# an embedded broker in the very moment in which it stops.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]

LOCAL = "127.0.0.1"


def told(address: str, seconds: float = 2.0) -> str:
    """What a ping raises."""
    broker = KafkaBroker(address, patience=seconds)
    with pytest.raises(BrokerUnavailable) as error:
        broker.ping(Deadline.after(seconds))
    broker.close()
    return str(error.value)


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that is bound, on which nobody listens."""
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        yield one


def test_refused(taken: socket.socket) -> None:
    """Where nothing listens, that is said."""
    port = taken.getsockname()[1]
    assert told(f"{LOCAL}:{port}") == (
        f"Kafka cannot be reached at {LOCAL}:{port}: nothing listens there (connection refused) "
        "(waited up to 2 seconds)."
    )


def test_another_service() -> None:
    """Where a web server answers, it is said that this is no Kafka."""
    with http.server.HTTPServer((LOCAL, 0), http.server.BaseHTTPRequestHandler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        port = server.server_address[1]
        text = told(f"{LOCAL}:{port}")
        server.shutdown()
        serving.join()
    assert text == (
        f"Kafka cannot be reached at {LOCAL}:{port}: something else than Kafka answers there "
        "(waited up to 2 seconds)."
    )


def answering(listener: socket.socket, answer: bytes) -> threading.Thread:
    """Read one request, answer it with these bytes, and hang up."""

    def serve() -> None:
        link, _ = listener.accept()
        with link:
            link.recv(1024)
            link.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"", "it closed the connection (TLS or a password expected, or no Kafka)"),
        (b"\x15\x03\x03", "something else than Kafka answers there"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "something else than Kafka answers there"),
    ],
    ids=["nothing", "a TLS alert", "SSH"],
)
def test_what_answers_is_no_kafka(taken: socket.socket, answer: bytes, cause: str) -> None:
    """Whatever answers, or does not, the sentence says what that may mean."""
    taken.listen()
    address = f"{LOCAL}:{taken.getsockname()[1]}"
    thread = answering(taken, answer)
    text = told(address)
    thread.join()
    assert text == f"Kafka cannot be reached at {address}: {cause} (waited up to 2 seconds)."


def test_an_answer_in_pieces(taken: socket.socket, embedded_address: str) -> None:
    """An answer that comes in pieces is a Kafka's all the same."""
    taken.listen()

    def relay() -> None:
        link, _ = taken.accept()
        host, port = embedded_address.split(":")
        with link, socket.create_connection((host, int(port))) as kafka:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while question := link.recv(1024):
                kafka.sendall(question)
                for byte in kafka.recv(65_536):
                    link.sendall(bytes([byte]))

    thread = threading.Thread(target=relay)
    thread.start()
    probe(f"{LOCAL}:{taken.getsockname()[1]}", Deadline.after(5))
    thread.join()


def test_silence(taken: socket.socket) -> None:
    """A port that accepts and says nothing is given up at the deadline."""
    taken.listen()
    address = f"{LOCAL}:{taken.getsockname()[1]}"
    assert told(address, 0.2) == (
        f"Kafka cannot be reached at {address}: no answer in time (waited up to 200 ms)."
    )


def test_an_unknown_name() -> None:
    """A name that nobody resolves is named."""
    assert told("kafka.invalid:9092") == (
        "Kafka cannot be reached at kafka.invalid:9092: the name kafka.invalid cannot be resolved "
        "(waited up to 2 seconds)."
    )


def test_several_addresses(taken: socket.socket, embedded_address: str) -> None:
    """Of several addresses one that answers is enough; where none does, each has its cause."""
    dead = f"{LOCAL}:{taken.getsockname()[1]}"
    KafkaBroker(f"{dead}, {embedded_address}").ping(Deadline.after(5))
    assert told(f"{dead},kafka.invalid:9092") == (
        f"Kafka cannot be reached at {dead}: nothing listens there (connection refused); "
        "kafka.invalid:9092: the name kafka.invalid cannot be resolved (waited up to 2 seconds)."
    )


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", ":9092", "a:0", "a:65536"])
def test_what_is_no_address(address: str) -> None:
    """What is no address is a mistake in the settings, and is said as one."""
    with pytest.raises(SettingsError) as error:
        KafkaBroker(address).ping(Deadline.after(1))
    assert str(error.value) == (
        f'"{address}" is no address of a Kafka broker; it is written host:port, '
        "as in kafka://localhost:9092."
    )
