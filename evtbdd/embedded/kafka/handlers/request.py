"""What a handler is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.protocol import Fields


@dataclass(frozen=True, slots=True)
class Request:
    """A decoded request: `body` is kafka-python's instance, of `version`; who sent it, from where."""

    body: Any
    version: int
    client_id: str
    host: str


Handler = Callable[[Cluster, Request], "Fields | Awaitable[Fields | None] | None"]
"""Answers a request; None where the protocol has no answer. Any exception closes the connection."""
