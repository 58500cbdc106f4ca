"""How much a queue holds: what is ready by AMQP, what is not acknowledged by the management API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.errors import code
from evtbdd.brokers.rabbitmq.layout import QUORUM
from evtbdd.brokers.rabbitmq.management import Management, of_vhost
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.taps import Taps
from evtbdd.brokers.rabbitmq.topology import NOT_FOUND
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, UnsupportedCapability
from evtbdd.offers import Depth
from evtbdd.words import quoted

LATE = 5.5
"""Seconds after which a quorum queue has told its figures anew: it does so every five."""

# Without statistics RabbitMQ asks each classic queue itself; with them it tells what it was told up
# to five seconds ago. That is how it lists queues (HTTP API reference, GET /api/queues/vhost).
TOTALS = "disable_stats=true&enable_queue_totals=true&page=1&page_size=100&use_regex=true"


@dataclass(frozen=True, slots=True)
class _Declared:
    ready: int
    consumers: int


class Depths:
    """The depths of the queues of one virtual host."""

    def __init__(self, session: Session, taps: Taps, management: Management) -> None:
        self._session = session
        self._taps = taps
        self._management = management

    def depth(self, queue: str, deadline: Deadline) -> Depth:
        """What a queue holds. Without a management API what is not acknowledged is not told."""
        tap = self._taps.get(queue)
        if tap is not None and tap.layout.consumed:
            raise UnsupportedCapability(
                f"evtbdd itself takes what comes to the queue {quoted(queue)}, to show it, so nothing "
                "stays there; write watch = none in the section of its channel."
            )
        declared = self._session.run(
            f"count what is in the queue {quoted(queue)}",
            deadline,
            lambda: self._declared(queue),
            repeat=True,
        )
        if declared is None:
            raise BrokerError(
                f"There is no queue {quoted(queue)} in RabbitMQ at {self._session.shown}."
            )
        if not self._management.is_there(deadline):
            return Depth(declared.ready, None, declared.consumers)
        told = self._told(queue, deadline)
        unacknowledged = int(told["messages_unacknowledged"])
        if told["type"] != QUORUM:
            return Depth(int(told["messages_ready"]), unacknowledged, declared.consumers)
        late = LATE if declared.consumers or unacknowledged else 0.0
        return Depth(declared.ready, unacknowledged, declared.consumers, late)

    async def _declared(self, queue: str) -> _Declared | None:
        try:
            async with self._session.asking.lent() as channel:
                found = await channel.ask("queue_declare", queue, passive=True)
        except driver.ChannelClosedByBroker as error:
            if code(error) == NOT_FOUND:
                return None
            raise
        return _Declared(int(found.message_count), int(found.consumer_count))

    def _told(self, queue: str, deadline: Deadline) -> Mapping[str, Any]:
        named = quote(f"^{_literal(queue)}$", safe="")
        path = of_vhost("queues", self._session.address.vhost)
        page = self._management.get(f"{path}?{TOTALS}&name={named}", deadline) or {}
        for each in page.get("items", ()):
            if each["name"] == queue and "messages_unacknowledged" in each:
                found: Mapping[str, Any] = each
                return found
        raise BrokerError(
            f"RabbitMQ at {self._session.shown} does not tell what the queue {quoted(queue)} holds."
        )


def _literal(text: str) -> str:
    """The text as a regular expression of Erlang's (PCRE) that fits it alone."""
    return "".join(each if each.isalnum() else rf"\x{{{ord(each):x}}}" for each in text)
