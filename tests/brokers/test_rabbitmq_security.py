"""Users, virtual hosts and TLS, each right and each wrong, on a real RabbitMQ."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from brokers.rabbits import PATIENCE, soon
from brokers.secured import write_certificates

from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect, connect_tls
from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.events import Record
from evtbdd.keeper import HeldKeeper
from evtbdd.loopback import HOST, listener
from evtbdd.ports import ChannelPlan, Message
from evtbdd.provisioning.local_rabbitmq import LocalRabbitMQ

WAITED = "(waited up to 10 seconds)."
NOBODY = (
    "its certificate is signed by nobody who is trusted (self-signed certificate in certificate chain); "
    "security ca must name the file of its authority"
)
TLS_THERE = "it speaks TLS there: write amqps://, or set security ca, or use another port"
NO_TLS = (
    "it speaks no TLS there: write amqp://, and remove security tls, ca and certificate, or use "
    "another port"
)
USER, PASSWORD = "alice", "wonderland-4711"


@dataclass(frozen=True)
class Secured:
    """A RabbitMQ with a listener that speaks TLS, and the folder of the certificates."""

    plain: str
    tls: str
    management: str
    certificates: Path


@pytest.fixture(scope="module")
def secured_rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """One with a user alice, who may do everything in the vhost "shop" and nothing elsewhere."""
    folder = tmp_path_factory.mktemp("certificates")
    write_certificates(folder)
    with listener() as free:
        tls = f"{HOST}:{free.getsockname()[1]}"
    keeper = HeldKeeper()
    rabbitmq = LocalRabbitMQ(
        keeper,
        options={
            "listeners.ssl.1": tls,
            "ssl_options.cacertfile": str(folder / "ca.pem"),
            "ssl_options.certfile": str(folder / "server.crt"),
            "ssl_options.keyfile": str(folder / "server.key"),
            "ssl_options.verify": "verify_peer",
            "ssl_options.fail_if_no_peer_cert": "false",
        },
    )
    try:
        rabbitmq.start()
    except BrokerUnavailable as error:
        keeper.close()
        pytest.skip(str(error))
    where = rabbitmq.address.rpartition("@")[2]
    with closing(connect(rabbitmq.address, patience=PATIENCE)) as admin:
        admin.open_namespace("shop", soon())
        user = {"password": PASSWORD, "tags": "management"}
        admin.management.put(f"users/{USER}", user, soon())
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        admin.management.put(f"permissions/shop/{USER}", rights, soon())
    yield Secured(where.partition("?")[0], tls, where.rpartition("=")[2], folder)
    rabbitmq.stop()
    keeper.close()


def security(rabbit: Secured, **given: Any) -> Security:
    """Security with the names of files turned into their paths; each means TLS."""
    files = {
        name: rabbit.certificates / given[name]
        for name in ("ca", "certificate", "key")
        if name in given
    }
    return Security(**{"tls": bool(files), **given, **files})


def round_trip(broker: RabbitBroker, value: bytes = b"placed") -> list[bytes | None]:
    """What is read of a channel that was made, written to, and is deleted again."""
    seen: list[Record] = []
    broker.create([ChannelPlan("orders")], soon())
    broker.reader().watch(["orders"], seen.append, soon())
    broker.publish("orders", [Message(value)], soon())
    broker.reader().read_to(broker.reader().ends(["orders"], soon()), soon())
    broker.reader().unwatch(["orders"])
    broker.delete(["orders"], soon())
    return [record.value for record in seen]


ALICE = {"username": USER, "password": PASSWORD}
TLS = {"ca": "ca.pem"}
OWN = {"certificate": "client.crt", "key": "client.key"}


@pytest.mark.parametrize(
    ("where", "given"),
    [
        ("plain", {}),
        ("plain", ALICE),
        ("tls", TLS),
        ("tls", {**TLS, **ALICE}),
        ("tls", {**TLS, **OWN}),
        ("tls", {**TLS, "certificate": "client.pem"}),
    ],
)
def test_every_client_is_let_in(secured_rabbit: Secured, where: str, given: dict[str, str]) -> None:
    """Channels are made and deleted, events published and read, by every way of being let in."""
    vhost = "/shop" if "username" in given else ""
    address = f"{getattr(secured_rabbit, where)}{vhost}"
    how = security(secured_rabbit, **given)
    with closing(connect(address, patience=PATIENCE, security=how)) as broker:
        assert round_trip(broker) == [b"placed"]


@pytest.mark.parametrize(("where", "given"), [("plain", {}), ("tls", TLS)])
def test_an_event_that_no_buffer_holds(
    secured_rabbit: Secured, where: str, given: dict[str, str]
) -> None:
    """It is sent in many pieces, each when the connection takes more, and comes through whole."""
    value = bytes(range(256)) * 32768
    how = security(secured_rabbit, **given)
    address = getattr(secured_rabbit, where)
    with closing(connect(address, patience=PATIENCE, security=how)) as broker:
        assert round_trip(broker, value) == [value]


def test_a_user_in_the_url(secured_rabbit: Secured) -> None:
    """They are let in as those of the settings are."""
    address = f"{USER}:{PASSWORD}@{secured_rabbit.plain}/shop"
    with closing(connect(address, patience=PATIENCE)) as broker:
        assert round_trip(broker) == [b"placed"]


def refusal(broker: RabbitBroker) -> str:
    """What is said of the first question, the same whatever it is; without the address."""
    said = []
    for ask in (broker.ping, lambda by: broker.lanes(["orders"], by)):
        with pytest.raises(BrokerUnavailable) as raised:
            ask(Deadline.after(10))
        said.append(str(raised.value))
    assert said[0] == said[1]
    return said[0].removeprefix(f"RabbitMQ cannot be reached at {broker.address}: ")


@pytest.mark.parametrize(
    ("where", "vhost", "given", "cause"),
    [
        (
            "plain",
            "/shop",
            {**ALICE, "password": "looking-glass"},
            f'it refuses the user "{USER}" or the password',
        ),
        (
            "tls",
            "/shop",
            {**TLS, **ALICE, "password": "looking-glass"},
            f'it refuses the user "{USER}" or the password',
        ),
        ("plain", "", ALICE, f'the user "{USER}" is not allowed into the vhost "/"'),
        ("plain", "/nowhere", {}, 'it has no vhost "nowhere"'),
        ("tls", "", {}, TLS_THERE),
        ("plain", "", TLS, NO_TLS),
        ("plain", "", {"tls": True}, NO_TLS),
        ("tls", "", {"ca": "stranger.pem"}, NOBODY),
        ("tls", "", {"tls": True}, NOBODY),
        (
            "tls",
            "",
            {**TLS, "certificate": "unknown.crt", "key": "unknown.key"},
            "it refuses the certificate that security certificate names",
        ),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    secured_rabbit: Secured, where: str, vhost: str, given: dict[str, Any], cause: str
) -> None:
    """The sentence names the address and the cause, whatever was asked first."""
    address = f"{getattr(secured_rabbit, where)}{vhost}"
    how = security(secured_rabbit, **given)
    with closing(connect(address, patience=10, security=how)) as broker:
        assert refusal(broker) == f"{cause} {WAITED}"


@contextmanager
def tls_server(rabbit: Secured, certificate: str, *, asks: bool = False) -> Iterator[str]:
    """Somebody who speaks TLS with a certificate; a handshake is all that it ever comes to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(rabbit.certificates / f"{certificate}.pem")
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(rabbit.certificates / "ca.pem")
    with listener() as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    link, _ = listening.accept()
                    with link, suppress(OSError), context.wrap_socket(link, server_side=True):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"{HOST}:{listening.getsockname()[1]}"
        listening.shutdown(2)
    thread.join()


