"""What an event becomes in SQS, and what is refused because SQS could not carry it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evtbdd.brokers.sqs.adapter import CAPABILITIES
from evtbdd.brokers.sqs.incoming import Received
from evtbdd.brokers.sqs.outgoing import Outgoing
from evtbdd.errors import UnsupportedCapability
from evtbdd.events import Position
from evtbdd.ports import Message

BYTES = "SQS has no contents of any bytes; memory, Kafka and RabbitMQ have them."
HEADERS = "SQS has no headers of any form; memory, Kafka and RabbitMQ have them."


def arguments(message: Message, *, fifo: bool = False) -> dict[str, Any]:
    return Outgoing(CAPABILITIES).arguments(message, fifo=fifo, body="MessageBody")


def refusal(message: Message, *, fifo: bool = False) -> str:
    with pytest.raises(UnsupportedCapability) as raised:
        arguments(message, fifo=fifo)
    return str(raised.value)


def text(value: str) -> dict[str, object]:
    return {"DataType": "String", "StringValue": value}


def test_headers_are_message_attributes_and_the_key_is_one_of_them() -> None:
    """Texts as String, other bytes as Binary."""
    headers = (("trace", b"1"), ("raw", b"\xff"), ("odd", b"\x00"), ("a.b-c_d", "grüße".encode()))
    assert arguments(Message(b"{}", key=b"42", headers=headers)) == {
        "MessageBody": "{}",
        "MessageAttributes": {
            "trace": text("1"),
            "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
            "odd": {"DataType": "Binary", "BinaryValue": b"\x00"},
            "a.b-c_d": text("grüße"),
            "key": text("42"),
        },
    }
    assert arguments(Message(b"{}")) == {"MessageBody": "{}"}


def test_in_a_fifo_queue_the_key_is_the_group() -> None:
    """An event without a key has a group too: SQS wants one."""
    keyed = arguments(Message(b"{}", key=b"42", headers=(("key", b"mine"),)), fifo=True)
    assert keyed["MessageGroupId"] == "42"
    assert keyed["MessageAttributes"] == {"key": text("mine")}
    assert arguments(Message(b"{}"), fifo=True)["MessageGroupId"] == "no-key"


def test_an_event_is_meant_however_often_it_is_published() -> None:
    """So its deduplication id is fresh; one that is given is kept, and is no attribute."""
    first, second = (arguments(Message(b"{}"), fifo=True) for _ in range(2))
    assert first["MessageDeduplicationId"] != second["MessageDeduplicationId"]
    given = Message(b"{}", headers=(("MessageDeduplicationId", b"once"), ("a", b"1")))
    found = arguments(given, fifo=True)
    assert found["MessageDeduplicationId"] == "once"
    assert found["MessageAttributes"] == {"a": text("1")}


@pytest.mark.parametrize(
    ("message", "fifo", "said"),
    [
        (
            Message(b""),
            False,
            f"{BYTES} The payload of this event is empty, and SQS wants a character.",
        ),
        (
            Message(b"ab\xff"),
            False,
            f"{BYTES} The payload of this event is no text in UTF-8 (byte 0xff at 2), and SQS carries "
            "text alone: publish it in base64.",
        ),
        (
            Message(b"a\x1b[0m"),
            False,
            f"{BYTES} The payload of this event holds the character U+001B at 1, which SQS does not "
            "carry: publish it in base64.",
        ),
        (
            Message("\ufffe".encode()),
            False,
            f"{BYTES} The payload of this event holds the character U+FFFE at 0, which SQS does not "
            "carry: publish it in base64.",
        ),
        (
            Message(b"{}", key=b""),
            False,
            f"{BYTES} The key of this event is empty, and SQS wants a character.",
        ),
        (
            Message(b"{}", key="grüße".encode()),
            True,
            f'{BYTES} The key of this event, its message group, is "grüße", and SQS takes up to 128 '
            "letters, digits and signs of ASCII there.",
        ),
        (
            Message(b"{}", key=b"x" * 129),
            True,
            f'{BYTES} The key of this event, its message group, is "{"x" * 129}", and SQS takes up to '
            "128 letters, digits and signs of ASCII there.",
        ),
        (
            Message(b"{}", headers=(("MessageDeduplicationId", b"a b"),)),
            True,
            f'{BYTES} The header MessageDeduplicationId is "a b", and SQS takes up to 128 letters, '
            "digits and signs of ASCII there.",
        ),
        (
            Message(b"{}", headers=(("MessageDeduplicationId", b"a"),)),
            False,
            f"{HEADERS} MessageDeduplicationId is for FIFO queues (fifo = yes) alone.",
        ),
        (
            Message(b"{}", headers=(("a", b"1"), ("a", b"2"))),
            False,
            f'{HEADERS} The header "a" is there twice.',
        ),
        (
            Message(b"{}", headers=(("a", None),)),
            False,
            f'{HEADERS} The header "a" has no value, and SQS wants one.',
        ),
        (
            Message(b"{}", headers=(("aws.trace", b"1"),)),
            False,
            f'{HEADERS} A header cannot be called "aws.trace": SQS takes letters, digits and _ - . '
            "inside, up to 256, and none that begins with AWS. or Amazon.",
        ),
        (
            Message(b"{}", key=b"k", headers=tuple((f"h{n}", b"1") for n in range(10))),
            False,
            f"{HEADERS} This event has 11 of them, its key included, and SQS takes 10.",
        ),
        (
            Message(b"{}", key=b"k", headers=tuple((f"h{n}", b"1") for n in range(11))),
            True,
            f"{HEADERS} This event has 11 of them, and SQS takes 10.",
        ),
        (Message(None, key=b"k"), False, "SQS has no tombstones; memory and Kafka have them."),
        (
            Message(b"{}", routing_key="eu"),
            False,
            "SQS has no routing keys; RabbitMQ has them.",
        ),
    ],
)
def test_what_cannot_be_carried_is_refused(message: Message, fifo: bool, said: str) -> None:
    """Also by an endpoint that would take it: AWS would not."""
    assert refusal(message, fifo=fifo) == said


@pytest.mark.parametrize("name", ["", ".a", "a.", "a..b", "a b", "grüße", "x" * 257, "Amazon.a"])
def test_names_of_headers_that_sqs_refuses(name: str) -> None:
    """By the rules of message attributes."""
    assert "A header cannot be called" in refusal(Message(b"{}", headers=((name, b"1"),)))


def test_ten_attributes_are_taken() -> None:
    """With the key among them."""
    headers = tuple((f"h{n}", b"1") for n in range(9))
    assert len(arguments(Message(b"{}", key=b"k", headers=headers))["MessageAttributes"]) == 10
    assert (
        len(arguments(Message(b"{}", key=b"k", headers=(*headers, ("h9", b"1"))), fifo=True)) == 4
    )


SYSTEM = {
    "SentTimestamp": "1700000000123",
    "ApproximateReceiveCount": "3",
    "SenderId": "AIDA",
}


def received(**more: Any) -> dict[str, Any]:
    return {"MessageId": "m1", "ReceiptHandle": "r1", "Body": "{}", "Attributes": SYSTEM, **more}


def test_a_message_becomes_a_record() -> None:
    """Its key is taken out of the attributes; headers are in the order of their names."""
    message = received(
        MessageAttributes={
            "trace": text("1"),
            "key": text("42"),
            "count": {"DataType": "Number", "StringValue": "7"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
        }
    )
    found = Received.of(message, wrapped=False)
    record = found.record("orders", Position("queue", 5), fifo=False)
    assert found.lane(fifo=False) == "queue"
    assert (record.key, record.value, record.where) == (b"42", b"{}", "message 5")
    assert record.headers == (("count", b"7"), ("raw", b"\xff"), ("trace", b"1"))
    assert record.timestamp == 1700000000.123


def test_attempts_are_those_that_others_made() -> None:
    """evtbdd's own receipt is none: after two failed attempts it is the third to receive."""
    facts = (
        Received.of(received(), wrapped=False).record("o", Position("queue", 0), fifo=False).facts
    )
    assert facts == {"message_id": "m1", "sent": 1700000000.123, "attempts": 2, "sender": "AIDA"}


