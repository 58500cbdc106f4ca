"""From the URL of a broker to a connection, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from evtbdd.brokers.registry import Adapter, adapter, load, schemes
from evtbdd.errors import SettingsError
from evtbdd.ports import Broker
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.words import quoted, suggestion

EMBEDDED: Mapping[str, Adapter] = {
    "kafka": Adapter("evtbdd.embedded.kafka:EmbeddedKafka", driver="kafka", extra="embedded"),
}
NOT_YET = {"local", "docker"}


class EmbeddedBroker(Protocol):
    """A broker of evtbdd's own, in this process."""

    @property
    def address(self) -> str:
        """Where it listens, once started."""

    def start(self) -> None:
        """Return when it answers."""

    def stop(self) -> None:
        """Return when it is gone."""


@dataclass
class Provisioned:
    """A broker to speak to, and what must be given back when it is no longer needed."""

    broker: Broker
    give_back: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Close the connection, then what was provisioned for it."""
        try:
            self.broker.close()
        finally:
            while self.give_back:
                self.give_back.pop()()


def provision(text: str, *, patience: float) -> Provisioned:
    """Open the broker of a URL; it is started where that is what the URL says.

    SettingsError where the URL cannot be meant; an external broker is not reached for yet.
    """
    url = BrokerUrl.parse(text)
    connect = adapter(url.scheme)
    if url.how in NOT_YET:
        raise SettingsError(
            f"{quoted(text)}: evtbdd cannot provision a broker by {quoted(url.how)} yet; name one "
            f"that runs ({url.scheme}://host:port), or use {_embedded(url.scheme)}."
        )
    if url.how not in {"", "embedded"}:
        raise SettingsError(
            f"{quoted(text)}: no way to get a broker is called {quoted(url.how)}. "
            f"{suggestion(url.how, ['embedded'], 'ways')}"
        )
    if url.how == "embedded":
        broker = embedded(url.scheme)
        broker.start()
        try:
            return Provisioned(connect(broker.address, patience=patience), [broker.stop])
        except BaseException:
            broker.stop()
            raise
    if url.scheme != "memory" and not url.address:
        raise SettingsError(
            f"{quoted(text)} names no address; it is written {url.scheme}://host:port."
        )
    return Provisioned(connect(url.address, patience=patience))


def embedded(scheme: str, *, port: int = 0) -> EmbeddedBroker:
    """A broker in this process, not started yet. SettingsError where there is none of that kind."""
    if scheme not in EMBEDDED:
        raise SettingsError(
            f"There is no embedded broker for {quoted(scheme)}; there is one for "
            f"{', '.join(map(quoted, EMBEDDED))}."
        )
    kind = cast(Callable[[int], EmbeddedBroker], load(EMBEDDED[scheme]))
    return kind(port)


def _embedded(scheme: str) -> str:
    return f"{scheme}+embedded://" if scheme in EMBEDDED else f"one of {', '.join(schemes())}"
