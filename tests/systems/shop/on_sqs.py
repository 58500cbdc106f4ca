"""The services over SQS, by boto3: each channel is a FIFO topic of SNS that feeds a FIFO queue.

Topic and queue have one name. The key is the message group; headers are message attributes.
"""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
from typing import Any

import boto3
from brokers import Delivery
from messages import Answer, Event

NO_KEY = "no-key"
LOOK = 0.1  # seconds between two looks at a queue; a long poll would hold up the end of a service
NOT_CARRIED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def client(service: str, address: str) -> Any:
    """A client of `sqs` or `sns`; region and keys are those of the environment, if it has any."""
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
    )


class Source:
    """Receives from a queue, and waits for it where it is not there yet."""

    def __init__(self, address: str, _: str, queue: str, log: logging.Logger) -> None:
        self._sqs = client("sqs", address)
        self._queue = queue
        self._log = log
        self._missed = False
        self._url: str | None = None

    def next(self) -> Delivery | None:
        """What a look has found, after a while if it was nothing."""
        received = self._received()
        if not received:
            time.sleep(LOOK)
            return None
        [message] = received
        group = message["Attributes"]["MessageGroupId"]
        attributes = message.get("MessageAttributes", {})
        event = Event(
            f"message {message['MessageId']}",
            None if group == NO_KEY else group.encode(),
            message["Body"].encode(),
            [(name, each["StringValue"].encode()) for name, each in sorted(attributes.items())],
        )
        return Delivery(event, message["ReceiptHandle"])

    def _received(self) -> list[dict[str, Any]]:
        try:
            if self._url is None:
                self._url = self._sqs.get_queue_url(QueueName=self._queue)["QueueUrl"]
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                AttributeNames=["MessageGroupId"],
                MessageAttributeNames=["All"],
            )
        except self._sqs.exceptions.QueueDoesNotExist as error:
            if not self._missed:
                self._log.warning("%s", error)
                self._missed = True
            return []
        return answer.get("Messages", [])

    def acknowledge(self, delivery: Delivery) -> None:
        """Delete it."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=delivery.handle)

    def close(self) -> None:
        """Nothing: what was received and not deleted becomes visible again by itself."""
        self._sqs.close()


class Target:
    """Publishes to topics."""

    def __init__(self, address: str, _: str) -> None:
        self._sqs = client("sqs", address)
        self._sns = client("sns", address)
        self._topics: dict[str, str] = {}

    def publish(self, answers: list[tuple[str, Answer]]) -> None:
        """Return when the broker has them all; raise botocore's ClientError if not."""
        for topic, answer in answers:
            headers = {name: value.decode() for name, value in answer.headers if value}
            attributes = {
                name: {"DataType": "String", "StringValue": text} for name, text in headers.items()
            }
            self._sns.publish(
                TopicArn=self._arn(topic),
                Message=text_of(answer.encoded() or b""),
                MessageGroupId=NO_KEY if answer.key is None else answer.key.decode(),
                MessageDeduplicationId=str(uuid.uuid4()),
                MessageAttributes=attributes,
            )

    def _arn(self, topic: str) -> str:
        """That of the topic which feeds the queue of the same name."""
        if topic not in self._topics:
            url = self._sqs.get_queue_url(QueueName=topic)["QueueUrl"]
            answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            self._topics[topic] = answer["Attributes"]["QueueArn"].replace(":sqs:", ":sns:", 1)
        return self._topics[topic]

    def close(self) -> None:
        """Close the clients."""
        self._sqs.close()
        self._sns.close()


def text_of(value: bytes) -> str:
    """What SQS can carry of a payload: text, without control characters."""
    return NOT_CARRIED.sub("", value.decode(errors="ignore"))
