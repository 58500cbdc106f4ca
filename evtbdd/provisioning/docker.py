"""Brokers in containers, by testcontainers: experimental, for they were never run on an engine here.

A container listens on the loopback of the machine alone. If the run is killed, testcontainers' own
reaper (Ryuk) removes it. The names of the settings of the images are those of Docker Hub's pages of
cp-kafka and rabbitmq, and of LocalStack's page of configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import quote

from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.words import quoted

MANAGEMENT = 15672
"""Where the images whose tags end in `-management` have RabbitMQ's HTTP API, inside."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a broker of one kind is run in a container.

    `container` is `module:class` of testcontainers, `image` the one that is used where the URL names
    none, `prepare` configures a container, `address` tells what stands behind the scheme of its
    clients once it runs, and `others` are the ways that need no engine.
    """

    container: str
    image: str
    prepare: Callable[[Any], None]
    address: Callable[[Any], str]
    others: str


def _kafka(container: Any) -> None:
    container.with_kraft()
    # A mistyped topic must not come into being.
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")


def _rabbitmq(container: Any) -> None:
    container.with_exposed_ports(MANAGEMENT)


def _rabbitmq_address(container: Any) -> str:
    user = f"{quote(container.username, safe='')}:{quote(container.password, safe='')}"
    place = f"{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}"
    vhost = quote(container.vhost, safe="")
    return f"{user}@{place}/{vhost}?management={container.get_exposed_port(MANAGEMENT)}"


def _localstack(container: Any) -> None:
    container.with_services("sqs", "sns")
    # The URLs of its queues name the host and port by which it was asked: it cannot know the port
    # that the engine has chosen.
    container.with_env("SQS_ENDPOINT_STRATEGY", "dynamic")


def _localstack_address(container: Any) -> str:
    return f"{container.region_name}?endpoint={container.get_url()}&keys=any"


KINDS: Mapping[str, Kind] = {
    "kafka": Kind(
        "testcontainers.community.kafka:KafkaContainer",
        "confluentinc/cp-kafka:7.9.1",
        _kafka,
        lambda container: str(container.get_bootstrap_server()),
        "kafka+embedded:// and kafka+local:// need none",
    ),
    "rabbitmq": Kind(
        "testcontainers.community.rabbitmq:RabbitMqContainer",
        "rabbitmq:4.1-management",
        _rabbitmq,
        _rabbitmq_address,
        "rabbitmq+local:// needs none",
    ),
    # The last image that needs no account.
    "sqs": Kind(
        "testcontainers.community.localstack:LocalStackContainer",
        "localstack/localstack:4.14.0",
        _localstack,
        _localstack_address,
        "sqs+embedded:// needs none",
    ),
}


class DockerBroker:
    """A broker of one kind in a container of an image; without one, of the kind's own image."""

    def __init__(self, scheme: str, image: str = "") -> None:
        self._kind = KINDS[scheme]
        self.image = image or self._kind.image
        self._container: Any = None
        self._address = ""

    @property
    def address(self) -> str:
        """Where it is reached, as its clients write it; once started."""
        return self._address

    def start(self) -> None:
        """Return when it answers.

        BrokerUnavailable where no engine answers, or the container does not get there; SettingsError
        where testcontainers is missing, or the image cannot be meant.
        """
        self._container = container = self.container()
        try:
            container.start()
            self._address = self._kind.address(container)
        except Exception as error:
            self.stop()
            raise BrokerUnavailable(
                f"The container {quoted(self.image)} does not run: {error}"
            ) from error

    def container(self) -> Any:
        """The container, configured, not started: as `start` does."""
        module, _, name = self._kind.container.partition(":")
        try:
            container = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith(("testcontainers", "docker", "packaging")):
                raise
            raise SettingsError(
                'The library "testcontainers" is not installed: '
                'pip install "evtbdd[docker]" brings it.'
            ) from error
        try:
            made = container(self.image)
            self._kind.prepare(made)
        except ValueError as error:
            raise SettingsError(
                f"The image {quoted(self.image)} cannot be used: {error}"
            ) from error
        except Exception as error:
            raise BrokerUnavailable(
                f"A container {quoted(self.image)} needs a Docker engine, and none answers: {error}. "
                f"Without an engine: {self._kind.others}."
            ) from error
        made.ports = dict.fromkeys(made.ports, ("127.0.0.1", None))
        return made

    def stop(self) -> None:
        """Remove the container; nothing where none was started."""
        container, self._container = self._container, None
        if container is not None and container.get_wrapped_container() is not None:
            container.stop()
