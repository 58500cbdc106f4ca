"""From the URL of a broker to a connection, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol, cast

from evtbdd.brokers.registry import SPOKEN, Adapter, Connect, adapter, connected, load
from evtbdd.brokers.security import Security
from evtbdd.embedded.demands import NO_DEMANDS, Demands
from evtbdd.errors import SettingsError
from evtbdd.ports import Broker
from evtbdd.provisioning.keeping import Keeper
from evtbdd.provisioning.secured import Secured, secured
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.words import listed, quoted, suggestion

EMBEDDED: Mapping[str, Adapter] = {
    "kafka": Adapter("evtbdd.embedded.kafka:EmbeddedKafka", driver="kafka", extra="embedded"),
    "sqs": Adapter(
        "evtbdd.embedded.sqs:EmbeddedSqs",
        "moto",
        "embedded-sqs",
        ("boto3", "botocore", "flask", "flask_cors", "werkzeug"),
    ),
}
LOCAL: Mapping[str, Adapter] = {
    "kafka": Adapter("evtbdd.provisioning.local_kafka:LocalKafka"),
    "rabbitmq": Adapter(
        "evtbdd.provisioning.local_rabbitmq:LocalRabbitMQ", driver="pika", extra="rabbitmq"
    ),
}
DOCKER = Adapter("evtbdd.provisioning.docker:DockerBroker")
IN_DOCKER = ("kafka", "rabbitmq", "sqs")
WAYS = ("docker", "embedded", "local")
WRITTEN: Mapping[str, str] = {
    "sqs": "REGION?endpoint=http://host:port",
}
"""What stands behind the scheme where that is no `host:port`."""
DEMANDING = ("kafka+embedded",)
"""Those of the run's own that demand of their clients what the settings say of security."""


class OwnBroker(Protocol):
    """A broker that the run starts for itself."""

    @property
    def address(self) -> str:
        """Where it listens, once started."""

    def start(self) -> None:
        """Return when it answers; begun already, it is only waited for."""

    def stop(self) -> None:
        """Return when it is gone."""


@dataclass
class Provisioned:
    """A broker to speak to, and what must be given back when it is no longer needed.

    `security` is that of its clients, evtbdd's own and others; `url` is what leads another process
    to one of the run's own, and empty where nobody else can reach it, or the settings say where.
    """

    broker: Broker
    give_back: list[Callable[[], None]] = field(default_factory=list)
    security: Security | None = None
    url: str = ""

    def close(self) -> None:
        """Close the connection, then what was provisioned for it."""
        try:
            self.broker.close()
        finally:
            while self.give_back:
                self.give_back.pop()()


class EarlyBroker(OwnBroker, Protocol):
    """One whose start takes so long that it is worth to begin it early."""

    def begin(self) -> None:
        """Start it in the background."""


def begun(text: str, keeper: Callable[[], Keeper]) -> EarlyBroker | None:
    """The broker of a URL, starting in the background, if it is one whose start takes long.

    SettingsError where the URL cannot be meant.
    """
    url = BrokerUrl.parse(text)
    if url.how != "local" or url.scheme not in LOCAL:
        return None
    broker = cast(EarlyBroker, local(url.scheme, keeper))
    broker.begin()
    return broker


def provision(
    text: str,
    keeper: Callable[[], Keeper],
    *,
    patience: float,
    security: Security | None = None,
    early: OwnBroker | None = None,
) -> Provisioned:
    """Open the broker of a URL; it is started where that is what the URL says.

    `early` is that broker where it was begun before.

    SettingsError where the URL cannot be meant, BrokerUnavailable where a broker of the run's own
    does not start; an external one is not reached for yet.
    """
    url = BrokerUrl.parse(text)
    if not url.how and url.scheme in SPOKEN:
        raise SettingsError(
            f"{quoted(text)}: the address of one that runs is written "
            f"{SPOKEN[url.scheme]}://host:port; one of the run's own is {url.scheme}+local://."
        )
    connect = adapter(SPOKEN.get(url.scheme, url.scheme))
    if security is not None and f"{url.scheme}+{url.how}" in DEMANDING:
        return _secured_broker(url.scheme, secured(text, security, keeper), patience)
    if url.how in WAYS and security is not None:
        raise SettingsError(
            f"{quoted(text)} is the run's own, which asks for no user and no certificate; remove the "
            "keys security … of its section, or use "
            f"{listed((f'{each}://' for each in DEMANDING), 'or')}, which demands what they say."
        )
    if url.how == "embedded":
        return _own_broker(url.scheme, embedded(url.scheme), connect, patience)
    if url.how == "docker":
        own = in_docker(url.scheme, url.address)
        return _own_broker(url.scheme, own, connect, patience)
    if url.how == "local":
        return _own_broker(url.scheme, early or local(url.scheme, keeper), connect, patience)
    if url.how:
        raise SettingsError(
            f"{quoted(text)}: no way to get a broker is called {quoted(url.how)}. "
            f"{suggestion(url.how, WAYS, 'ways')}"
        )
    if url.scheme != "memory" and not url.address:
        raise SettingsError(
            f"{quoted(text)} names no address; it is written {url.scheme}://"
            f"{WRITTEN.get(url.scheme, 'host:port')}."
        )
    broker = connected(url.scheme, url.address, patience=patience, security=security)
    return Provisioned(broker, security=security)


def _own_broker(scheme: str, own: OwnBroker, connect: Connect, patience: float) -> Provisioned:
    own.start()
    try:
        url = f"{SPOKEN.get(scheme, scheme)}://{own.address}"
        return Provisioned(connect(own.address, patience=patience), [own.stop], url=url)
    except BaseException:
        own.stop()
        raise


def _secured_broker(scheme: str, made: Secured, patience: float) -> Provisioned:
    def connect(address: str, *, patience: float) -> Broker:
        return connected(scheme, address, patience=patience, security=made.security)

    with ExitStack() as undone:
        undone.callback(made.give_back)
        own = embedded(scheme, demands=made.demands)
        provisioned = _own_broker(scheme, own, connect, patience)
        provisioned.give_back.insert(0, undone.pop_all().close)
    provisioned.security = made.security
    return provisioned


def embedded(scheme: str, *, port: int = 0, demands: Demands = NO_DEMANDS) -> OwnBroker:
    """A broker in this process, not started yet. SettingsError where there is none of that kind."""
    kind = cast(Callable[..., OwnBroker], load(_of(EMBEDDED, scheme, "embedded")))
    return kind(port) if demands is NO_DEMANDS else kind(port, demands=demands)


def local(scheme: str, keeper: Callable[[], Keeper]) -> OwnBroker:
    """A real broker, private to the run, not started yet. SettingsError where there is none."""
    kind = load(_of(LOCAL, scheme, "local"))
    return cast(Callable[[Callable[[], Keeper]], OwnBroker], kind)(keeper)


def in_docker(scheme: str, image: str) -> OwnBroker:
    """A broker in a container of an image, not started yet. SettingsError where there is none."""
    if scheme not in IN_DOCKER:
        raise SettingsError(
            f"There is no broker in a container for {quoted(scheme)}; there is one for "
            f"{', '.join(map(quoted, IN_DOCKER))}."
        )
    return cast(Callable[[str, str], OwnBroker], load(DOCKER))(scheme, image)


def _of(kinds: Mapping[str, Adapter], scheme: str, way: str) -> Adapter:
    if scheme not in kinds:
        raise SettingsError(
            f"There is no {way} broker for {quoted(scheme)}; there is one for "
            f"{', '.join(map(quoted, kinds))}."
        )
    return kinds[scheme]
