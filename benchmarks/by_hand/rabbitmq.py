"""By pika: one connection, confirmed and mandatory publishing, and a queue beside the service's.

The event stays in the durable queue for a service; it is seen by an exclusive one, bound as that is.
"""

from __future__ import annotations

import pika


class Link:
    """A connection to the RabbitMQ at what stands behind `amqp://`."""

    def __init__(self, address: str) -> None:
        url = f"amqp://{address.partition('?')[0]}"
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self._seen: list[bytes] = []
        self._consumer = ""

    def create(self, name: str) -> None:
        self._channel.exchange_declare(name, "topic", durable=True)
        self._channel.queue_declare(name, durable=True)
        self._channel.queue_bind(name, name, "#")
        beside = self._channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
        self._channel.queue_bind(beside, name, "#")
        self._consumer = self._channel.basic_consume(
            beside, lambda _, __, ___, body: self._seen.append(body), auto_ack=True
        )

    def publish(self, name: str, key: str, payload: bytes) -> None:
        properties = pika.BasicProperties(headers={"key": key}, delivery_mode=2)
        self._channel.basic_publish(name, key, payload, properties, mandatory=True)

    def receive(self) -> bytes:
        while not self._seen:
            self._connection.process_data_events(time_limit=1)
        return self._seen.pop(0)

    def delete(self, name: str) -> None:
        self._channel.basic_cancel(self._consumer)
        self._channel.queue_delete(name)
        self._channel.exchange_delete(name)

    def close(self) -> None:
        self._connection.close()
