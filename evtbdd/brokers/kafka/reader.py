"""One consumer for a whole run: assigned and positioned by hand, in no group, read_committed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from threading import Condition, Thread
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from evtbdd.brokers.kafka.client import Client, opened
from evtbdd.brokers.kafka.ends import TopicEnds
from evtbdd.brokers.kafka.errors import translated
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.kafka.watched import WatchedPartitions
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted

POLL = 10
"""Milliseconds after which the thread looks for something new to watch."""

LOOK = 2
"""Milliseconds between two looks whether the leader of a new topic is known by now."""

PAUSE = 0.2
"""Seconds after which a consumer that failed is replaced."""

GONE = 1.0
"""Seconds for which a topic must be missing to be looked for, and between two such looks."""

CLOSING = 5.0
"""Seconds that the thread is given to end."""


class KafkaReader:
    """The reader of a KafkaBroker; its thread starts with the first channel that is watched.

    What is to be read stands in `_watched`, with exact positions; the thread brings its consumer in
    line with that. So `watch` need not wait for the thread, and a consumer that fails is replaced
    by one that goes on where it stopped.
    """

    def __init__(self, options: Mapping[str, Any], nodes: Nodes, topics: Topics) -> None:
        self._address = nodes.address
        self._options = options
        self._topics = topics
        self._ends = TopicEnds(nodes, topics)
        self._changed = Condition()
        self._watched = WatchedPartitions(self._address)
        self._client: Client | None = None
        self._thread: Thread | None = None
        self._closing = False
        self._failure: Exception | None = None
        self._looked = 0.0

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Read from the ends on that are returned."""
        ends = self.ends(channels, deadline)
        with self._changed:
            self._require_alive()
            self._watched.add(ends, sink)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="evtbdd kafka reader", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return ends

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these from now on, and ask no more for their metadata."""
        with self._changed:
            self._watched.remove(channels)
            if self._client is not None:
                self._client.forget(channels)
            self._changed.notify_all()

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The last stable offset of every partition: an open transaction holds it back.

        Raises BrokerError for a topic that is not there.
        """
        self._require_alive()
        return self._ends.of(channels, deadline)

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Wait until the consumer has passed the ends; markers and aborted records count as read.

        Raises BrokerError for a topic that was deleted, or whose records were, while it is watched.
        """
        with self._changed:
            self._require_alive()
            waiting = self._watched.until(ends)
            reached = self._changed.wait_for(
                lambda: self._closing or self._failure is not None or waiting.is_over(),
                deadline.remaining(),
            )
            self._watched.no_longer(waiting)
            self._require_alive()
            waiting.raise_failure()
        if not reached:
            raise BrokerUnavailable(
                f"Kafka at {self._address} did not hand over all that it has stored on "
                f"{quoted(next(iter(ends)))} in time."
            )

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING)

    def _require_alive(self) -> None:
        if self._closing:
            raise BrokerUnavailable(f"The reader of Kafka at {self._address} is closed.")
        if self._failure is not None:
            raise BrokerUnavailable(
                f"The reader of Kafka at {self._address} has stopped: {self._failure!r}"
            ) from self._failure

    def _run(self) -> None:
        """The thread: read with one consumer after another, until it is closed."""
        try:
            while not self._closing:
                try:
                    self._read()
                except KafkaError:
                    with self._changed:
                        self._changed.wait_for(lambda: self._closing, PAUSE)
        except Exception as error:  # noqa: BLE001 - told to every later caller
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _read(self) -> None:
        """Read with one consumer; return when the reader closes. Raises KafkaError."""
        patience = self._options["request_timeout_ms"] / 1000
        consumer, client = opened(KafkaConsumer, self._all_options(), Deadline.after(patience))
        try:
            with self._changed:
                self._client = client
                self._watched.place_all_again()
            while self._wait_for_work():
                self._give_up_deleted(client)
                self._bring_in_line(consumer, client)
                try:
                    polled = consumer.poll(timeout_ms=POLL)
                except OffsetOutOfRangeError as error:
                    self._lost(error)
                else:
                    self._hand_over(consumer, polled)
        finally:
            with self._changed:
                self._client = None
            consumer.close(timeout_ms=1000)

    def _all_options(self) -> Mapping[str, Any]:
        return {
            **self._options,
            "group_id": None,
            "enable_auto_commit": False,
            "isolation_level": "read_committed",
            "auto_offset_reset": "none",
            "fetch_max_wait_ms": 10,
            "retry_backoff_ms": LOOK,
            "max_partition_fetch_bytes": 8 * 1024 * 1024,
            # TCP has checked them; without the crc32c package a megabyte would take a second.
            "check_crcs": False,
            "metrics_enabled": False,
        }

    def _wait_for_work(self) -> bool:
        """Whether to go on, as soon as there is something to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._watched.is_busy())
            return not self._closing

    def _bring_in_line(self, consumer: KafkaConsumer, client: Client) -> None:
        with self._changed:
            if self._watched.changed:
                self._watched.place(consumer)
                client.forget(client.missing_since.keys() - self._watched.topics())

    def _give_up_deleted(self, client: Client) -> None:
        """Stop reading topics that somebody else has deleted: the driver would ask for ever."""
        now = time.monotonic()
        missing = [topic for topic, since in client.missing_since.items() if now - since > GONE]
        if not missing or now - self._looked < GONE:
            return
        self._looked = now
        try:
            # What the consumer knows may be old: it asks behind what it fetches, and may be slow.
            gone = set(missing) - self._topics.lanes(missing, Deadline.after(GONE)).keys()
        except BrokerUnavailable:
            return
        with self._changed:
            self._watched.give_up(gone)
            self._changed.notify_all()

    def _hand_over(self, consumer: KafkaConsumer, polled: Mapping[TopicPartition, Any]) -> None:
        with self._changed:
            for partition, records in polled.items():
                if (watched := self._watched.get(partition)) is not None:
                    for record in records:
                        watched.hand_over(record)
            if self._watched.note_positions(consumer) or polled:
                self._changed.notify_all()

    def _lost(self, error: OffsetOutOfRangeError) -> None:
        """Records that were to be read were deleted, or lost by the broker: say so, read the rest."""
        with self._changed:
            for partition in error.args[0]:
                doing = f"be read on the topic {quoted(partition.topic)}"
                self._watched.fail(partition, translated(error, self._address, doing))
            self._changed.notify_all()
