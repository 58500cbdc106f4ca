"""The stock service as it runs in production: its handlers on a consumer of Kafka."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from typing import Any

from confluent_kafka import Consumer, Producer
from handlers import NotSaved, Stock

STOPPING = threading.Event()


class Publishing:
    """Publishes what the handlers say, and returns when it is stored."""

    def __init__(self, address: str) -> None:
        self._producer = Producer({"bootstrap.servers": address, "linger.ms": 0})

    def __call__(self, channel: str, payload: Any, *, type: str, key: str) -> None:
        self._producer.produce(
            os.environ[channel.upper()],
            json.dumps(payload).encode(),
            key.encode(),
            headers=[("type", type.encode())],
        )
        self._producer.flush()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: STOPPING.set())
    logging.basicConfig(format="stock: %(message)s", level=logging.INFO)
    stock = Stock(Publishing(os.environ["KAFKA"]), os.environ)
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA"],
            "group.id": os.environ["GROUP"],
            "enable.auto.commit": False,
            "heartbeat.interval.ms": 300,
            "fetch.wait.max.ms": 20,
        }
    )
    consumer.subscribe([os.environ["ORDERS"]])
    while not STOPPING.is_set():
        message = consumer.poll(0.1)
        if message is None or message.error():
            continue
        kind = dict(message.headers() or ())["type"].decode()
        try:
            Stock.handles[kind](stock, json.loads(message.value()), message.key().decode())
        except NotSaved as error:
            logging.warning("rejected: %s", error)
        consumer.commit(message, asynchronous=False)
    consumer.close()


if __name__ == "__main__":
    main()
