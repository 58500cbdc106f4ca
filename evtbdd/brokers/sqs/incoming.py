"""From what ReceiveMessage hands out to a record; of a tap it is wrapped by SNS."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evtbdd.brokers.sqs.outgoing import KEY, NO_KEY
from evtbdd.events import Headers, Position, Record

LANE = "queue"
"""The only lane of a queue that has no groups."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: `id` is the one that whoever published it was told."""

    id: str
    handle: str
    body: str
    attributes: Mapping[str, bytes]
    system: Mapping[str, str]
    sent: float

    @classmethod
    def of(cls, message: Mapping[str, Any], *, wrapped: bool) -> Received:
        """Of an entry of ReceiveMessage; `wrapped` by SNS, where it is what SNS wraps."""
        system = message.get("Attributes", {})
        sent = int(system.get("SentTimestamp", 0)) / 1000
        plain = cls(
            str(message["MessageId"]),
            str(message["ReceiptHandle"]),
            str(message["Body"]),
            {name: _value(each) for name, each in message.get("MessageAttributes", {}).items()},
            system,
            sent,
        )
        envelope = _envelope(plain.body) if wrapped else None
        if envelope is None:
            return plain
        return cls(
            str(envelope["MessageId"]),
            plain.handle,
            str(envelope["Message"]),
            {
                name: _wrapped_value(each)
                for name, each in envelope.get("MessageAttributes", {}).items()
            },
            system,
            _moment(str(envelope.get("Timestamp", ""))) or sent,
        )

    def lane(self, *, fifo: bool) -> str:
        """The group in a FIFO queue, else the queue."""
        return self.system.get("MessageGroupId", NO_KEY) if fifo else LANE

    def record(self, channel: str, position: Position, *, fifo: bool) -> Record:
        """What the reader hands over."""
        attributes = dict(self.attributes)
        if fifo:
            key = None if position.lane == NO_KEY else position.lane.encode()
        else:
            key = attributes.pop(KEY, None)
        place = f"group {position.lane} message" if fifo else "message"
        return Record(
            channel=channel,
            key=key,
            value=self.body.encode(),
            headers=_headers(attributes),
            position=position,
            timestamp=self.sent,
            where=f"{place} {position.number}",
            facts=self._facts(),
        )

    def _facts(self) -> Mapping[str, object]:
        facts: dict[str, object] = {
            "message_id": self.id,
            "sent": self.sent,
            # evtbdd's own receipt is none that a service made of it.
            "attempts": int(self.system.get("ApproximateReceiveCount", 1)) - 1,
        }
        if "ApproximateFirstReceiveTimestamp" in self.system:
            facts["first_received"] = int(self.system["ApproximateFirstReceiveTimestamp"]) / 1000
        for name, attribute in (
            ("group", "MessageGroupId"),
            ("deduplication_id", "MessageDeduplicationId"),
            ("sequence_number", "SequenceNumber"),
            ("sender", "SenderId"),
        ):
            if attribute in self.system:
                facts[name] = self.system[attribute]
        if "DeadLetterQueueSourceArn" in self.system:
            facts["dead_letter_source"] = self.system["DeadLetterQueueSourceArn"].rpartition(":")[2]
        return facts


def _headers(attributes: Mapping[str, bytes]) -> Headers:
    """In the order of their names: SQS keeps none."""
    return tuple(sorted(attributes.items()))


def _value(attribute: Mapping[str, Any]) -> bytes:
    if "BinaryValue" in attribute:
        return bytes(attribute["BinaryValue"])
    return str(attribute.get("StringValue", "")).encode()


def _wrapped_value(attribute: Mapping[str, Any]) -> bytes:
    text = str(attribute["Value"])
    return base64.b64decode(text) if str(attribute["Type"]).startswith("Binary") else text.encode()


def _envelope(body: str) -> Mapping[str, Any] | None:
    """What SNS sends to a subscription that is not raw; None where somebody else sent this."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    fits = isinstance(found, dict) and {"MessageId", "Message", "TopicArn"} <= found.keys()
    return found if fits else None


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
