"""The services over RabbitMQ, by pika: each channel is a topic exchange and a queue of its name.

The key is the header `key`, the routing key is the event's type.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pika
from brokers import Delivery
from messages import Answer, Event, Headers
from pika.exceptions import ChannelClosedByBroker

KEY = "key"
AHEAD = 10  # events that are handed out before the first of them is acknowledged
logging.getLogger("pika").setLevel(logging.CRITICAL)  # what goes wrong is said by the service
LOOK = 0.2  # seconds between two looks for a queue that is not there yet


class Source:
    """Consumes a queue, and waits for it where it is not there yet."""

    def __init__(self, address: str, _: str, queue: str, log: logging.Logger) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(address))
        self._queue = queue
        self._log = log
        self._missed = False
        self._consume()

    def _consume(self) -> None:
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=AHEAD)
        self._deliveries: Iterator[Any] = self._channel.consume(self._queue, inactivity_timeout=0.1)

    def next(self) -> Delivery | None:
        """What came within a tenth of a second."""
        try:
            method, properties, body = next(self._deliveries, (None, None, None))
        except ChannelClosedByBroker as error:
            self._complain(error)
            self._consume()
            return None
        if method is None:
            return None
        headers = dict(properties.headers or {})
        key = headers.pop(KEY, None)
        event = Event(
            f"delivery {method.delivery_tag}",
            None if key is None else bytes_of(key),
            body,
            [(name, bytes_of(value)) for name, value in headers.items()],
        )
        return Delivery(event, method.delivery_tag)

    def _complain(self, error: ChannelClosedByBroker) -> None:
        if not self._missed:
            self._log.warning("%s", error.reply_text)
            self._missed = True
        time.sleep(LOOK)

    def acknowledge(self, delivery: Delivery) -> None:
        """Have it taken from the queue."""
        self._channel.basic_ack(delivery.handle)

    def close(self) -> None:
        """Give back what was not acknowledged."""
        self._connection.close()


class Target:
    """Publishes to exchanges, with confirms."""

    def __init__(self, address: str, _: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(address))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()

    def publish(self, answers: list[tuple[str, Answer]]) -> None:
        """Return when the broker has them all; raise AMQPError if not, or if no queue takes one."""
        self._connection.process_data_events()  # heartbeats, after a long time without an event
        for exchange, answer in answers:
            headers = {name: value and value.decode() for name, value in answer.headers}
            if answer.key is not None:
                headers[KEY] = answer.key.decode()
            self._channel.basic_publish(
                exchange,
                routing_key(answer.headers) or exchange,
                answer.encoded() or b"",
                pika.BasicProperties(
                    delivery_mode=pika.DeliveryMode.Persistent.value,
                    message_id=str(uuid.uuid4()),
                    headers=headers,
                ),
                mandatory=True,
            )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def routing_key(headers: Headers) -> str:
    """The event's type, if it has one."""
    return (dict(headers).get("type") or b"").decode(errors="replace")


def bytes_of(value: object) -> bytes:
    """A header's value, as text has it."""
    return value if isinstance(value, bytes) else str(value).encode()
