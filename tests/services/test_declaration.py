"""What the settings say of a service."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from services.conftest import load

from evtbdd.errors import SettingsError
from evtbdd.services.declaration import Declaration


def declared(text: str, folder: Path) -> Declaration:
    settings = load(f"[evtbdd:service:shipping]\ncommand = run\n{text}", folder)
    return Declaration.of_settings(settings, "shipping")


def test_a_command_is_enough(tmp_path: Path) -> None:
    """It is ready when it is started, lives for the scenario, and ends by SIGTERM."""
    service = declared("", tmp_path)
    assert service.command == ("run",)
    assert (service.ready.kind, service.scope, service.stop_signal) == (
        "started",
        "scenario",
        signal.SIGTERM,
    )


def test_what_consumes_is_ready_when_it_is_subscribed(tmp_path: Path) -> None:
    """Unless another readiness is said."""
    assert declared("consumes = a\ngroup = g", tmp_path).ready.kind == "subscribed"
    assert declared('consumes = a\nready = log "up"', tmp_path).ready.kind == "log"


@pytest.mark.parametrize("text", ["consumes = orders", "ready = subscribed\ngroup = g"])
def test_what_is_to_be_subscribed_needs_channels_and_a_group(text: str, tmp_path: Path) -> None:
    """The error says what must be added, and how it is written."""
    with pytest.raises(SettingsError) as raised:
        declared(text, tmp_path)
    assert str(raised.value) == (
        "[evtbdd:service:shipping] is to be ready when it is subscribed; for that it must say "
        "what it consumes, and group: the consumer group that it joins. Another readiness is "
        'written like ready = log "listening".'
    )


@pytest.mark.parametrize(
    ("brokers", "needs"),
    [
        ("[evtbdd:broker:main]\nurl = rabbitmq+local://\n", False),
        ("[evtbdd:broker:main]\nurl = amqps://rabbit\n", False),
        ("[evtbdd:broker:main]\nurl = sqs+embedded://\n", False),
        ("[evtbdd:broker:main]\nurl = kafka://kafka:9092\n", True),
        ("[evtbdd:broker:a]\nurl = amqp://a\n[evtbdd:broker:b]\nurl = kafka://b:1\n", True),
        (
            "[evtbdd:broker:a]\nurl = amqp://a\n[evtbdd:broker:b]\nurl = kafka://b:1\n"
            "[evtbdd:channel:orders]\nbroker = a\n",
            False,
        ),
        ("[evtbdd:broker:main]\nurl = pigeon://coop\n", True),
    ],
)
def test_a_group_is_needed_where_there_are_groups(
    brokers: str, needs: bool, tmp_path: Path
) -> None:
    """RabbitMQ and SQS have none; of a broker that another package brings evtbdd cannot tell."""
    text = f"consumes = orders\n{brokers}"
    if needs:
        with pytest.raises(SettingsError, match="the consumer group that it joins"):
            declared(text, tmp_path)
    else:
        assert declared(text, tmp_path).ready.kind == "subscribed"


def test_every_channel_that_it_knows_is_known_of_it(tmp_path: Path) -> None:
    """Those it consumes, publishes to, or is told the name of, each once."""
    service = declared(
        "consumes = orders\ngroup = g\npublishes = shipments, rejected\n"
        "environment =\n    A = ${channel.orders}\n    B = ${channel.audit log},${channel.dead.url}",
        tmp_path,
    )
    assert service.channels() == ["orders", "shipments", "rejected", "audit log", "dead"]


@pytest.mark.parametrize("name", ["INT", "sigint", "SIGINT"])
def test_signals_have_their_usual_names(name: str, tmp_path: Path) -> None:
    """With or without SIG, in small letters too."""
    assert declared(f"stop signal = {name}", tmp_path).stop_signal == signal.SIGINT


def test_a_signal_that_is_none_is_an_error(tmp_path: Path) -> None:
    """The error proposes some."""
    with pytest.raises(SettingsError) as raised:
        declared("stop signal = TREM", tmp_path)
    assert str(raised.value) == (
        '[evtbdd:service:shipping] stop signal: "TREM" is no signal; TERM, INT and QUIT are.'
    )


def test_what_it_promises_of_acknowledging(tmp_path: Path) -> None:
    """Nothing, unless it is said."""
    assert declared("", tmp_path).acknowledges == "unknown"
    assert declared("acknowledges = last", tmp_path).acknowledges == "last"
    with pytest.raises(SettingsError, match='"never" is not last, first or unknown'):
        declared("acknowledges = never", tmp_path)


def test_where_it_may_publish_to(tmp_path: Path) -> None:
    """Where it says, and to what it is told the name of, but for what it only consumes."""
    service = declared(
        "consumes = orders, retries\ngroup = g\npublishes = shipments, retries\n"
        "environment =\n    A = ${channel.orders}\n    B = ${channel.audit}\n    C = ${channel.retries}",
        tmp_path,
    )
    assert service.outputs() == {"shipments", "retries", "audit"}


def test_the_brokers_that_it_is_told_of(tmp_path: Path) -> None:
    """By their addresses, or parts of these."""
    service = declared(
        "environment =\n    A = ${broker.main}\n    B = ${broker.other.port}", tmp_path
    )
    assert service.brokers() == ["main", "other.port"]
