"""Answers each event on `orders` by one on `shipments`, and then acknowledges it, one at a time.

An order that says `"hold": true` is not answered before somebody opens the gate, a FIFO. Where the
environment names no channels, their names are built in.
"""

import json
import os
import signal
import sys
from pathlib import Path

from confluent_kafka import Consumer, Producer

ORDERS = os.environ.get("ORDERS", "fixed.orders")
SHIPMENTS = os.environ.get("SHIPMENTS", "fixed.shipments")
GROUP = os.environ.get("GROUP", "fixed-group")


def main() -> None:
    """Serve until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    broker = {"bootstrap.servers": os.environ["KAFKA"]}
    consumer = Consumer(
        {
            **broker,
            "group.id": GROUP,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            # A killed one is in the way of the next for as long.
            "session.timeout.ms": 6000,
        }
    )
    producer = Producer({**broker, "linger.ms": 0})
    consumer.subscribe([ORDERS])
    print("consuming", ORDERS, flush=True)
    while True:
        record = consumer.poll(0.1)
        if record is None:
            continue
        if record.error():
            sys.exit(str(record.error()))
        order = json.loads(record.value())
        if order.get("hold"):
            Path(os.environ["GATE"]).read_text()
        answer = json.dumps({"orderId": order["orderId"], "status": "shipped"}).encode()
        producer.produce(SHIPMENTS, answer, record.key(), headers=[("type", b"OrderShipped")])
        producer.flush(10)
        consumer.commit(record, asynchronous=False)


if __name__ == "__main__":
    main()
