"""Brokers in containers, up to the engine: there is none where these tests run."""

from __future__ import annotations

import pytest
from testcontainers.core import container as testcontainers

from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.provisioning.docker import KINDS, DockerBroker
from evtbdd.provisioning.provision import in_docker


class Engine:
    """Stands where testcontainers' client of the engine would; nothing is ever asked of it."""


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine would be, nothing is."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


@pytest.fixture
def unasked_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers can be configured; none can be started."""
    monkeypatch.setattr(testcontainers, "DockerClient", Engine)


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        ("kafka", "kafka+embedded:// and kafka+local:// need none"),
        ("rabbitmq", "rabbitmq+local:// needs none"),
        ("sqs", "sqs+embedded:// needs none"),
    ],
)
@pytest.mark.filterwarnings("ignore:The @wait_container_is_ready:DeprecationWarning")
@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_it_is_said_what_needs_none(kind: str, others: str) -> None:
    """Whoever wrote the URL has another way."""
    with pytest.raises(BrokerUnavailable) as raised:
        DockerBroker(kind).start()
    text = str(raised.value)
    assert text.startswith(
        f'A container "{KINDS[kind].image}" needs a Docker engine, and none answers: '
    )
    assert text.endswith(f". Without an engine: {others}.")


# RabbitMQ's container waits in a way that testcontainers itself has declared old.
@pytest.mark.filterwarnings("ignore:The @wait_container_is_ready:DeprecationWarning")
@pytest.mark.usefixtures("unasked_engine")
def test_a_container_listens_on_loopback_alone() -> None:
    """The port is the engine's choice."""
    container = DockerBroker("kafka").container()
    assert container.ports == {"9093": ("127.0.0.1", None)}
    assert DockerBroker("rabbitmq").container().ports == {"5672": ("127.0.0.1", None)}
    assert DockerBroker("sqs").container().ports == {"4566": ("127.0.0.1", None)}


@pytest.mark.usefixtures("unasked_engine")
def test_the_url_names_the_image() -> None:
    """With its registry and its tag; without one it is that of the kind."""
    named = DockerBroker("kafka", "example.com/kafka/cp-kafka:7.6.0").container()
    assert named.image == "example.com/kafka/cp-kafka:7.6.0"
    assert DockerBroker("sqs").container().image == "localstack/localstack:4.14.0"


@pytest.mark.usefixtures("unasked_engine")
def test_a_kafka_in_a_container_creates_nothing_by_a_slip_of_the_pen() -> None:
    """And it needs no ZooKeeper."""
    container = DockerBroker("kafka").container()
    assert container.kraft_enabled
    assert container.env["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.usefixtures("unasked_engine")
def test_an_image_that_is_too_old_is_a_mistake_in_the_settings() -> None:
    """testcontainers says why."""
    with pytest.raises(SettingsError) as raised:
        DockerBroker("kafka", "confluentinc/cp-kafka:6.0.0").start()
    assert str(raised.value).startswith(
        'The image "confluentinc/cp-kafka:6.0.0" cannot be used: Provided Confluent Platform\'s '
    )


def test_what_has_no_container_is_refused() -> None:
    """It is said what has one."""
    with pytest.raises(SettingsError) as raised:
        in_docker("memory", "")
    assert str(raised.value).startswith('There is no broker in a container for "memory"; ')
