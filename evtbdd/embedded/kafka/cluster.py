"""Everything a broker knows: what handlers read and change, always from its own event loop."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from evtbdd.clock import MONOTONIC, Clock
from evtbdd.embedded.kafka.coordinator import Coordinator
from evtbdd.embedded.kafka.topics import Topics
from evtbdd.embedded.kafka.transactions import Transactions

NODE = 1
"""The id of the only node."""


def wall_clock() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass
class Cluster:
    """The state of a broker, and where it listens.

    `advertised` is the host and port that clients are told, where that is not where it listens.
    """

    host: str
    port: int
    auto_create: bool
    default_partitions: int
    initial_rebalance_delay: float
    advertised: tuple[str, int] | None = None
    clock: Clock = MONOTONIC
    now: Callable[[], int] = wall_clock
    cluster_id: str = field(default_factory=lambda: uuid.uuid4().hex[:22])
    topics: Topics = field(default_factory=Topics)
    groups: Coordinator = field(init=False)
    transactions: Transactions = field(init=False)

    @property
    def told(self) -> tuple[str, int]:
        """Where clients are sent."""
        return self.advertised or (self.host, self.port)

    def __post_init__(self) -> None:
        self.groups = Coordinator(self.clock, self.initial_rebalance_delay)
        self.transactions = Transactions(self.clock, self.now, self.topics, self.groups)

    def close(self) -> None:
        """Let no timer ring any more; what is stored stays."""
        self.groups.alarm.cancel()
        self.transactions.alarm.cancel()

    def resume(self) -> None:
        """Set the timers; to be called within the running event loop."""
        self.groups.alarm.set()
        self.transactions.alarm.set()
