"""The server.properties that Kafka gets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from evtbdd.errors import SettingsError
from evtbdd.provisioning.local_kafka import LocalKafka
from evtbdd.provisioning.local_kafka.properties import (
    OURS,
    Ports,
    free_ports,
    properties,
    server_properties,
)

PORTS = Ports(20_001, 20_002)


def lines(**options: str) -> list[str]:
    given = {name.replace("_", "."): value for name, value in options.items()}
    return server_properties(PORTS, Path("/data"), given).splitlines()


def test_loopback_only() -> None:
    """Kafka listens on 127.0.0.1, for clients and for its controller."""
    assert "listeners=PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002" in lines()
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:20001" in lines()


def test_topics_are_not_created_by_accident() -> None:
    """A mistyped topic is an error, unless an option says otherwise."""
    assert "auto.create.topics.enable=false" in lines()
    assert "auto.create.topics.enable=true" in lines(auto_create_topics_enable="true")


@pytest.mark.parametrize("name", OURS)
def test_what_is_not_for_others_to_set(name: str) -> None:
    """An option that evtbdd depends on is refused before anything is started."""
    with pytest.raises(SettingsError) as caught:
        LocalKafka(lambda: pytest.fail("started"), options={name: "x"})
    assert str(caught.value) == (
        f'"{name}" cannot be set for a Kafka that evtbdd starts: it chooses that itself, to be '
        "able to reach and to remove it."
    )


def test_escapes() -> None:
    """Any text arrives in Java as it is written here."""
    written = properties({"a b:c": " x\\y=z\n", "log.dirs": "/tmp/größe/🦀"})
    assert written == (
        "a\\ b\\:c=\\ x\\\\y=z\\u000a\nlog.dirs=/tmp/gr\\u00f6\\u00dfe/\\ud83e\\udd80\n"
    )


def test_free_ports() -> None:
    """Two ports that nobody has, and that no outgoing connection gets by chance."""
    ports = free_ports()
    assert ports.broker != ports.controller
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", ports.broker))
        other.bind(("127.0.0.1", ports.controller))
    assert {20_000 <= port < 32_000 for port in (ports.broker, ports.controller)} == {True}