@pytest.mark.parametrize(
    ("certificate", "asks", "cause"),
    [
        ("expired", False, "its certificate has expired"),
        ("othername", False, f"its certificate is not for the name {HOST}"),
        (
            "server",
            True,
            "it asks for a certificate of its clients: security certificate and security key",
        ),
    ],
)
def test_what_tls_itself_refuses(
    secured_rabbit: Secured, certificate: str, asks: bool, cause: str
) -> None:
    """It is said what is wrong with whose certificate."""
    how = security(secured_rabbit, **TLS)
    with (
        tls_server(secured_rabbit, certificate, asks=asks) as where,
        closing(connect(where, patience=10, security=how)) as broker,
    ):
        assert refusal(broker) == f"{cause} {WAITED}"


def test_amqps(secured_rabbit: Secured) -> None:
    """The scheme alone means TLS, by the authorities of this machine: the name is not among them."""
    with closing(connect_tls(secured_rabbit.tls, patience=10)) as broker:
        assert refusal(broker) == f"{NOBODY} {WAITED}"


def test_management_with_another_password(secured_rabbit: Secured) -> None:
    """What AMQP cannot tell is asked of the management API, which says whom it does not let in."""
    root = f"http://{HOST}:{secured_rabbit.management}"
    address = f"{USER}:looking-glass@{secured_rabbit.plain}?management={root}"
    with closing(connect(address, patience=10)) as broker:
        with pytest.raises(BrokerError) as raised:
            broker.names(soon())
        assert str(raised.value) == (
            f"RabbitMQ's management API cannot be used at {root}: it does not let the user "
            f'"{USER}" in, or not with that password; enable the plugin rabbitmq_management, or '
            "say where it is: amqp://host:port/vhost?management=PORT (or a URL)."
        )
