"""kafka-python's network client, with two habits changed.

A call waits no longer than its deadline allows, and metadata never creates a topic.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.selector import NetworkSelector

from evtbdd.clock import Deadline
from evtbdd.words import duration


class BoundedLoop(NetworkSelector):  # type: ignore[misc]  # the driver has no types
    """The driver's event loop; a thread that set a deadline waits for it no longer than that."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._of_thread = threading.local()

    def bind(self, deadline: Deadline | None) -> None:
        """Let calls of this thread end at the deadline; None lets them end when they do."""
        self._of_thread.deadline = deadline

    def run(self, coroutine: Any, *arguments: Any) -> Any:
        """What the coroutine returns or raises; KafkaTimeoutError at the deadline."""
        deadline: Deadline | None = getattr(self._of_thread, "deadline", None)
        if deadline is None or self._io_thread is None:
            return super().run(coroutine, *arguments)
        done = threading.Event()
        future = self.call_soon_with_future(coroutine, *arguments)
        future.add_both(lambda _: done.set())
        if not done.wait(deadline.remaining()):
            raise KafkaTimeoutError(f"no answer within {duration(deadline.seconds)}")
        if future.exception is not None:
            raise future.exception
        return future.value


class Client(KafkaNetClient):  # type: ignore[misc]  # the driver has no types
    """What an admin client talks through; `opened` makes one."""

    def __init__(self, **options: Any) -> None:
        self._loop = BoundedLoop(**options)
        super().__init__(net=self._loop, **options)
        self.cluster.config["allow_auto_create_topics"] = False

    def bind(self, deadline: Deadline | None) -> None:
        """As BoundedLoop.bind."""
        self._loop.bind(deadline)

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Have calls of this thread end at the deadline."""
        self.bind(deadline)
        try:
            yield
        finally:
            self.bind(None)

    def refresh(self, deadline: Deadline) -> None:
        """Return when metadata was answered once more, or at the deadline."""
        answered = threading.Event()
        self.cluster.request_update().add_both(lambda _: answered.set())
        self.wakeup()
        answered.wait(deadline.remaining())


def opened(options: Mapping[str, Any], deadline: Deadline) -> tuple[KafkaAdminClient, Client]:
    """An admin client, with the client that it talks through.

    Raises KafkaError where it cannot be made by the deadline; then none of its threads is left.
    """
    made: list[Client] = []

    def make(**all_options: Any) -> Client:
        made.append(Client(**all_options))
        made[0].bind(deadline)
        return made[0]

    milliseconds = max(1, int(deadline.remaining() * 1000))
    try:
        admin = KafkaAdminClient(
            **{**options, "bootstrap_timeout_ms": milliseconds}, kafka_client=make
        )
    except BaseException:
        for client in made:
            client.close()
        raise
    made[0].bind(None)
    return admin, made[0]
