"""What kafka-python raises, and what that is to an author: one table, and nothing else.

The most specific class wins; the driver's error stays the cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import errors as driver

from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused

TABLE: tuple[tuple[type[Exception], type[BrokerError], str], ...] = (
    (driver.TopicAlreadyExistsError, BrokerError, "the topic exists already"),
    (driver.InvalidTopicError, BrokerError, "the name of the topic is illegal"),
    (driver.InvalidPartitionsError, BrokerError, "the number of partitions must be 1 or more"),
    (driver.InvalidReplicationFactorError, BrokerError, "it has too few brokers to replicate to"),
    (
        driver.InvalidConfigurationError,
        BrokerError,
        "it does not know a configuration of the topic",
    ),
    (driver.UnknownTopicOrPartitionError, BrokerError, "there is no such topic"),
    (driver.MessageSizeTooLargeError, PublishRefused, "the event is larger than the topic takes"),
    (driver.InvalidRecordError, PublishRefused, "the topic refuses such an event"),
    (driver.InvalidTimestampError, PublishRefused, "the timestamp of the event is out of range"),
    (driver.AuthorizationError, BrokerError, "the user is not allowed to"),
    (driver.SaslAuthenticationFailedError, BrokerUnavailable, "it refuses user or password"),
    (driver.KafkaConnectionError, BrokerUnavailable, "the connection was lost"),
    (driver.KafkaTimeoutError, BrokerUnavailable, "it did not answer in time"),
    (driver.NodeNotReadyError, BrokerUnavailable, "it is not ready"),
    (driver.KafkaError, BrokerError, "it answered with an error"),
)


def sentence(error: Exception, address: str, doing: str) -> tuple[type[BrokerError], str]:
    """The class and the text for a driver's error while `doing` (`create the topic "orders"`)."""
    for kind, ours, reason in TABLE:
        if isinstance(error, kind):
            said = str(error).strip() or type(error).__name__
            return ours, f"Kafka at {address} could not {doing}: {reason} ({said})."
    raise TypeError(f"not an error of kafka-python: {error!r}")


@contextmanager
def translated(address: str, doing: str) -> Iterator[None]:
    """Let nothing of kafka-python through the seam."""
    try:
        yield
    except driver.KafkaError as error:
        ours, text = sentence(error, address, doing)
        raise ours(text) from error
