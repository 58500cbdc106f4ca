"""By kafka-python: a producer, and a consumer that is positioned, both for the whole run."""

from __future__ import annotations

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition


class Link:
    """A connection to the Kafka at `host:port`."""

    def __init__(self, address: str) -> None:
        # Else each question that comes too early for a new topic is repeated after 100 ms.
        common = {"bootstrap_servers": address, "retry_backoff_ms": 10}
        self._admin = KafkaAdminClient(**common)
        self._producer = KafkaProducer(**common, linger_ms=0)
        self._consumer = KafkaConsumer(
            **common,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            fetch_max_wait_ms=10,
        )

    def create(self, name: str) -> None:
        self._admin.create_topics({name: {"num_partitions": 1}}, wait_for_metadata=True)
        partition = TopicPartition(name, 0)
        self._consumer.assign([partition])
        self._consumer.seek_to_end(partition)
        self._consumer.position(partition)

    def publish(self, name: str, key: str, payload: bytes) -> None:
        self._producer.send(name, payload, key.encode()).get(10)

    def receive(self) -> bytes:
        while True:
            for records in self._consumer.poll(timeout_ms=1000).values():
                return bytes(records[0].value)

    def delete(self, name: str) -> None:
        self._admin.delete_topics([name])

    def close(self) -> None:
        for each in (self._producer, self._consumer, self._admin):
            each.close()
