"""The shop's topics and queues on SQS, and how tests look at them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import boto3
from systems.shops import CHANNELS, Seen

FIFO = ".fifo"


class SqsGround:
    """The channels of one test: a FIFO topic each that feeds a queue of its name, and one of the tests'."""

    any_bytes = False

    def __init__(self, endpoint: str, name: str) -> None:
        given = {
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        self._endpoint = endpoint
        self._sqs: Any = boto3.client("sqs", **given)
        self._sns: Any = boto3.client("sns", **given)
        self.name = name
        self._topics = {channel: self._topic(channel) for channel in CHANNELS}
        self._urls = {channel: self._queue(channel, "") for channel in CHANNELS}
        self._seen = {channel: self._queue(channel, "-seen") for channel in CHANNELS}
        self._found: dict[str, list[Seen]] = {channel: [] for channel in CHANNELS}

    def _topic(self, channel: str) -> str:
        made = self._sns.create_topic(Name=self.called(channel), Attributes={"FifoTopic": "true"})
        return made["TopicArn"]

    def _queue(self, channel: str, ending: str) -> str:
        name = f"{self.called(channel).removesuffix(FIFO)}{ending}{FIFO}"
        url = self._sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
        self._sns.subscribe(
            TopicArn=self._topics[channel],
            Protocol="sqs",
            Endpoint=self._attributes(url)["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        return url

    def _attributes(self, url: str) -> Mapping[str, str]:
        return self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    def called(self, channel: str) -> str:
        """The topic and the queue behind a channel."""
        return f"{self.name}-{channel}{FIFO}"

    def environment(self, service: str) -> Mapping[str, str]:
        """Where it is."""
        del service
        return {"BROKER": self._endpoint}

    def begin(self, service: str, channel: str) -> None:
        """Nothing: a queue holds what nobody has received."""

    def publish(self, channel: str, key: str, value: bytes | None, headers: dict[str, str]) -> None:
        """Publish an event to a topic."""
        assert value is not None, "SQS has no tombstones"
        self._sns.publish(
            TopicArn=self._topics[channel],
            Message=value.decode(),
            MessageGroupId=key,
            MessageDeduplicationId=str(uuid.uuid4()),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text} for name, text in headers.items()
            },
        )

    def events(self, channel: str) -> list[Seen]:
        """Everything that came on a topic."""
        url, found = self._seen[channel], self._found[channel]
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=url, AttributeNames=["All"], MessageAttributeNames=["All"]
            )
            if not answer.get("Messages"):
                return list(found)
            [message] = answer["Messages"]
            attributes = message.get("MessageAttributes", {})
            headers = {name: each["StringValue"] for name, each in attributes.items()}
            key = message["Attributes"]["MessageGroupId"]
            found.append(Seen(key, message["Body"].encode(), headers))
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def open(self, service: str, channel: str) -> int:
        """What the queue holds: visible, or received and not deleted."""
        del service
        counts = self._attributes(self._urls[channel])
        visible = "ApproximateNumberOfMessages"
        return int(counts[visible]) + int(counts[f"{visible}NotVisible"])

    def place(self, number: int) -> str:
        """The id of the message, which says nothing of its place."""
        del number
        return "message [0-9a-f-]{36}"

    def close(self) -> None:
        """Delete all topics and queues."""
        for channel in CHANNELS:
            self._sns.delete_topic(TopicArn=self._topics[channel])
            self._sqs.delete_queue(QueueUrl=self._urls[channel])
            self._sqs.delete_queue(QueueUrl=self._seen[channel])
        self._sqs.close()
        self._sns.close()
