"""The broker as its users see it: start, address, stop."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType

from evtbdd.embedded.demands import NO_DEMANDS, Demands
from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.connection import Answer, Connection
from evtbdd.embedded.kafka.dispatch import Dispatcher
from evtbdd.embedded.kafka.layers import Encrypted, Plaintext
from evtbdd.embedded.kafka.login import Login
from evtbdd.errors import BrokerUnavailable
from evtbdd.loopback import HOST, listener

START_TIMEOUT = 10.0
STOP_TIMEOUT = 10.0
_MOST_FAILURES = 1000


class EmbeddedKafka:
    """A Kafka broker in a daemon thread of this process; what it stores lives as long as the object.

    `port` 0 takes a free one. With `auto_create` a client that asks for an unknown topic's metadata
    creates it, with `default_partitions` partitions; without, nothing but CreateTopics does.
    `initial_rebalance_delay`, in seconds, is how long a new group waits for further members.
    `demands` is what clients must show to be let in: TLS, and a user by SASL PLAIN. `advertised` is
    the host and port that it sends them to, where that is not where it listens.
    `failures` tells, a line each, which requests could not be answered, and who was not let in;
    their connections were closed.

    After `stop` it may be started again, on the same port and with everything it had stored.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        auto_create: bool = False,
        initial_rebalance_delay: float = 0.0,
        default_partitions: int = 1,
        demands: Demands = NO_DEMANDS,
        advertised: tuple[str, int] | None = None,
    ) -> None:
        self.failures: list[str] = []
        self._cluster = Cluster(
            HOST, port, auto_create, default_partitions, initial_rebalance_delay, advertised
        )
        self._demands = demands
        self._connections: set[Connection] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`; the port is known once the broker was started."""
        return f"{HOST}:{self._cluster.port}"

    def start(self) -> None:
        """Return when the port answers; raises `BrokerUnavailable` where it is taken."""
        if self._thread is not None:
            return
        listening = _listener(self._cluster.port)
        self._cluster.port = listening.getsockname()[1]
        serving = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening, serving)),
            name=f"embedded-kafka-{self._cluster.port}",
            daemon=True,
        )
        self._thread.start()
        if not serving.wait(START_TIMEOUT):
            raise BrokerUnavailable(
                f"The embedded Kafka broker at {self.address} did not start within "
                f"{START_TIMEOUT:g} seconds."
            )

    def stop(self) -> None:
        """Close the port and every connection, and end the thread; twice does no harm."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join(STOP_TIMEOUT)
        if thread.is_alive():
            raise BrokerUnavailable(
                f"The embedded Kafka broker at {self.address} did not stop within "
                f"{STOP_TIMEOUT:g} seconds."
            )

    def __enter__(self) -> EmbeddedKafka:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def _serve(self, listener: socket.socket, serving: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = await self._loop.create_server(self._connection, sock=listener)
        self._cluster.resume()
        serving.set()
        try:
            await self._stopping.wait()
        finally:
            server.close()
            self._cluster.close()
            await self._disconnect()

    def _connection(self) -> Connection:
        tls, users = self._demands.tls, self._demands.users
        layer = Plaintext() if tls is None else Encrypted(tls)
        answer: Answer = Dispatcher(self._cluster, self._failed)
        if users:
            answer = Login(users, self._cluster, self._failed, answer)
        return Connection(layer, answer, self._failed, self._connections)

    async def _disconnect(self) -> None:
        tasks = [c.task for c in self._connections if c.task]
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _failed(self, sentence: str) -> None:
        if len(self.failures) < _MOST_FAILURES:
            self.failures.append(sentence)


def _listener(port: int) -> socket.socket:
    try:
        return listener(port)
    except OSError as error:
        raise BrokerUnavailable(
            f"No embedded Kafka broker can listen at {HOST}:{port}: {error.strerror}. "
            "Port 0 takes a free one."
        ) from error
