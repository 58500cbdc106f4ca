"""Where a host is: who is asked for it, how often, and for how long."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event

import pytest

from evtbdd.clock import Deadline
from evtbdd.http.addresses import Address, Unresolved, addresses

NAME = "shop.example"


class Resolver:
    """The machine's own, of which names are asked by hand: it counts, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = Event()
        self.gate.set()
        self.over = Event()
        self._machine = socket.getaddrinfo

    def ask(self, host: str, port: int, **more: int) -> list[Address]:
        if more.get("flags", 0) & socket.AI_NUMERICHOST:
            return self._machine(host, port, **more)  # type: ignore[return-value, arg-type]
        self.asked.append(host)
        self.gate.wait()
        self.over.set()
        if host.endswith(".nowhere"):
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return self._machine("127.0.0.1", port, **more)  # type: ignore[return-value, arg-type]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    """In the place of the machine's own, which answers as its network does."""
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver.ask)
    monkeypatch.setattr("evtbdd.http.addresses._own", {})
    yield resolver
    resolver.gate.set()
    assert not resolver.asked or resolver.over.wait(10)


def found(host: str, seconds: float = 10.0) -> list[object]:
    return [where for *_, where in addresses(host, 80, Deadline.after(seconds))]


@pytest.mark.parametrize(
    ("host", "where"), [("127.0.0.1", ("127.0.0.1", 80)), ("::1", ("::1", 80, 0, 0))]
)
def test_an_address_is_asked_of_nobody(
    resolver: Resolver, host: str, where: tuple[object, ...]
) -> None:
    """It needs neither a resolver nor a thread."""
    assert found(host) == [where]
    assert resolver.asked == []


def test_localhost_is_asked_for_once(resolver: Resolver) -> None:
    """It stays where it is."""
    assert found("localhost") == found("localhost") == [("127.0.0.1", 80)]
    assert resolver.asked == ["localhost"]


def test_another_name_is_asked_for_each_time(resolver: Resolver) -> None:
    """A service may move between two looks."""
    assert found(NAME) == found(NAME) == [("127.0.0.1", 80)]
    assert resolver.asked == [NAME, NAME]


@pytest.mark.parametrize("host", [NAME, "localhost"])
def test_a_name_that_is_not_resolved_holds_nobody_up(resolver: Resolver, host: str) -> None:
    """The resolver of a machine may wait for a server that is gone for as long as it likes."""
    resolver.gate.clear()
    with pytest.raises(Unresolved):
        found(host, 0.05)


def test_a_name_that_nobody_knows(resolver: Resolver) -> None:
    """Is an error of the resolver's, at once."""
    with pytest.raises(socket.gaierror):
        found("shop.nowhere")
    assert resolver.asked == ["shop.nowhere"]


def test_what_is_no_name_at_all() -> None:
    """Such as a label that is too long, which Python refuses in its own way."""
    with pytest.raises(socket.gaierror):
        found(f"{'a' * 70}.example")
