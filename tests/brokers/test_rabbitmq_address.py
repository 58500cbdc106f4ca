"""Addresses of RabbitMQ, and who connects there."""

from __future__ import annotations

import pytest

from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.adapter import connect, connect_tls
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.security import Security
from evtbdd.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "shown", "management"),
    [
        ("rabbit", "rabbit:5672", "http://rabbit:15672"),
        ("rabbit:5673/", "rabbit:5673", "http://rabbit:15672"),
        ("rabbit/%2F", "rabbit:5672", "http://rabbit:15672"),
        ("ann:secret@rabbit/shop", "rabbit:5672/shop", "http://rabbit:15672"),
        ("rabbit/a%2Fb?management=15673", "rabbit:5672/a/b", "http://rabbit:15673"),
        ("rabbit?management=https://other/rabbit/", "rabbit:5672", "https://other/rabbit"),
        ("[::1]:5673", "[::1]:5673", "http://[::1]:15672"),
    ],
)
def test_an_address(text: str, shown: str, management: str) -> None:
    """As behind amqp://; what is shown of it holds no user and no password."""
    address = Address.parse(text, tls=False)
    assert (address.shown, address.management) == (shown, management)
    assert "secret" not in repr(address)


def test_other_ports_by_tls() -> None:
    """Those that RabbitMQ itself listens at."""
    address = Address.parse("rabbit", tls=True)
    assert (address.shown, address.management) == ("rabbit:5671", "https://rabbit:15671")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "ann:secret@rabbit/a/b",
            '"ann@rabbit/a/b" is no address of RabbitMQ; it is written '
            "amqp://user:password@host:port/vhost, and a slash in a vhost as %2F.",
        ),
        (
            "rabbit:port",
            '"rabbit:port" is no address of RabbitMQ; it is written '
            "amqp://user:password@host:port/vhost, and a slash in a vhost as %2F.",
        ),
        (
            "ann:secret@rabbit?heartbeat=5",
            '"ann@rabbit?heartbeat=5": an address of RabbitMQ knows no "heartbeat"; only '
            "management=PORT may stand behind the question mark.",
        ),
        (
            "rabbit?management=there",
            "management=there: that is neither a port nor a URL; it is written management=15672 "
            "or management=https://host:15671.",
        ),
    ],
)
def test_what_is_no_address(text: str, wrong: str) -> None:
    """The sentence shows how one is written, and never a password."""
    with pytest.raises(SettingsError) as raised:
        connect(text, patience=1)
    assert str(raised.value) == wrong


@pytest.mark.parametrize(
    ("text", "security", "url"),
    [
        ("rabbit", Security(), "amqp://guest:guest@rabbit:5672/%2F"),
        ("ann:s%2Fecret@rabbit/shop", Security(), "amqp://ann:s%2Fecret@rabbit:5672/shop"),
        ("rabbit", Security("ann", "secret"), "amqp://ann:secret@rabbit:5672/%2F"),
        ("ann@rabbit", Security(), "amqp://ann:@rabbit:5672/%2F"),
        ("rabbit", Security(tls=True), "amqps://guest:guest@rabbit:5671/%2F"),
    ],
)
def test_what_services_are_handed(text: str, security: Security, url: str) -> None:
    """The URL as clients of RabbitMQ write it, the default vhost too."""
    broker = connect(text, patience=1, security=security)
    assert broker.url == url
    broker.close()


def test_amqps_means_tls() -> None:
    """Also where the settings only say who connects."""
    broker = connect_tls("rabbit", patience=1, security=Security("ann", "secret"))
    assert broker.url == "amqps://ann:secret@rabbit:5671/%2F"
    broker.close()


@pytest.mark.parametrize(
    ("text", "security", "wrong"),
    [
        (
            "ann:secret@rabbit",
            Security("ann", "secret"),
            "There is a user in the URL of the broker, and another one by security username; "
            "remove one of them.",
        ),
        (
            "rabbit",
            Security("ann", "secret", "SCRAM-SHA-256"),
            "security mechanism: RabbitMQ is told a password by PLAIN, not by SCRAM-SHA-256; "
            "remove the key.",
        ),
    ],
)
def test_settings_that_contradict_each_other(text: str, security: Security, wrong: str) -> None:
    """Told before anything is connected to."""
    with pytest.raises(SettingsError) as raised:
        connect(text, patience=1, security=security)
    assert str(raised.value) == wrong


def test_no_password_is_shown() -> None:
    """Neither of an address nor of who connects there."""
    address = Address.parse("ann:secret@rabbit", tls=False)
    access = Access.of(address, Security())
    assert "secret" not in f"{address!r} {access!r}"
