"""The shop's exchanges and queues on RabbitMQ, and how tests look at them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pika
from systems.shops import CHANNELS, PATIENCE, Seen


class RabbitGround:
    """The channels of one test: a topic exchange and a queue each, and a queue of the tests' own."""

    any_bytes = True

    def __init__(self, address: str, name: str) -> None:
        self.url = f"amqp://{address.partition('?')[0]}"
        self._management = management(address)
        self.name = name
        self._connection = pika.BlockingConnection(pika.URLParameters(self.url))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self._found: dict[str, list[Seen]] = {channel: [] for channel in CHANNELS}
        for channel in CHANNELS:
            exchange = self.called(channel)
            self._channel.exchange_declare(exchange, "topic", durable=True)
            for queue in (exchange, seen_by_tests(exchange)):
                self._channel.queue_declare(queue, durable=True)
                self._channel.queue_bind(queue, exchange, "#")

    def called(self, channel: str) -> str:
        """The exchange and the queue behind a channel."""
        return f"{self.name}-{channel}"

    def environment(self, service: str) -> Mapping[str, str]:
        """Where it is."""
        del service
        return {"BROKER": self.url}

    def begin(self, service: str, channel: str) -> None:
        """Nothing: a queue holds what nobody has consumed."""

    def publish(self, channel: str, key: str, value: bytes | None, headers: dict[str, str]) -> None:
        """Publish an event to an exchange."""
        assert value is not None, "RabbitMQ has no tombstones"
        properties = pika.BasicProperties(headers={**headers, "key": key})
        self._channel.basic_publish(
            self.called(channel), "some.key", value, properties, mandatory=True
        )

    def events(self, channel: str) -> list[Seen]:
        """Everything that came on an exchange."""
        found = self._found[channel]
        while True:
            method, properties, body = self._channel.basic_get(
                seen_by_tests(self.called(channel)), auto_ack=True
            )
            if method is None:
                return list(found)
            headers = dict(properties.headers)
            found.append(Seen(headers.pop("key"), body, headers))

    def open(self, service: str, channel: str) -> int:
        """What the queue holds: ready, or handed out and not acknowledged."""
        del service
        with urlopen(self._management, timeout=PATIENCE) as answer:
            queues = {each["name"]: each["messages"] for each in json.load(answer)}
        return queues[self.called(channel)]

    def place(self, number: int) -> str:
        """The number of the delivery, from 1."""
        return f"delivery {number + 1}"

    def close(self) -> None:
        """Delete all exchanges and queues."""
        for channel in CHANNELS:
            exchange = self.called(channel)
            self._channel.queue_delete(exchange)
            self._channel.queue_delete(seen_by_tests(exchange))
            self._channel.exchange_delete(exchange)
        self._connection.close()


def seen_by_tests(exchange: str) -> str:
    """The queue that keeps what comes on an exchange for the tests."""
    return f"{exchange}-seen"


def management(address: str) -> Request:
    """What lists the queues of the default vhost with what they hold at this moment."""
    parts = urlsplit(f"amqp://{address}")
    port = parse_qs(parts.query).get("management", ["15672"])[0]
    where = port if "://" in port else f"http://{parts.hostname}:{port}"
    user = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    return Request(
        f"{where}/api/queues/%2F?disable_stats=true&enable_queue_totals=true",
        headers={"Authorization": f"Basic {user}"},
    )
