"""Hands a handler what a broker has for it, one event at a time; retries, and sends dead letters."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.events import TOMBSTONE, Event, Unreadable, text_or_bytes
from evtbdd.expect.pattern import Pattern
from evtbdd.handlers import Incoming
from evtbdd.hosting.handler import Handler, UnknownType
from evtbdd.hosting.publishing import Publishing
from evtbdd.hosting.turns import Turns, raised_at
from evtbdd.offers import Delivery
from evtbdd.ports import Message
from evtbdd.words import quoted

KEPT = 3
"""Rejections that are told, the last ones."""


class _Fault(Exception):
    """What a handler must not do was done; the text is a clause."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence's middle about what a handler did, and when."""

    moment: float
    text: str


class Host:
    """One delivery and the thread that works it off.

    `channels` are by their physical names; `turn` keeps several hosts of one handler apart.
    """

    def __init__(
        self,
        name: str,
        delivery: Delivery,
        channels: Mapping[str, Channel],
        handler: Handler,
        publishing: Publishing,
        deadline: Callable[[], Deadline],
        turn: Lock,
    ) -> None:
        self.fault: Note | None = None
        self._delivery = delivery
        self._channels = channels
        self._handler = handler
        self._publishing = publishing
        self._deadline = deadline
        self._turn = turn
        self._closing = False
        self._rejections: list[Note] = []
        self._busy: Note | None = None
        self._turns = Turns(f"handler of {name}", self._work)
        self._turns.start()

    def notes(self, since: float) -> Sequence[str]:
        """What was rejected since that moment, and what is being handled, in clauses."""
        found = [each.text for each in self._rejections if each.moment >= since]
        if (busy := self._busy) is not None:
            moment = f"{busy.moment - since:+.2f} s"
            found.append(
                f"has been handling {busy.text} since {moment}, and is at {self._turns.stands()}"
            )
        return found[-KEPT - 1 :]

    def close(self, seconds: float) -> str | None:
        """End it; where it does not end in that time, what it is busy with, as a clause."""
        self._closing = True
        self._delivery.close()
        if self._turns.join(seconds):
            return None
        busy = self._busy
        text = "what it was handed" if busy is None else busy.text
        return f"handles {text} still, and is at {self._turns.stands()}"

    def _work(self) -> None:
        while (record := self._delivery.take()) is not None:
            channel = self._channels[record.channel]
            event = channel.event(record)
            with self._turn:
                self._busy = Note(time.monotonic(), _named(event))
                try:
                    self._handle(channel, event)
                except (UnknownType, _Fault, BrokerError) as error:
                    self.fault = Note(time.monotonic(), str(error).rstrip("."))
                    return
                except BaseException as error:  # noqa: BLE001 - sys.exit must be told too
                    ended = f"{type(error).__name__} ended it, at {raised_at(error)}"
                    self.fault = None if self._closing else Note(time.monotonic(), ended)
                    return
                finally:
                    self._busy = None
            self._delivery.done(record)

    def _handle(self, channel: Channel, event: Event) -> None:
        """Hand it an event until it takes it, or has rejected it too often."""
        attempts = channel.declaration.attempts or 1
        dead = channel.plan.dead_letter
        for attempt in range(1, attempts + 1):
            rejected = self._rejected(event, attempt)
            if self._publishing.fault is not None:
                raise _Fault(self._publishing.fault)
            if rejected is None or self._closing:
                return
            went = attempt == attempts and channel.declaration.dead_letter
            count = f"attempt {attempt} of {attempts}"
            count += f", and it went to {quoted(went)}" if went else ""
            text = f"rejected {_named(event)}: {rejected} ({count})"
            self._rejections = [*self._rejections[-KEPT + 1 :], Note(time.monotonic(), text)]
        if dead is not None:
            record = event.record
            message = Message(record.value, record.key, record.headers)
            channel.broker.publish(dead, [message], self._deadline())

    def _rejected(self, event: Event, attempt: int) -> str | None:
        """Why an event was not taken, as a clause; None where it was."""
        payload = event.payload
        if isinstance(payload, Unreadable):
            return f"its payload cannot be read: {payload.reason}"
        incoming = Incoming(
            channel=event.channel,
            type=event.type,
            key=event.key,
            payload=None if payload is TOMBSTONE else payload,
            headers={name: text_or_bytes(value) for name, value in event.record.headers},
            attempt=attempt,
        )
        try:
            self._turns.finished(lambda: self._handler.call(incoming))
        except UnknownType:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it raises is a rejection
            said = f"{type(error).__name__}: {error}".rstrip(": ")
            return f"{said}, at {raised_at(error)}"
        return None


def _named(event: Event) -> str:
    """`an "OrderPlaced" event with key "41" on "orders"`."""
    return f"{Pattern(event.type, event.key).noun()} on {quoted(event.channel)}"
