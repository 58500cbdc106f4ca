"""Brokers in containers, up to the engine: there is none where these tests run."""

from __future__ import annotations

import pytest
from testcontainers.core import container as testcontainers

from evtbdd.brokers.rabbitmq.address import Address as RabbitAddress
from evtbdd.brokers.sqs.address import Address as SqsAddress
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.docker import KINDS, DockerBroker
from evtbdd.provisioning.provision import IN_DOCKER, in_docker, provision


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


@pytest.mark.parametrize("scheme", IN_DOCKER)
@pytest.mark.filterwarnings("ignore:The @wait_container_is_ready:DeprecationWarning")
@pytest.mark.usefixtures("no_engine")
def test_a_url_leads_to_the_engine(scheme: str) -> None:
    """By its own image; nothing but the engine is missing."""
    with pytest.raises(BrokerUnavailable) as raised:
        provision(f"{scheme}+docker://example.com/team/{scheme}:7.9", HeldKeeper(), patience=5.0)
    assert str(raised.value).startswith(
        f'A container "example.com/team/{scheme}:7.9" needs a Docker engine, and none answers: '
    )


# RabbitMQ's container waits in a way that testcontainers itself has declared old.
@pytest.mark.filterwarnings("ignore:The @wait_container_is_ready:DeprecationWarning")
@pytest.mark.usefixtures("unasked_engine")
def test_a_container_listens_on_loopback_alone() -> None:
    """The port is the engine's choice."""
    container = DockerBroker("kafka").container()
    assert container.ports == {"9093": ("127.0.0.1", None)}
    assert DockerBroker("rabbitmq").container().ports == {
        "5672": ("127.0.0.1", None),
        "15672": ("127.0.0.1", None),
    }
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


@pytest.fixture
def told_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an engine would tell of a container that runs: where each port is reached."""
    kind = testcontainers.DockerContainer
    monkeypatch.setattr(kind, "get_container_host_ip", lambda _: "127.0.0.1")
    monkeypatch.setattr(kind, "get_exposed_port", lambda _, port: int(port) + 20_000)


@pytest.mark.filterwarnings("ignore:The @wait_container_is_ready:DeprecationWarning")
@pytest.mark.usefixtures("unasked_engine", "told_ports")
def test_a_rabbitmq_in_a_container_is_reached_with_its_management() -> None:
    """Both ports are the engine's choice; what is told is read by the adapter."""
    container = DockerBroker("rabbitmq").container()
    container.password = "p:w/d"
    told = KINDS["rabbitmq"].address(container)
    assert told == "guest:p%3Aw%2Fd@127.0.0.1:25672/%2F?management=35672"
    read = RabbitAddress.parse(told, tls=False)
    assert (read.vhost, read.password) == ("/", "p:w/d")
    assert read.management == "http://127.0.0.1:35672"


@pytest.mark.usefixtures("unasked_engine", "told_ports")
def test_a_localstack_in_a_container_is_reached_by_any_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No key of this machine's user is sent to it, and it is no AWS."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    told = KINDS["sqs"].address(DockerBroker("sqs").container())
    assert told == "us-west-1?endpoint=http://127.0.0.1:24566&keys=any"
    read = SqsAddress.parse(told, {}, allow_aws=False)
    assert (read.region, read.any_keys, read.is_aws) == ("us-west-1", True, False)


@pytest.mark.usefixtures("unasked_engine")
def test_a_localstack_in_a_container_names_its_queues_by_the_port_that_was_asked() -> None:
    """Else their URLs would name the port that it has inside, where nobody answers."""
    container = DockerBroker("sqs").container()
    assert container.env["SQS_ENDPOINT_STRATEGY"] == "dynamic"
    assert container.env["SERVICES"] == "sqs,sns"


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
