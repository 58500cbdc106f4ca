"""What an event holds comes through unchanged: key, headers, payload, time, place."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from evtbdd.conformance.rig import Collected, Rig, can
from evtbdd.errors import PublishRefused
from evtbdd.events import Headers, Record
from evtbdd.ports import Broker, Capability, Message

LARGE = 900_000
"""Bytes: what every broker takes unless it says that it takes less."""

Property = Callable[[str, object], None]


class Contents(Rig):
    """What is published is what is handed over."""

    def sent(self, broker: Broker, channel: str, sink: Collected, message: Message) -> Record:
        """The one record that a message became."""
        self.watch(broker, sink, channel)
        broker.publish(channel, [message], self.deadline())
        self.read_up(broker, channel)
        (record,) = sink.records
        return record

    @pytest.mark.parametrize("value", [b"{}", "a\tb\r\ngrüße € 😀 ".encode()], ids=["json", "text"])
    def test_texts(self, broker: Broker, channel: str, sink: Collected, value: bytes) -> None:
        """A payload of text is handed over unchanged."""
        assert self.sent(broker, channel, sink, Message(value)).value == value

    @pytest.mark.parametrize(
        "value",
        [b"", bytes(range(256)), b"\x00", "grüße".encode("utf-16"), b"\xff\xfe"],
        ids=["empty", "every byte", "zero", "utf-16", "no utf-8"],
    )
    def test_payloads(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        value: bytes,
        record_property: Property,
    ) -> None:
        """A payload of any bytes is handed over unchanged, also an empty one."""
        message = Message(value)
        if can(broker, Capability.ANY_BYTES, record_property):
            assert self.sent(broker, channel, sink, message).value == value
        else:
            self.is_refused(
                broker,
                Capability.ANY_BYTES,
                lambda: broker.publish(channel, [message], self.deadline()),
            )

    def test_a_large_payload(self, broker: Broker, channel: str, sink: Collected) -> None:
        """A payload of 900 kB, or of the largest that the broker takes, is handed over unchanged."""
        size = min(LARGE, broker.capabilities.largest_payload or LARGE)
        signs = 251 if Capability.ANY_BYTES in broker.capabilities.can else 26
        value = bytes((number % signs + ord("a")) % 256 for number in range(size))
        assert self.sent(broker, channel, sink, Message(value)).value == value

    def test_too_large_a_payload(self, broker: Broker, channel: str, sink: Collected) -> None:
        """A payload larger than the broker takes is refused, and the next one is taken."""
        if broker.capabilities.largest_payload is None:
            return
        self.watch(broker, sink, channel)
        with pytest.raises(PublishRefused):
            self.publish(broker, channel, b"x" * (broker.capabilities.largest_payload + 1))
        self.publish(broker, channel, b"next")
        self.read_up(broker, channel)
        assert sink.values() == [b"next"]

    @pytest.mark.parametrize("key", [None, b"", b"42", b"\xff\x00"])
    def test_keys(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        key: bytes | None,
        record_property: Property,
    ) -> None:
        """A key of any bytes is handed over unchanged, an empty one and none are told apart."""
        message = Message(b"x", key=key)
        needed = Capability.KEYS
        if key in (b"", b"\xff\x00") and Capability.KEYS in broker.capabilities.can:
            needed = Capability.ANY_BYTES
        if key is None or can(broker, needed, record_property):
            assert self.sent(broker, channel, sink, message).key == key
        else:
            self.is_refused(
                broker,
                needed,
                lambda: broker.publish(channel, [message], self.deadline()),
            )

    @pytest.mark.parametrize(
        "headers",
        [
            (("trace", b"1"),),
            (("b", b"1"), ("a", b"2"), ("b", b"3")),
            (("empty", b""), ("none", None), ("bytes", b"\xff\x00"), ("grüße", b"1")),
        ],
        ids=["one", "repeated", "odd"],
    )
    def test_headers(
        self,
        broker: Broker,
        channel: str,
        sink: Collected,
        headers: Headers,
        record_property: Property,
    ) -> None:
        """Headers are handed over in their order, repeated names and missing values included."""
        message = Message(b"x", headers=headers)
        needed = Capability.HEADERS
        if len(headers) > 1 and Capability.HEADERS in broker.capabilities.can:
            needed = Capability.ANY_HEADERS
            if len(dict(headers)) < len(headers) and needed in broker.capabilities.can:
                needed = Capability.REPEATED_HEADERS
        if can(broker, needed, record_property):
            assert self.sent(broker, channel, sink, message).headers == headers
        else:
            self.is_refused(
                broker,
                needed,
                lambda: broker.publish(channel, [message], self.deadline()),
            )

    def test_tombstones(
        self, broker: Broker, channel: str, sink: Collected, record_property: Property
    ) -> None:
        """A tombstone is handed over without a payload, which is not an empty one."""
        message = Message(None, key=b"42")
        if can(broker, Capability.TOMBSTONES, record_property):
            record = self.sent(broker, channel, sink, message)
            assert (record.key, record.value) == (b"42", None)
        else:
            self.is_refused(
                broker,
                Capability.TOMBSTONES,
                lambda: broker.publish(channel, [message], self.deadline()),
            )

    def test_facts(self, broker: Broker, channel: str, sink: Collected) -> None:
        """A record says on which channel it lies, where, and when it was published."""
        before = time.time()
        record = self.sent(broker, channel, sink, Message(b"x"))
        after = time.time()
        assert record.channel == channel
        assert str(record.position.number) in record.where
        # The clocks of brokers count in milliseconds, or whole seconds.
        assert before - 1 <= record.timestamp <= after + 1
