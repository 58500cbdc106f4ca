"""Packs what is ordered: an ordinary consumer of SQS, as anyone would write it with boto3."""

from __future__ import annotations

import json
import os
import signal
import sys
from types import FrameType
from typing import Any

import boto3

RUNNING = True


def stop(number: int, frame: FrameType | None) -> None:
    global RUNNING
    RUNNING = False


def pack(queues: Any, message: dict[str, Any]) -> None:
    order = json.loads(message["Body"])
    if order["items"] < 1:
        raise ValueError(f"nothing to pack in {order['orderId']}")
    for number in range(order["items"]):
        parcel = {"orderId": order["orderId"], "parcel": number + 1}
        queues.send_message(
            QueueUrl=os.environ["PARCELS"],
            MessageBody=json.dumps(parcel),
            MessageGroupId=order["orderId"],
            MessageDeduplicationId=f"{order['orderId']}-{number}",
            MessageAttributes={"type": {"DataType": "String", "StringValue": "ParcelPacked"}},
        )


def main() -> None:
    signal.signal(signal.SIGTERM, stop)
    # Endpoint, region and keys come from the environment, as on AWS.
    queues = boto3.client("sqs")
    print("packing", flush=True)
    while RUNNING:
        answer = queues.receive_message(QueueUrl=os.environ["ORDERS"], WaitTimeSeconds=1)
        for message in answer.get("Messages", ()):
            try:
                pack(queues, message)
            except (KeyError, TypeError, ValueError) as error:
                print(f"left in the queue: {error!r}", file=sys.stderr, flush=True)
                continue
            queues.delete_message(
                QueueUrl=os.environ["ORDERS"], ReceiptHandle=message["ReceiptHandle"]
            )


if __name__ == "__main__":
    main()
