"""The system under test: answers each order on `orders` by `{orderId, status: created}`."""

import json
import os
import signal
import sys

from confluent_kafka import Consumer, Producer


def main() -> None:
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    broker = {"bootstrap.servers": os.environ["KAFKA"]}
    start = {"auto.offset.reset": "earliest", "group.id": os.environ["GROUP"]}
    consumer = Consumer({**broker, **start})
    producer = Producer({**broker, "linger.ms": 0})
    consumer.subscribe([os.environ["ORDERS"]])
    while not ended:
        record = consumer.poll(0.1)
        producer.poll(0)
        if record is None:
            continue
        if record.error():
            sys.exit(str(record.error()))
        answer = {"orderId": json.loads(record.value())["orderId"], "status": "created"}
        producer.produce(os.environ["SHIPMENTS"], json.dumps(answer).encode(), record.key())
    producer.flush(5)
    consumer.close()


if __name__ == "__main__":
    main()
