"""The table of promises at the end, and servers: one for all tests, and some of a test's own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from redis_server import RedisServer

from evtbdd.clock import Deadline
from evtbdd.conformance.table import pytest_runtest_makereport, pytest_terminal_summary
from evtbdd.ports import ChannelPlan
from evtbdd_redis_streams.adapter import RedisBroker, connect

__all__ = ["pytest_runtest_makereport", "pytest_terminal_summary"]

PATIENCE = 10.0

Serve = Callable[..., RedisServer]
Connect = Callable[..., RedisBroker]


@pytest.fixture(scope="session", autouse=True)
def _redis_is_installed() -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("There is no redis-server on the PATH.")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The one that most tests share."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(option, …, durable=False)` starts a server of the test's own."""
    with ExitStack() as ended:

        def start(*options: str, durable: bool = False) -> RedisServer:
            own = RedisServer(tmp_path, *options, durable=durable)
            ended.callback(own.kill)
            own.start()
            return own

        yield start


@pytest.fixture
def connected() -> Iterator[Connect]:
    """`connected(address, patience=…)` is the adapter's connection, closed with the test."""
    with ExitStack() as ended:

        def open_one(address: str, patience: float = PATIENCE) -> RedisBroker:
            broker = connect(address, patience=patience)
            ended.callback(broker.close)
            return broker

        yield open_one


@pytest.fixture
def broker(server: RedisServer, connected: Connect) -> RedisBroker:
    """The adapter under test."""
    return connected(server.address)


@pytest.fixture
def plain(server: RedisServer) -> Iterator[redis.Redis]:
    """Somebody else on the same server, with the driver alone."""
    with redis.Redis(port=server.port) as client:
        yield client


@pytest.fixture
def orders(broker: RedisBroker) -> Iterator[str]:
    """A stream of the test's own."""
    yield from _stream(broker)


@pytest.fixture
def shipments(broker: RedisBroker) -> Iterator[str]:
    """Another one."""
    yield from _stream(broker)


def _stream(broker: RedisBroker) -> Iterator[str]:
    name = f"evtbdd-test-{uuid.uuid4().hex[:12]}"
    broker.create([ChannelPlan(name)], Deadline.after(PATIENCE))
    yield name
    broker.delete([name], Deadline.after(PATIENCE))
