"""A real Kafka that answers late, or not for a while: its clients reach it through a relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Timer

from acceptance.relay import Relay
from brokers.node import Node, node

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.ports import Message

LONG = 20.0
HELD = 2.0
"""Seconds of a silence that ends by itself; runs wait longer for an answer (connect timeout)."""
SOON = 0.2
"""Seconds after which it begins where that is to be in the middle of a wait."""


class Slow:
    """A real Kafka, and the relay through which its clients reach it."""

    def __init__(self, relay: Relay, kafka: Node) -> None:
        self.relay = relay
        self._kafka = kafka
        self._timers: list[Timer] = []

    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What a run may ask for."""
        return {
            "let go": lambda _: self.let_go(),
            "silent": lambda _: self._silent(),
            "silent for a while": lambda _: self._silent_for_a_while(),
            "store": self._store,
            "store later": lambda what: self._later(SOON, self._silent_and_store, what),
        }

    def let_go(self) -> None:
        """Answer, and come to what was to be done later no more."""
        while self._timers:
            timer = self._timers.pop()
            timer.cancel()
            timer.join()
        self.relay.let_go()

    def _silent(self) -> None:
        self.let_go()
        self.relay.hold()

    def _later(self, seconds: float, act: Callable[..., None], *arguments: str) -> None:
        self._timers.append(Timer(seconds, act, arguments))
        self._timers[-1].start()

    def _silent_for_a_while(self) -> None:
        self.relay.hold()
        self._later(HELD, self.relay.let_go)

    def _silent_and_store(self, what: str) -> None:
        self._silent_for_a_while()
        self._store(what)

    def _store(self, what: str) -> None:
        """Return when it is stored; past the relay."""
        channel, _, text = what.partition(" ")
        broker = KafkaBroker(self._kafka.direct)
        try:
            broker.publish(channel, [Message(text.encode())], Deadline.after(LONG))
        finally:
            broker.close()


@contextmanager
def slow_kafka() -> Iterator[Slow]:
    """It is not slow yet. BrokerUnavailable without a Java or a Kafka."""
    with Relay() as relay, node(advertised=relay.port) as kafka:
        relay.target = int(kafka.address.rpartition(":")[2])
        yield Slow(relay, kafka)
