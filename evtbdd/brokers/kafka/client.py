"""kafka-python's network client, with three habits changed.

A call waits no longer than its deadline allows; metadata never creates a topic; and metadata of a new
topic is asked for at once, where the driver would let 100 ms pass since it last asked for any (3.0.12).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.selector import NetworkSelector

from evtbdd.clock import Deadline
from evtbdd.words import duration

PROMPT = 5
"""Milliseconds between two questions for metadata."""

PATIENT = 100
"""The same once one has been missing for long: it was deleted, and never will be there."""

LONG = 0.3
"""Seconds for which a topic that was just made may be missing, at the most."""


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
    """What an admin client or a consumer talks through; `opened` makes one."""

    def __init__(self, **options: Any) -> None:
        self._loop = BoundedLoop(**options)
        super().__init__(net=self._loop, **options)
        self.missing_since: Mapping[str, float] = {}
        self.cluster.config["allow_auto_create_topics"] = False
        self.cluster.config["retry_backoff_ms"] = PROMPT
        self.cluster.add_listener(self._note_missing)

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

    def forget(self, topics: Iterable[str]) -> None:
        """Ask no more for these: the driver would ask for a deleted topic for ever."""
        # Replaced, never changed: the driver's own thread may be going through it.
        self.cluster._topics = self.cluster._topics - set(topics)

    def refresh(self, deadline: Deadline) -> None:
        """Return when metadata was answered once more, or at the deadline."""
        answered = threading.Event()
        self.cluster.request_update().add_both(lambda _: answered.set())
        self.wakeup()
        answered.wait(deadline.remaining())

    def _note_missing(self, cluster: Any) -> None:
        missing = cluster._topics - cluster.topics(exclude_internal_topics=False)
        now = time.monotonic()
        self.missing_since = {topic: self.missing_since.get(topic, now) for topic in missing}
        for_long = any(now - since > LONG for since in self.missing_since.values())
        cluster.config["retry_backoff_ms"] = PATIENT if for_long else PROMPT


def opened(
    kind: Callable[..., Any], options: Mapping[str, Any], deadline: Deadline
) -> tuple[Any, Client]:
    """An admin client or a consumer, with the client that it talks through.

    Raises KafkaError where it cannot be made by the deadline; then none of its threads is left.
    """
    made: list[Client] = []

    def make(**all_options: Any) -> Client:
        made.append(Client(**all_options))
        made[0].bind(deadline)
        return made[0]

    milliseconds = max(1, int(deadline.remaining() * 1000))
    try:
        driver = kind(**{**options, "bootstrap_timeout_ms": milliseconds}, kafka_client=make)
    except BaseException:
        for client in made:
            client.close()
        raise
    made[0].bind(None)
    return driver, made[0]
