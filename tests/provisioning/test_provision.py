"""From the URL of a broker to a connection, and back."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.clock import Deadline
from evtbdd.errors import SettingsError
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.provision import Provisioned, embedded, provision
from evtbdd.provisioning.url import BrokerUrl

PATIENCE = 5.0


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("memory://", BrokerUrl("memory", "", "")),
        ("kafka://localhost:9092", BrokerUrl("kafka", "", "localhost:9092")),
        ("kafka://a:1,b:2/", BrokerUrl("kafka", "", "a:1,b:2")),
        (" kafka+embedded:// ", BrokerUrl("kafka", "embedded", "")),
        ("amqp://ann:secret@host/vhost", BrokerUrl("amqp", "", "ann:secret@host/vhost")),
    ],
)
def test_a_url_says_which_broker_how_and_where(text: str, url: BrokerUrl) -> None:
    """`scheme[+how]://address`."""
    assert BrokerUrl.parse(text) == url


@pytest.mark.parametrize("text", ["", "localhost:9092", "Kafka://host", "kafka+://", "kafka:/h"])
def test_what_is_no_url_is_an_error(text: str) -> None:
    """The error shows how one is written."""
    with pytest.raises(SettingsError) as raised:
        BrokerUrl.parse(text)
    assert str(raised.value) == (
        f'"{text}" is no URL of a broker; it is written like kafka://localhost:9092, '
        "kafka+embedded:// or memory://."
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("kafak://h:1", 'No broker is known by the scheme "kafak". Did you mean "kafka"?'),
        (
            "memory+docker://",
            'There is no broker in a container for "memory"; there is one for "kafka", "rabbitmq", '
            '"sqs".',
        ),
        (
            "memory+local://",
            'There is no local broker for "memory"; there is one for "kafka", "rabbitmq".',
        ),
        (
            "amqp+local://",
            'There is no local broker for "amqp"; there is one for "kafka", "rabbitmq".',
        ),
        (
            "rabbitmq://localhost",
            '"rabbitmq://localhost": the address of one that runs is written amqp://host:port; one '
            "of the run's own is rabbitmq+local://.",
        ),
        (
            "rabbitmq+embedded://",
            'There is no embedded broker for "rabbitmq"; there is one for "kafka", "sqs".',
        ),
        (
            "kafka+embeded://",
            '"kafka+embeded://": no way to get a broker is called "embeded". Did you mean '
            '"embedded"?',
        ),
        ("kafka://", '"kafka://" names no address; it is written kafka://host:port.'),
        (
            "memory+embedded://",
            'There is no embedded broker for "memory"; there is one for "kafka", "sqs".',
        ),
    ],
)
def test_a_url_that_leads_nowhere_is_an_error(text: str, wrong: str) -> None:
    """It says what would."""
    with pytest.raises(SettingsError) as raised:
        provision(text, HeldKeeper(), patience=PATIENCE)
    assert str(raised.value) == wrong


def test_memory_is_a_broker_of_its_own_each_time() -> None:
    """Nobody shares it."""
    first, second = (provision("memory://", HeldKeeper(), patience=PATIENCE) for _ in range(2))
    assert isinstance(first.broker, MemoryBroker)
    assert first.broker is not second.broker
    first.close()
    second.close()


def test_an_external_broker_is_not_reached_for_yet() -> None:
    """That is the business of who uses it."""
    provision("kafka://127.0.0.1:1", HeldKeeper(), patience=PATIENCE).close()


def test_an_embedded_broker_is_there_until_it_is_given_back() -> None:
    """Then nobody listens any more, and no thread of it is left."""
    before = set(threading.enumerate())
    provisioned = provision("kafka+embedded://", HeldKeeper(), patience=PATIENCE)
    provisioned.broker.ping(Deadline.after(PATIENCE))
    host, _, port = provisioned.broker.address.partition(":")
    provisioned.close()
    provisioned.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), PATIENCE)
    assert set(threading.enumerate()) == before


def test_an_embedded_broker_can_be_had_at_a_port(unused_port: int) -> None:
    """For people who want to look into it."""
    broker = embedded("kafka", port=unused_port)
    broker.start()
    assert broker.address == f"127.0.0.1:{unused_port}"
    broker.stop()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_what_was_provisioned_is_given_back_though_the_connection_cannot_be_closed() -> None:
    """One failure does not keep the rest from it."""
    given_back: list[str] = []

    class Stuck(MemoryBroker):
        def close(self) -> None:
            raise OSError("stuck")

    provisioned = Provisioned(Stuck(), [lambda: given_back.append("broker")])
    with pytest.raises(OSError, match="stuck"):
        provisioned.close()
    assert given_back == ["broker"]


@pytest.mark.parametrize(
    ("missing", "extra"),
    [
        ("boto3", "sqs"),
        ("localstack_client", "sqs"),
        ("moto", "embedded-sqs"),
        ("flask", "embedded-sqs"),
    ],
)
def test_what_sqs_needs_is_asked_for_by_its_extra(missing: str, extra: str) -> None:
    """Whatever of it is missing."""
    code = (
        "import sys, warnings; warnings.simplefilter('ignore'); "
        f"sys.modules[{missing!r}] = None\n"
        "from evtbdd.errors import SettingsError\n"
        "from evtbdd.keeper import HeldKeeper\n"
        "from evtbdd.provisioning.provision import provision\n"
        "try: provision('sqs+embedded://', HeldKeeper(), patience=5)\n"
        "except SettingsError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == (
        f'The driver "{missing}" is not installed: pip install "evtbdd[{extra}]" brings it.'
    )


def test_an_sqs_without_a_region_is_told_how_it_is_written() -> None:
    """It has no host and port of its own."""
    with pytest.raises(SettingsError) as raised:
        provision("sqs://", HeldKeeper(), patience=PATIENCE)
    assert str(raised.value) == (
        '"sqs://" names no address; it is written sqs://REGION?endpoint=http://host:port.'
    )
