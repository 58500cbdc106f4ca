"""An embedded Kafka in a process of its own, as somebody else's broker, and what lies on it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient


@contextmanager
def embedded_elsewhere() -> Iterator[str]:
    """Its address, `host:port`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evtbdd.cli.main", "broker", "kafka"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("kafka://")
    finally:
        process.terminate()
        process.communicate()


def everything_on(address: str) -> tuple[list[str], list[str]]:
    """The topics and the groups on a Kafka, but for its own."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        topics = [each for each in admin.list_topics() if not each.startswith("__")]
        return sorted(topics), sorted(each["group_id"] for each in admin.list_groups())
    finally:
        admin.close()
