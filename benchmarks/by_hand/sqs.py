"""By boto3: long polls, and every message deleted."""

from __future__ import annotations

from urllib.parse import parse_qs

import boto3


class Link:
    """A client of the SQS at what stands behind `sqs://`."""

    def __init__(self, address: str) -> None:
        region, _, query = address.partition("?")
        self._client = boto3.client(
            "sqs",
            endpoint_url=parse_qs(query)["endpoint"][0],
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self._url = ""

    def create(self, name: str) -> None:
        self._url = self._client.create_queue(QueueName=name)["QueueUrl"]

    def publish(self, name: str, key: str, payload: bytes) -> None:  # noqa: ARG002 - it is known
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=payload.decode(),
            MessageAttributes={"key": {"DataType": "String", "StringValue": key}},
        )

    def receive(self) -> bytes:
        while True:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
            for message in answer.get("Messages", ()):
                self._client.delete_message(
                    QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"]
                )
                return str(message["Body"]).encode()

    def delete(self, name: str) -> None:  # noqa: ARG002 - it is known
        self._client.delete_queue(QueueUrl=self._url)

    def close(self) -> None:
        self._client.close()
