"""Looking at a queue of SQS: what is visible stays visible, and what is not is counted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from brokers.sqs_process import SqsProcess
from brokers.test_sqs_queues import PATIENCE, soon

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.conformance.rig import Collected
from evtbdd.errors import PublishRefused
from evtbdd.events import Position
from evtbdd.ports import ChannelPlan, Message

Create = Callable[..., str]


@pytest.fixture
def broker(sqs: SqsProcess) -> Iterator[SqsBroker]:
    found = connect(sqs.address, patience=PATIENCE)
    yield found
    found.close()


@pytest.fixture
def create(broker: SqsBroker) -> Iterator[Create]:
    """Creates queues that are deleted in the end."""
    made: list[str] = []

    def created(**options: str) -> str:
        made.append(f"peek-{uuid.uuid4().hex[:12]}")
        plan = ChannelPlan(made[-1], options={k.replace("_", " "): v for k, v in options.items()})
        broker.create([plan], soon())
        return made[-1]

    yield created
    broker.delete(made, soon())


def receive(sqs: SqsProcess, broker: SqsBroker, name: str) -> list[Any]:
    """What a service of somebody else's receives, and does not delete."""
    client = boto3.client(
        "sqs",
        endpoint_url=sqs.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    url = broker.channel_facts(name, soon())["url"]
    return list(client.receive_message(QueueUrl=url).get("Messages", ()))


def test_what_is_looked_at_stays_visible(broker: SqsBroker, create: Create) -> None:
    """Each look finds it again, with no receipt but those of others."""
    name = create()
    broker.publish(name, [Message(b"here", key=b"k", headers=(("type", b"T"),))], soon())
    for _ in range(3):
        (record,) = broker.peek(name, soon())
        assert (record.value, record.key, record.headers) == (b"here", b"k", (("type", b"T"),))
        assert record.facts["attempts"] == 0
    assert broker.hidden(name, soon()) == 0


def test_what_somebody_has_received_is_invisible(
    sqs: SqsProcess, broker: SqsBroker, create: Create
) -> None:
    """Until its visibility timeout is over: then it tells of the receipt, and when that was."""
    name = create(visibility_timeout="1")
    broker.publish(name, [Message(b"here")], soon())
    assert len(receive(sqs, broker, name)) == 1
    assert broker.peek(name, soon()) == []
    assert broker.hidden(name, soon()) == 1
    deadline = soon()
    found = broker.peek(name, deadline)
    while not found and not deadline.expired():
        found = broker.peek(name, deadline)
    (record,) = found
    assert record.facts["attempts"] == 1
    first, sent = record.facts["first_received"], record.facts["sent"]
    assert isinstance(first, float)
    assert isinstance(sent, float)
    assert first >= sent


def test_what_is_delayed_is_invisible(broker: SqsBroker, create: Create) -> None:
    """And counted as such."""
    name = create(delay="60")
    broker.publish(name, [Message(b"late")], soon())
    assert broker.peek(name, soon()) == []
    assert broker.hidden(name, soon()) == 1


def test_it_is_told_from_which_queues_the_reader_takes(broker: SqsBroker, create: Create) -> None:
    """Of a queue that a topic feeds it takes nothing."""
    plain, fed, unwatched = create(), create(sns="yes"), create()
    broker.reader().watch([plain, fed], Collected(), soon())
    assert [broker.takes_from(each) for each in (plain, fed, unwatched)] == [True, False, False]
    broker.reader().unwatch([plain, fed])
    assert not broker.takes_from(plain)


def test_what_sqs_cannot_carry_is_refused_alone(broker: SqsBroker, create: Create) -> None:
    """The others of the batch are stored, on an endpoint too that would take anything."""
    name = create()
    messages = [Message(b"1"), Message(b"\x01"), Message(b""), Message(b"2")]
    first, illegal, empty, second = broker.publish_batch(name, messages, soon())
    assert isinstance(first, Position)
    assert isinstance(second, Position)
    assert isinstance(illegal, PublishRefused)
    assert isinstance(empty, PublishRefused)
    assert "holds the character U+0001 at 0" in str(illegal)
    assert "is empty" in str(empty)
    assert sorted(str(each.value) for each in broker.peek(name, soon())) == ["b'1'", "b'2'"]


def test_a_batch_of_which_nothing_can_be_carried_is_not_sent(
    broker: SqsBroker, create: Create
) -> None:
    """Each is refused, and nobody is asked."""
    name = create()
    fates = broker.publish_batch(name, [Message(b""), Message(b"\x00")], soon())
    assert all(isinstance(each, PublishRefused) for each in fates)
    assert broker.peek(name, soon()) == []
