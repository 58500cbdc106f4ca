"""The URLs of queues, where the broker names a host that nobody knows here (LocalStack's classic)."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from brokers.sqs_process import SqsProcess
from brokers.sqs_stub import Reply, Stub, messages, refusal, stubbed

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.brokers.sqs.queue import at_endpoint
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.ports import ChannelPlan, Message

ELSEWHERE = "http://sqs.us-east-1.localstack.invalid:4566/000000000000/orders"


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """An SQS whose queue is at a name that cannot be resolved."""
    with stubbed() as found:
        found.answers("CreateQueue", Reply({"QueueUrl": ELSEWHERE}))
        found.answers("GetQueueUrl", refusal("QueueDoesNotExist"), Reply({"QueueUrl": ELSEWHERE}))
        found.answers("SendMessage", Reply({"MessageId": "one"}))
        yield found


@pytest.fixture
def broker(stub: Stub) -> Iterator[SqsBroker]:
    found = connect(stub.address, patience=5.0)
    yield found
    found.close()


def test_evtbdd_asks_at_the_endpoint_all_the_same(stub: Stub, broker: SqsBroker) -> None:
    """What it makes, publishes, receives and deletes; the URL is only the name of the queue."""
    broker.create([ChannelPlan("orders")], soon())
    sink = Collected()
    broker.reader().watch(["orders"], sink, soon())
    stub.answers("ReceiveMessage", messages("one"), Reply())
    broker.publish("orders", [Message(b"one")], soon())
    broker.reader().read_to(broker.reader().ends(["orders"], soon()), soon())
    assert sink.values() == [b"one"]
    broker.reader().unwatch(["orders"])
    broker.delete(["orders"], soon())
    urls = {fields["QueueUrl"] for _, fields in stub.asked if "QueueUrl" in fields}
    assert urls == {ELSEWHERE}
    assert stub.count("DeleteQueue") == 1


def test_a_service_is_told_the_queue_at_the_endpoint(stub: Stub, broker: SqsBroker) -> None:
    """Else its SDK would look for a host that is not there."""
    broker.create([ChannelPlan("orders")], soon())
    url = broker.channel_facts("orders", soon())["url"]
    assert url == f"{stub.endpoint}/000000000000/orders"


def test_the_path_of_a_queue_is_kept() -> None:
    """Whatever the broker has in it, and by whatever protocol the endpoint is reached."""
    at = "https://sqs.test"
    assert at_endpoint("http://h:1/queue/us-east-1/0/a", at) == f"{at}/queue/us-east-1/0/a"


def test_what_a_service_is_told_leads_to_the_queue(sqs: SqsProcess) -> None:
    """By the client of a service's own."""
    broker = connect(sqs.address, patience=5.0)
    broker.create([ChannelPlan("told")], soon())
    url = broker.channel_facts("told", soon())["url"]
    assert url.startswith(sqs.endpoint)
    client = boto3.client(
        "sqs",
        endpoint_url=sqs.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.send_message(QueueUrl=url, MessageBody="one")
    assert [each["Body"] for each in client.receive_message(QueueUrl=url)["Messages"]] == ["one"]
    broker.delete(["told"], soon())
    broker.close()
