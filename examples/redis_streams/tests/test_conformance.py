"""The adapter keeps what every broker promises, on a real Redis."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import ClassVar

import pytest
from conftest import Connect, Serve
from redis_server import RedisServer

from evtbdd.conformance import (
    BrokerConformance,
    Mortal,
    RemoteConformance,
    SharedConformance,
)
from evtbdd.ports import Broker


class TestRedis(BrokerConformance, SharedConformance, RemoteConformance):
    """All promises but those about groups, which Redis does not make."""

    adapter: ClassVar[str] = "Redis"

    @pytest.fixture
    def broker(self, server: RedisServer, connected: Connect) -> Broker:
        return connected(server.address)

    @pytest.fixture
    def second_connection(self, server: RedisServer, connected: Connect) -> Broker:
        return connected(server.address)

    @pytest.fixture
    def unreachable(self, connected: Connect) -> Iterator[Broker]:
        # Bound, and not listened on: nobody else can begin to.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            yield connected(f"127.0.0.1:{taken.getsockname()[1]}")

    @pytest.fixture
    def mortal(self, serve: Serve, connected: Connect) -> Mortal:
        own = serve()
        return Mortal(connected(own.address), own.kill)
