"""From a message to the arguments of SendMessage and Publish; what SQS cannot carry is refused here.

Not every endpoint checks all of it, and one that takes what AWS refuses would make a test green that
is red there. Sizes are left to the endpoint: the quota has changed, and SNS has one of its own.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, NoReturn

from evtbdd.ports import Capabilities, Capability, Message
from evtbdd.words import quoted

KEY = "key"
"""The attribute that holds the key of an event in a queue that has no groups."""

NO_KEY = "no-key"
"""The message group of an event without a key: a FIFO queue wants one of each event."""

DEDUPLICATION = "MessageDeduplicationId"
"""A header of that name is no attribute: it is what SQS recognises a duplicate by."""

MOST_ATTRIBUTES = 10
MOST_SIGNS = 256
MOST_ID = 128

_CARRIED = re.compile(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""What a body and a text may hold (SendMessage, Amazon SQS API Reference; XML 1.0, 2.2)."""

_NAME = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)")
_RESERVED = re.compile(r"(?:aws|amazon)\.", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")
"""Of groups and of deduplication: letters, digits and punctuation."""


class Outgoing:
    """Makes the arguments; raises UnsupportedCapability for what does not fit into them."""

    def __init__(self, capabilities: Capabilities) -> None:
        self._capabilities = capabilities

    def arguments(self, message: Message, *, fifo: bool, body: str) -> dict[str, Any]:
        """Those of one event; `body` is what the payload is called there."""
        if message.routing_key is not None:
            self._refuse(Capability.ROUTING_KEYS)
        found: dict[str, Any] = {body: self._payload(message.value)}
        headers = self._headers(message)
        deduplication = headers.pop(DEDUPLICATION, None)
        attributes = {name: self._attribute(name, value) for name, value in headers.items()}
        if fifo:
            found["MessageGroupId"] = self._group(message.key)
            found[DEDUPLICATION] = self._deduplication(deduplication)
        else:
            if deduplication is not None:
                self._refuse_header(f"{DEDUPLICATION} is for FIFO queues (fifo = yes) alone.")
            if message.key is not None:
                attributes[KEY] = {"DataType": "String", "StringValue": self._key(message.key)}
        if len(attributes) > MOST_ATTRIBUTES:
            with_key = "" if fifo or message.key is None else ", its key included"
            self._refuse_header(
                f"This event has {len(attributes)} of them{with_key}, and SQS takes "
                f"{MOST_ATTRIBUTES}."
            )
        if attributes:
            found["MessageAttributes"] = attributes
        return found

    def _payload(self, value: bytes | None) -> str:
        if value is None:
            self._refuse(Capability.TOMBSTONES)
        if not value:
            self._refuse_bytes("The payload of this event is empty, and SQS wants a character.")
        return self._text("The payload of this event", value)

    def _text(self, what: str, value: bytes) -> str:
        try:
            text = value.decode()
        except UnicodeDecodeError as error:
            self._refuse_bytes(
                f"{what} is no text in UTF-8 (byte {value[error.start]:#04x} at {error.start}), and "
                "SQS carries text alone: publish it in base64."
            )
        carried = _CARRIED.match(text)
        end = carried.end() if carried else 0
        if end < len(text):
            self._refuse_bytes(
                f"{what} holds the character U+{ord(text[end]):04X} at {end}, which SQS does not "
                "carry: publish it in base64."
            )
        return text

    def _key(self, key: bytes) -> str:
        if not key:
            self._refuse_bytes("The key of this event is empty, and SQS wants a character.")
        return self._text("The key of this event", key)

    def _group(self, key: bytes | None) -> str:
        if key is None:
            return NO_KEY
        return self._id("The key of this event, its message group,", self._key(key))

    def _deduplication(self, given: bytes | None) -> str:
        """The one that is given; else a fresh one, for an event that is published is meant."""
        if given is None:
            return uuid.uuid4().hex
        return self._id(f"The header {DEDUPLICATION}", self._text("It", given))

    def _id(self, what: str, text: str) -> str:
        if _ID.fullmatch(text) is None:
            self._refuse_bytes(
                f"{what} is {quoted(text)}, and SQS takes up to {MOST_ID} letters, digits and signs "
                "of ASCII there."
            )
        return text

    def _headers(self, message: Message) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for name, value in message.headers:
            if name in found:
                self._refuse_header(f"The header {quoted(name)} is there twice.")
            found[name] = value
        return found

    def _attribute(self, name: str, value: bytes | None) -> Mapping[str, object]:
        if _NAME.fullmatch(name) is None or _RESERVED.match(name):
            self._refuse_header(
                f"A header cannot be called {quoted(name)}: SQS takes letters, digits and _ - . "
                f"inside, up to {MOST_SIGNS}, and none that begins with AWS. or Amazon."
            )
        if not value:
            self._refuse_header(f"The header {quoted(name)} has no value, and SQS wants one.")
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return {"DataType": "Binary", "BinaryValue": value}
        if _CARRIED.fullmatch(text) is None:
            return {"DataType": "Binary", "BinaryValue": value}
        return {"DataType": "String", "StringValue": text}

    def _refuse_bytes(self, why: str) -> NoReturn:
        self._refuse(Capability.ANY_BYTES, why)

    def _refuse_header(self, why: str) -> NoReturn:
        self._refuse(Capability.ANY_HEADERS, why)

    def _refuse(self, capability: Capability, why: str = "") -> NoReturn:
        self._capabilities.require(capability, why)
        raise AssertionError(f"SQS does not claim to have {capability.value}")
