"""One reader for a whole run: positioned by hand, in no group, of what is committed alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Condition, Thread

from evtbdd.brokers.kafka.ends import TopicEnds
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.reading import Reading
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.brokers.kafka.watched import WatchedPartitions
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted

CLOSING = 5.0
"""Seconds that the thread is given to end."""


class KafkaReader:
    """The reader of a KafkaBroker; its thread starts with the first channel that is watched.

    What is to be read stands in `_watched`, with exact positions; the thread brings its fetches in
    line with that. So `watch` need not wait for the thread, and a connection that fails is replaced
    by one that goes on where it stopped. `patience` is how many seconds a node may take to answer.
    """

    def __init__(self, nodes: Nodes, topics: Topics, patience: float) -> None:
        self._address = nodes.address
        self._nodes = nodes
        self._topics = topics
        self._patience = patience
        self._ends = TopicEnds(nodes, topics)
        self._changed = Condition()
        self._watched = WatchedPartitions(self._address)
        self._reading: Reading | None = None
        self._thread: Thread | None = None
        self._closing = False
        self._failure: Exception | None = None

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Read from the ends on that are returned."""
        ends = self.ends(channels, deadline)
        with self._changed:
            self._require_alive()
            self._watched.add(ends, sink)
            reading = self._started()
        reading.wake()
        return ends

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these from now on."""
        with self._changed:
            self._watched.remove(channels)

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The last stable offset of every partition: an open transaction holds it back.

        Raises BrokerError for a topic that is not there.
        """
        self._require_alive()
        return self._ends.of(channels, deadline)

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Wait until all before the ends is read; markers and aborted records count as read.

        Raises BrokerError for a topic that was deleted, or whose records were, while it is watched.
        """
        with self._changed:
            self._require_alive()
            waiting = self._watched.until(ends)
            reached = self._changed.wait_for(
                lambda: self._closing or self._failure is not None or waiting.is_over(),
                deadline.remaining(),
            )
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
            if self._reading is not None:
                self._reading.end()
        if self._thread is not None:
            self._thread.join(CLOSING)

    def _started(self) -> Reading:
        """The reading, its thread at work."""
        if self._reading is None:
            self._reading = Reading(
                self._nodes, self._topics, self._watched, self._changed, self._patience
            )
            self._thread = Thread(target=self._run, name="evtbdd kafka reader", daemon=True)
            self._thread.start()
        return self._reading

    def _require_alive(self) -> None:
        if self._closing:
            raise BrokerUnavailable(f"The reader of Kafka at {self._address} is closed.")
        if self._failure is not None:
            raise BrokerUnavailable(
                f"The reader of Kafka at {self._address} has stopped: {self._failure!r}"
            ) from self._failure

    def _run(self) -> None:
        """What the thread does."""
        try:
            if self._reading is not None:
                self._reading.run()
        except Exception as error:  # noqa: BLE001 - told to every later caller
            with self._changed:
                self._failure = error
                self._changed.notify_all()
