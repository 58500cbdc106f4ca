"""The real Kafka of the benchmarks, and what is spoken to it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from kafka import KafkaAdminClient

from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.local_kafka import LocalKafka


@contextmanager
def real_kafka() -> Iterator[str]:
    """Where a Kafka of its own listens, as `kafka+local://` starts it."""
    keeper = HeldKeeper()
    kafka = LocalKafka(keeper)
    try:
        kafka.start()
        yield kafka.address
    finally:
        kafka.stop()
        keeper.close()


@contextmanager
def topics(address: str, number: int) -> Iterator[list[str]]:
    """New topics with a partition each, deleted in the end."""
    names = [f"floor-{uuid4().hex[:8]}-{each}" for each in range(number)]
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        admin.create_topics({name: {"num_partitions": 1} for name in names}, wait_for_metadata=True)
        yield names
        admin.delete_topics(names)
    finally:
        admin.close()
