"""From what a node has answered to what the sinks get; and what can never be read."""

from __future__ import annotations

from threading import Condition

from kafka import errors as driver

from evtbdd.brokers.kafka.batches import committed, end
from evtbdd.brokers.kafka.errors import translated
from evtbdd.brokers.kafka.fetch import Found
from evtbdd.brokers.kafka.watched import Watched, WatchedPartitions
from evtbdd.errors import BrokerError
from evtbdd.words import quoted


class Delivery:
    """Hands over what is watched still, each record once; the lock of `watched` is `changed`."""

    def __init__(self, watched: WatchedPartitions, changed: Condition) -> None:
        self._watched = watched
        self._changed = changed

    def accept(self, watched: Watched, found: Found) -> bool:
        """Go on behind what was found; whether there is something to hand over."""
        watched.since = None
        if not found.batches:
            return False
        try:
            behind = end(found.batches)
        except driver.KafkaError as error:
            self.fail(watched, found, error)
            return False
        if behind is not None:
            watched.position = max(watched.position, behind)
        return behind is not None

    def hand_over(self, watched: Watched, found: Found) -> None:
        """Give it to the sink, a little at a time: so the lock is never held for long."""
        partition = found.partition
        try:
            for records, behind in committed(partition, found.batches, found.aborted):
                with self._changed:
                    if not self._watched.is_watched(partition, watched):
                        return
                    watched.hand_over(records, behind)
                    self._changed.notify_all()
        except driver.KafkaError as error:
            self.fail(watched, found, error)

    def fail(self, watched: Watched, found: Found, error: Exception) -> None:
        """Read the partition no further, for such an error will not pass; others are read on."""
        with self._changed:
            self._watched.fail(found.partition, watched, self._failure(found, error))
            self._changed.notify_all()

    def _failure(self, found: Found, error: Exception) -> BrokerError:
        topic, address = quoted(found.partition.topic), self._watched.address
        if isinstance(error, driver.UnsupportedCodecError):
            (compression,) = error.args
            return BrokerError(
                f"What is stored on the topic {topic} at {address} is compressed by {compression}: "
                'pip install "evtbdd[compression]" brings what reads it.'
            )
        return translated(error, address, f"be read on the topic {topic}")
