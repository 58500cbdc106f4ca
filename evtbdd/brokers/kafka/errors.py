"""What kafka-python raises, and what that is to an author: one table, and nothing else.

The most specific class wins; the driver's error stays the cause.
"""

from __future__ import annotations

from kafka import errors as driver

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.probe import probe
from evtbdd.clock import Deadline
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
    (driver.PolicyViolationError, BrokerError, "its policy forbids it"),
    (driver.TopicDeletionDisabledError, BrokerError, "it lets nobody delete topics"),
    (driver.UnknownTopicOrPartitionError, BrokerError, "there is no such topic"),
    (driver.OffsetOutOfRangeError, BrokerError, "what was stored there is not there any more"),
    (driver.MessageSizeTooLargeError, PublishRefused, "the event is larger than the topic takes"),
    (driver.RecordListTooLargeError, PublishRefused, "the event is larger than a segment holds"),
    (driver.InvalidRecordError, PublishRefused, "the topic refuses such an event"),
    (driver.InvalidTimestampError, PublishRefused, "the timestamp of the event is out of range"),
    (driver.NotEnoughReplicasError, PublishRefused, "too few replicas of the topic are in sync"),
    (driver.NonEmptyGroupError, BrokerError, "the group has members"),
    (driver.AuthorizationError, BrokerError, "the user is not allowed to"),
    (driver.SaslAuthenticationFailedError, BrokerUnavailable, "it refuses user or password"),
    (driver.KafkaConnectionError, BrokerUnavailable, "the connection was lost"),
    (driver.Cancelled, BrokerUnavailable, "the connection was lost"),
    (driver.KafkaTimeoutError, BrokerUnavailable, "it did not answer in time"),
    (driver.RequestTimedOutError, BrokerUnavailable, "it did not answer in time"),
    (driver.NodeNotReadyError, BrokerUnavailable, "it is not ready"),
    (driver.CoordinatorNotAvailableError, BrokerUnavailable, "its groups are not ready"),
    (driver.CoordinatorLoadInProgressError, BrokerUnavailable, "its groups are not ready"),
    (driver.LeaderNotAvailableError, BrokerUnavailable, "the topic has no leader"),
    (driver.NotLeaderForPartitionError, BrokerUnavailable, "the topic has another leader"),
    (driver.UnsupportedVersionError, BrokerError, "it is too old for that"),
    (driver.KafkaError, BrokerError, "it answered with an error"),
)


def sentence(error: Exception, address: str, doing: str) -> tuple[type[BrokerError], str]:
    """The class and the text for a driver's error while `doing` (`create the topic "orders"`)."""
    for kind, ours, reason in TABLE:
        if isinstance(error, kind):
            said = str(error).strip() or type(error).__name__
            return ours, f"Kafka at {address} could not {doing}: {reason} ({said})."
    raise TypeError(f"not an error of kafka-python: {error!r}")


def translated(error: Exception, address: str, doing: str) -> BrokerError:
    """The error to raise from a driver's error."""
    ours, text = sentence(error, address, doing)
    return ours(text)


def unanswered(
    error: Exception, address: str, doing: str, deadline: Deadline, access: Access
) -> BrokerError:
    """As `translated`; where the broker is not to be reached any more, it says why not instead.

    Asking for that takes what is left until the deadline at most.
    """
    ours, text = sentence(error, address, doing)
    if ours is BrokerUnavailable and not deadline.expired():
        try:
            probe(address, deadline, access)
        except BrokerUnavailable as unavailable:
            return unavailable
    return ours(text)
