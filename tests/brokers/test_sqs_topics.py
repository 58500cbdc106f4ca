"""Queues that a topic of SNS feeds: the services' queues stay whole, and evtbdd taps the topic."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from brokers.sqs_process import SqsProcess

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.brokers.sqs.names import tap_prefix
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError, PublishRefused
from evtbdd.ports import ChannelPlan, Message

PATIENCE = 10.0
SNS = {"sns": "yes"}


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def broker(sqs: SqsProcess) -> Iterator[SqsBroker]:
    found = connect(sqs.address, patience=PATIENCE)
    yield found
    found.close()


@pytest.fixture
def name(broker: SqsBroker) -> Iterator[str]:
    """A queue that a topic feeds."""
    found = f"q{uuid.uuid4().hex[:12]}"
    broker.create([ChannelPlan(found, options=SNS)], soon())
    yield found
    broker.reader().unwatch([found])
    broker.delete([found], soon())


@pytest.fixture
def driver(sqs: SqsProcess) -> Callable[[str], Any]:
    """A client of a service's own."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=sqs.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


def queues(driver: Callable[[str], Any], prefix: str) -> list[str]:
    urls = driver("sqs").list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
    return [url.rpartition("/")[2] for url in urls]


def subscriptions(driver: Callable[[str], Any], broker: SqsBroker, name: str) -> int:
    topic = broker.channel_facts(name, soon())["topic_arn"]
    return len(driver("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])


def watched(broker: SqsBroker, name: str) -> Collected:
    sink = Collected()
    broker.reader().watch([name], sink, soon())
    return sink


def read_up(broker: SqsBroker, name: str) -> None:
    broker.reader().read_to(broker.reader().ends([name], soon()), soon())


def test_the_service_and_evtbdd_both_have_each_event(
    broker: SqsBroker, name: str, driver: Callable[[str], Any]
) -> None:
    """The service's queue has it raw, with the attributes of the event and nothing added."""
    sink = watched(broker, name)
    headers = (("count", b"7"), ("trace", b"1"))
    (position,) = broker.publish(name, [Message(b'{"a": 1}', key=b"42", headers=headers)], soon())
    read_up(broker, name)
    (record,) = sink.records
    assert (record.key, record.value, record.headers) == (b"42", b'{"a": 1}', headers)
    assert record.position == position
    url = broker.channel_facts(name, soon())["url"]
    (message,) = driver("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["Body"] == '{"a": 1}'
    attributes = message["MessageAttributes"]
    texts = {each: value["StringValue"] for each, value in attributes.items()}
    assert texts == {"key": "42", "count": "7", "trace": "1"}


def test_what_a_service_publishes_to_the_topic_is_seen(
    broker: SqsBroker, name: str, driver: Callable[[str], Any]
) -> None:
    """By the ARN that it is handed."""
    sink = watched(broker, name)
    topic = broker.channel_facts(name, soon())["topic_arn"]
    driver("sns").publish(TopicArn=topic, Message="from a service")
    read_up(broker, name)
    assert sink.values() == [b"from a service"]


def test_equal_events_are_told_apart(broker: SqsBroker, name: str) -> None:
    """By the id that SNS gives to each: a position for each, all of them handed over."""
    sink = watched(broker, name)
    positions = broker.publish(name, [Message(b"same")] * 5, soon())
    read_up(broker, name)
    assert len(set(positions)) == 5
    assert sorted(sink.positions()) == sorted(positions)


def test_groups_go_through_a_topic(broker: SqsBroker) -> None:
    """A FIFO queue is fed by a FIFO topic."""
    name = f"q{uuid.uuid4().hex[:12]}.fifo"
    broker.create([ChannelPlan(name, options={**SNS, "fifo": "yes"})], soon())
    sink = watched(broker, name)
    messages = [Message(b"%d" % number, key=b"k%d" % (number % 2)) for number in range(10)]
    positions = broker.publish(name, messages, soon())
    read_up(broker, name)
    assert [each.value for each in sink.records if each.key == b"k0"] == [
        b"0",
        b"2",
        b"4",
        b"6",
        b"8",
    ]
    assert sorted(sink.positions()) == sorted(positions)
    assert {each.position.lane for each in sink.records} == {"k0", "k1"}
    broker.reader().unwatch([name])
    broker.delete([name], soon())


def test_a_tap_is_there_only_while_somebody_watches(
    broker: SqsBroker, name: str, driver: Callable[[str], Any]
) -> None:
    """Its queue and its subscription go, and the service's stay."""
    assert queues(driver, tap_prefix(name)) == []
    watched(broker, name)
    assert len(queues(driver, tap_prefix(name))) == 1
    assert subscriptions(driver, broker, name) == 2
    broker.reader().unwatch([name])
    assert queues(driver, tap_prefix(name)) == []
    assert subscriptions(driver, broker, name) == 1


def test_a_tap_goes_with_the_connection(
    sqs: SqsProcess, name: str, driver: Callable[[str], Any]
) -> None:
    """Also where nobody has said that it is not watched any more."""
    other = connect(sqs.address, patience=PATIENCE)
    watched(other, name)
    assert len(queues(driver, tap_prefix(name))) == 1
    other.close()
    assert queues(driver, tap_prefix(name)) == []


def test_all_goes_with_the_channel(
    broker: SqsBroker, sqs: SqsProcess, driver: Callable[[str], Any]
) -> None:
    """The topic too, and the taps of connections that were killed; whoever deletes it."""
    name = f"q{uuid.uuid4().hex[:12]}"
    broker.create([ChannelPlan(name, options=SNS)], soon())
    watched(broker, name)
    topic = broker.channel_facts(name, soon())["topic_arn"]
    other = connect(sqs.address, patience=PATIENCE)
    other.delete([name], soon())
    other.close()
    assert queues(driver, name) == []
    topics = driver("sns").list_topics()["Topics"]
    assert topic not in [each["TopicArn"] for each in topics]
    assert name not in broker.names(soon())


def test_the_facts_of_a_topic(broker: SqsBroker, name: str) -> None:
    """Its ARN beside those of the queue."""
    facts = broker.channel_facts(name, soon())
    assert facts["topic_arn"] == facts["arn"].replace(":sqs:", ":sns:")


def test_a_topic_of_somebody_elses_is_not_taken(
    broker: SqsBroker, driver: Callable[[str], Any]
) -> None:
    """It would be deleted with the channel; nothing is left of what was begun."""
    name = f"q{uuid.uuid4().hex[:12]}"
    topic = driver("sns").create_topic(Name=name)["TopicArn"]
    with pytest.raises(BrokerError) as refused:
        broker.create([ChannelPlan(name, options=SNS)], soon())
    assert str(refused.value) == f'The topic "{name}" exists already at {broker.address}.'
    assert queues(driver, name) == []
    assert driver("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    driver("sns").delete_topic(TopicArn=topic)


def test_a_queue_beside_a_topic_of_its_name_is_no_topics_queue(
    broker: SqsBroker, sqs: SqsProcess, driver: Callable[[str], Any]
) -> None:
    """Unless it is subscribed there: else what is published would never reach it."""
    name = f"q{uuid.uuid4().hex[:12]}"
    url = driver("sqs").create_queue(QueueName=name)["QueueUrl"]
    topic = driver("sns").create_topic(Name=name)["TopicArn"]
    broker.publish(name, [Message(b"to the queue")], soon())
    (message,) = driver("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "to the queue"
    driver("sns").delete_topic(TopicArn=topic)
    driver("sqs").delete_queue(QueueUrl=url)


def test_a_queue_that_a_topic_feeds_is_known_by_any_connection(sqs: SqsProcess, name: str) -> None:
    """It need not have created it."""
    other = connect(sqs.address, patience=PATIENCE)
    sink = watched(other, name)
    positions = other.publish(name, [Message(b"x")], soon())
    read_up(other, name)
    assert sink.positions() == list(positions)
    assert "topic_arn" in other.channel_facts(name, soon())
    other.close()


def test_a_name_that_leaves_no_room_for_a_tap_is_said(broker: SqsBroker) -> None:
    """The names that evtbdd gives itself are short enough."""
    name = "q" * 69
    broker.create([ChannelPlan(name, options=SNS)], soon())
    with pytest.raises(BrokerError) as refused:
        watched(broker, name)
    assert str(refused.value) == (
        f'The queue "{name}" cannot be tapped: the name of a tap would have 81 characters, and SQS '
        "takes 80."
    )
    broker.delete([name], soon())


def test_what_is_too_large_for_a_topic_is_refused(broker: SqsBroker, name: str) -> None:
    """SNS takes less than SQS; the sentence is what it says."""
    with pytest.raises(PublishRefused) as refused:
        broker.publish(name, [Message(b"x" * 262_145)], soon())
    assert str(refused.value).startswith(
        f'SNS at {broker.address} could not publish to the topic "{name}": it refuses a value'
    )
    assert "Message too long" in str(refused.value)
