"""The brokers of a run: opened once, and once given up."""

from __future__ import annotations

import socket

import pytest

from evtbdd.brokers.memory.adapter import MemoryBroker
from evtbdd.channels.facts import host_and_port
from evtbdd.channels.pool import Brokers
from evtbdd.errors import BrokerUnavailable, SettingsError, UnknownName
from evtbdd.keeper import HeldKeeper


def test_without_any_in_the_settings_there_is_one_in_memory() -> None:
    """It is called main, and always the same."""
    brokers = Brokers({}, HeldKeeper(), patience=1)
    assert (brokers.names, brokers.only()) == (["main"], "main")
    assert isinstance(brokers.get("main"), MemoryBroker)
    assert brokers.get("main") is brokers.get("main")
    assert Brokers({"a": "memory://", "b": "memory://"}, HeldKeeper(), patience=1).only() is None


def test_an_unknown_one_is_told_with_the_nearest() -> None:
    """The rest is known."""
    with pytest.raises(UnknownName) as raised:
        Brokers({}, HeldKeeper(), patience=1).get("mian")
    assert str(raised.value) == 'No broker is called "mian". Did you mean "main"?'


def test_none_is_reached_for_before_it_is_needed() -> None:
    """One that is not there keeps no other from being used."""
    brokers = Brokers({"a": "kafka://127.0.0.1:1", "b": "memory://"}, HeldKeeper(), patience=1)
    brokers.get("b")
    assert list(brokers.opened()) == ["b"]
    brokers.close()


def test_one_that_cannot_be_reached_is_given_up_once_for_the_run() -> None:
    """The same error is raised again, without connecting again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"kafka://127.0.0.1:{listener.getsockname()[1]}"
        brokers = Brokers({"main": url}, HeldKeeper(), patience=0.1)
        said = []
        for _ in range(3):
            with pytest.raises(BrokerUnavailable) as raised:
                brokers.get("main")
            said.append(str(raised.value))
        listener.accept()[0].close()
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert set(said) == {
        f'The broker "main" ({url}): Kafka cannot be reached at {url[8:]}: no answer in time '
        "(waited up to 100 ms)."
    }


def test_an_error_of_the_settings_stays_one() -> None:
    """With the broker's name and URL, its password masked."""
    brokers = Brokers({"main": "kafak://ann:geheim@host:1"}, HeldKeeper(), patience=1)
    with pytest.raises(SettingsError) as raised:
        brokers.get("main")
    assert str(raised.value) == (
        'The broker "main" (kafak://ann:***@host:1): No broker is known by the scheme "kafak". '
        'Did you mean "kafka"?'
    )


def test_facts_are_its_address_and_the_parts_of_it() -> None:
    """As its clients write it."""
    brokers = Brokers({"k": "kafka+embedded://"}, HeldKeeper(), patience=5)
    address = brokers.fact("k")
    assert brokers.fact("k.host") == "127.0.0.1"
    assert address == f"127.0.0.1:{brokers.fact('k.port')}"
    with pytest.raises(UnknownName) as raised:
        brokers.fact("k.prt")
    assert str(raised.value) == 'There is nothing called ${broker.k.prt}. Did you mean "k"?'
    brokers.close()


@pytest.mark.parametrize(
    ("endpoint", "host", "port"),
    [("http://localhost:4566", "localhost", "4566"), ("https://sqs.example", "sqs.example", "443")],
)
def test_the_host_and_the_port_of_a_url_are_told(endpoint: str, host: str, port: str) -> None:
    """Its scheme says the port where it does not."""
    assert host_and_port(endpoint) == (host, port)


def test_a_broker_has_facts_of_its_own() -> None:
    """What services need beside the address; of a URL the host and the port are told too."""
    brokers = Brokers({"q": "sqs+embedded://"}, HeldKeeper(), patience=5)
    host, port = brokers.fact("q.host"), brokers.fact("q.port")
    assert brokers.fact("q") == f"http://{host}:{port}"
    keys = [brokers.fact(f"q.{fact}") for fact in ("region", "user", "password")]
    assert keys == ["us-east-1", "test", "test"]
    with pytest.raises(UnknownName, match="There is nothing called"):
        brokers.fact("q.account")
    brokers.close()


def test_closing_gives_all_of_them_back() -> None:
    """Closing again does nothing."""
    brokers = Brokers({"k": "kafka+embedded://", "m": "memory://"}, HeldKeeper(), patience=5)
    host, _, port = brokers.get("k").address.partition(":")
    brokers.get("m")
    brokers.close()
    brokers.close()
    assert brokers.opened() == {}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), 5)
