"""The table of kafka-python's errors, row for row, and what an author reads."""

from __future__ import annotations

import pytest
from kafka import errors as driver

from evtbdd.brokers.kafka.errors import TABLE, sentence, translated
from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused

DOING = 'create the topic "orders"'
WHERE = "127.0.0.1:9092"

SAID = {
    driver.TopicAlreadyExistsError: (BrokerError, "the topic exists already"),
    driver.InvalidTopicError: (BrokerError, "the name of the topic is illegal"),
    driver.InvalidPartitionsError: (BrokerError, "the number of partitions must be 1 or more"),
    driver.InvalidReplicationFactorError: (BrokerError, "it has too few brokers to replicate to"),
    driver.InvalidConfigurationError: (
        BrokerError,
        "it does not know a configuration of the topic",
    ),
    driver.PolicyViolationError: (BrokerError, "its policy forbids it"),
    driver.TopicDeletionDisabledError: (BrokerError, "it lets nobody delete topics"),
    driver.UnknownTopicOrPartitionError: (BrokerError, "there is no such topic"),
    driver.OffsetOutOfRangeError: (BrokerError, "what was stored there is not there any more"),
    driver.MessageSizeTooLargeError: (PublishRefused, "the event is larger than the topic takes"),
    driver.RecordListTooLargeError: (PublishRefused, "the event is larger than a segment holds"),
    driver.InvalidRecordError: (PublishRefused, "the topic refuses such an event"),
    driver.InvalidTimestampError: (
        PublishRefused,
        "the timestamp of the event is out of range",
    ),
    driver.NotEnoughReplicasError: (PublishRefused, "too few replicas of the topic are in sync"),
    driver.NonEmptyGroupError: (BrokerError, "the group has members"),
    driver.AuthorizationError: (BrokerError, "the user is not allowed to"),
    driver.SaslAuthenticationFailedError: (BrokerUnavailable, "it refuses user or password"),
    driver.KafkaConnectionError: (BrokerUnavailable, "the connection was lost"),
    driver.Cancelled: (BrokerUnavailable, "the connection was lost"),
    driver.KafkaTimeoutError: (BrokerUnavailable, "it did not answer in time"),
    driver.RequestTimedOutError: (BrokerUnavailable, "it did not answer in time"),
    driver.NodeNotReadyError: (BrokerUnavailable, "it is not ready"),
    driver.CoordinatorNotAvailableError: (BrokerUnavailable, "its groups are not ready"),
    driver.CoordinatorLoadInProgressError: (BrokerUnavailable, "its groups are not ready"),
    driver.LeaderNotAvailableError: (BrokerUnavailable, "the topic has no leader"),
    driver.NotLeaderForPartitionError: (BrokerUnavailable, "the topic has another leader"),
    driver.UnsupportedVersionError: (BrokerError, "it is too old for that"),
    driver.KafkaError: (BrokerError, "it answered with an error"),
}


@pytest.mark.parametrize("kind", [row[0] for row in TABLE], ids=lambda kind: kind.__name__)
def test_each_row(kind: type[Exception]) -> None:
    """Each of the driver's errors becomes one class of ours, and one sentence."""
    ours, reason = SAID[kind]
    expected = f"Kafka at {WHERE} could not {DOING}: {reason} ({kind.__name__}: it said so)."
    if issubclass(kind, driver.BrokerResponseError):
        expected = f"Kafka at {WHERE} could not {DOING}: {reason} ({kind('it said so')})."
    assert sentence(kind("it said so"), WHERE, DOING) == (ours, expected)


def test_no_row_hides_behind_another() -> None:
    """No row stands behind one of a wider class, where it would never be found."""
    for place, (kind, _, _) in enumerate(TABLE):
        assert not [wider for wider, _, _ in TABLE[:place] if issubclass(kind, wider)]


def test_every_error_of_the_driver_is_in_the_table() -> None:
    """Every error of the driver becomes one of ours."""
    kinds = [kind for kind in vars(driver).values() if isinstance(kind, type)]
    errors = [kind for kind in kinds if issubclass(kind, driver.KafkaError)]
    assert len(errors) > 100
    for kind in errors:
        assert isinstance(translated(_any(kind), WHERE, DOING), BrokerError)


def test_authorization() -> None:
    """An error of a more special class is said as its nearest row says it."""
    error = translated(driver.TopicAuthorizationFailedError("orders"), WHERE, DOING)
    assert type(error) is BrokerError
    assert f"Kafka at {WHERE} could not {DOING}: the user is not allowed to (" in str(error)


def test_what_is_no_error_of_the_driver() -> None:
    """What is not the driver's is not translated: that would hide a mistake of ours."""
    with pytest.raises(TypeError):
        translated(ValueError("ours"), WHERE, DOING)


def _any(kind: type[Exception]) -> Exception:
    return kind({}) if kind is driver.LogTruncationError else kind()