def test_what_a_fifo_queue_and_a_dead_letter_tell() -> None:
    """The group, what it was recognised by, its number, and where it died."""
    system = {
        **SYSTEM,
        "MessageGroupId": "ORD-1",
        "MessageDeduplicationId": "d1",
        "SequenceNumber": "18850000000000000001",
        "DeadLetterQueueSourceArn": "arn:aws:sqs:us-east-1:000000000000:orders.fifo",
    }
    found = Received.of(received(Attributes=system), wrapped=False)
    record = found.record("dead.fifo", Position(found.lane(fifo=True), 2), fifo=True)
    assert (record.key, record.where) == (b"ORD-1", "group ORD-1 message 2")
    assert record.facts["group"] == "ORD-1"
    assert record.facts["deduplication_id"] == "d1"
    assert record.facts["sequence_number"] == "18850000000000000001"
    assert record.facts["dead_letter_source"] == "orders.fifo"
    keyless = Received.of(received(Attributes={"MessageGroupId": "no-key"}), wrapped=False)
    assert keyless.record("o", Position(keyless.lane(fifo=True), 0), fifo=True).key is None


def test_what_sns_wraps_is_unwrapped() -> None:
    """With the id that SNS gave to whoever published, and the time."""
    envelope = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:orders",
        "Message": '{"a": 1}',
        "Timestamp": "2023-11-14T22:13:20.500Z",
        "MessageAttributes": {
            "key": {"Type": "String", "Value": "42"},
            "raw": {"Type": "Binary", "Value": "/wA="},
        },
    }
    found = Received.of(received(Body=json.dumps(envelope)), wrapped=True)
    record = found.record("orders", Position("queue", 0), fifo=False)
    assert (found.id, found.handle) == ("sns-1", "r1")
    assert (record.key, record.value, record.headers) == (
        b"42",
        b'{"a": 1}',
        (("raw", b"\xff\x00"),),
    )
    assert record.timestamp == 1700000000.5


@pytest.mark.parametrize("body", ["no json", "[]", '{"MessageId": "x", "Message": "y"}'])
def test_what_somebody_else_sends_to_a_tap_is_taken_as_it_is(body: str) -> None:
    """It breaks nothing."""
    found = Received.of(received(Body=body), wrapped=True)
    assert (found.id, found.body) == ("m1", body)
