"""What an author reads when a Kafka answers, and sends its clients where nobody receives them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers.relay import Relay

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.channels.pool import Brokers
from evtbdd.cli.doctor import Doctor
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerUnavailable
from evtbdd.keeper import HeldKeeper
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings

LOCAL = "127.0.0.1"


def told(address: str, seconds: float = 2.0) -> str:
    """What a ping raises, each time."""
    broker = KafkaBroker(address, patience=seconds)
    texts = []
    for _ in range(2):
        with pytest.raises(BrokerUnavailable) as error:
            broker.ping(Deadline.after(seconds))
        texts.append(str(error.value))
    broker.close()
    assert texts[0] == texts[1]
    return texts[0]


def sentence(asked: str, told: str, cause: str) -> str:
    """The whole of it."""
    return (
        f"Kafka answers at {asked}, and sends its clients on to {told} ({cause}): it cannot be used "
        "from here. Its advertised.listeners must tell an address that leads to it from where evtbdd "
        f"and the services run, such as PLAINTEXT://{asked}."
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is bound, on which nobody listens."""
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        yield one.getsockname()[1]


def test_a_name_that_nobody_knows() -> None:
    """That of a container, as seen from outside of its network."""
    with EmbeddedKafka(advertised=("kafka.invalid", 9092)) as kafka:
        said = told(kafka.address)
    cause = "the name kafka.invalid cannot be resolved"
    assert said == sentence(kafka.address, "kafka.invalid:9092", cause)


def test_a_port_where_nobody_listens(taken: int) -> None:
    """The one inside of a container, whose port outside is another."""
    with EmbeddedKafka(advertised=(LOCAL, taken)) as kafka:
        said = told(kafka.address)
    cause = "nothing listens there (connection refused)"
    assert said == sentence(kafka.address, f"{LOCAL}:{taken}", cause)


def test_an_address_that_says_nothing() -> None:
    """It is waited for no longer than the deadline."""
    with socket.create_server((LOCAL, 0)) as silent:
        port = silent.getsockname()[1]
        with EmbeddedKafka(advertised=(LOCAL, port)) as kafka:
            said = told(kafka.address, seconds=0.5)
    assert said == sentence(kafka.address, f"{LOCAL}:{port}", "no answer in time")


def test_the_address_of_another_kafka(embedded_address: str) -> None:
    """Nothing that is published to the one would be seen at the other."""
    host, port = embedded_address.split(":")
    with EmbeddedKafka(advertised=(host, int(port))) as kafka:
        said = told(kafka.address)
    assert said == sentence(kafka.address, embedded_address, "another Kafka answers there")


def test_several_addresses_that_were_asked(taken: int) -> None:
    """Which of them is right for others nobody knows."""
    asked = f"{LOCAL}:{taken}, "
    with EmbeddedKafka(advertised=("kafka.invalid", 9092)) as kafka:
        asked += kafka.address
        said = told(asked)
    assert said == (
        f"Kafka answers at one of {asked}, and sends its clients on to kafka.invalid:9092 (the name "
        "kafka.invalid cannot be resolved): it cannot be used from here. Its advertised.listeners "
        "must tell an address that leads to it from where evtbdd and the services run."
    )


def test_another_address_that_leads_there_is_as_good(address: str) -> None:
    """Behind a relay, or by another name of the same machine."""
    with Relay(int(address.rpartition(":")[2])) as relay:
        for asked in (f"{LOCAL}:{relay.port}", f"localhost:{address.rpartition(':')[2]}"):
            broker = KafkaBroker(asked, patience=5.0)
            broker.ping(Deadline.after(10))
            broker.close()


def test_doctor_says_it(tmp_path: Path) -> None:
    """Before a run does."""
    with EmbeddedKafka(advertised=("kafka.invalid", 9092)) as kafka:
        (tmp_path / "setup.cfg").write_text(
            f"[evtbdd:broker:main]\nurl = kafka://{kafka.address}\n", encoding="utf-8"
        )
        settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
        brokers = Brokers.of_settings(settings, HeldKeeper())
        wrong: list[str] = []
        assert 'broker "main": not reached' in list(Doctor(settings, brokers, wrong).findings())
        brokers.close()
    cause = "the name kafka.invalid cannot be resolved"
    said = sentence(kafka.address, "kafka.invalid:9092", cause)
    assert wrong == [f'The broker "main" (kafka://{kafka.address}): {said}']
