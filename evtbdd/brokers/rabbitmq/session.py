"""What all parts of the adapter share: the connections to one broker, and errors in sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import TypeVar

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.rabbitmq.amqp import CLOSING, Link, Unopened
from evtbdd.brokers.rabbitmq.errors import is_lost, not_let_in, said, translated
from evtbdd.brokers.rabbitmq.loop import Ended, EventLoop, Late, Work
from evtbdd.brokers.rabbitmq.probe import cause
from evtbdd.brokers.rabbitmq.publishing import Publishing
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.words import duration

Answer = TypeVar("Answer")

FAILURES = (Ended, Late, Unopened, driver.AMQPError)
"""What becomes of work over a connection; `Session.failure` says it in a sentence."""

PAUSE = 0.02
"""Seconds until a question is repeated whose connection was lost."""


class Session:
    """The connections of one broker object; nothing is opened before it is needed.

    RabbitMQ stops to read from a connection that publishes when it runs out of memory or disk, so
    publishing has one of its own, and the markers of the taps another: they are published in the
    loop's thread, events in their publisher's. What is read has one too: with it the taps come and
    go.
    """

    def __init__(self, address: Address, access: Access, patience: float) -> None:
        self.address = address
        self.access = access
        self.patience = patience
        self.loop = EventLoop("evtbdd rabbitmq")
        self.asking = Link(access.parameters(address, "evtbdd", patience))
        self.marking = Link(access.parameters(address, "evtbdd marking", patience))
        self.reading = Link(access.parameters(address, "evtbdd reading", patience))
        self.publishing = Publishing(address, access, patience, self.loop)
        self.others: set[Link] = set()
        """What has a connection of its own beside these, and is to be closed with them."""

        self._closed = False
        self._never = Event()

    @property
    def shown(self) -> str:
        """The address for people."""
        return self.address.shown

    def run(
        self, doing: str, deadline: Deadline, work: Work[Answer], *, repeat: bool = False
    ) -> Answer:
        """What the coroutine returns; `doing` says for an error what it was about.

        `repeat` where it may be done again after the connection was lost. Raises BrokerUnavailable,
        or what the table of errors makes of the driver's error.
        """
        while True:
            self.require_open()
            try:
                return self.loop.call(work, deadline)
            except FAILURES as error:
                lost = isinstance(error, driver.AMQPError) and is_lost(error)
                if not (repeat and lost) or deadline.expired():
                    raise self.failure(error, doing, deadline) from error.__cause__ or error
                self._never.wait(min(PAUSE, deadline.remaining()))

    def do(self, what: Callable[[], None]) -> None:
        """Do something in the loop's thread that does not wait; nothing once all is closed."""

        async def done() -> None:
            what()

        with suppress(Ended, Late):
            self.loop.call(done, Deadline.after(self.patience))

    def failure(self, error: Exception, doing: str, deadline: Deadline) -> BrokerError:
        """What is raised for one of FAILURES."""
        if isinstance(error, Ended):
            return self.closed()
        if isinstance(error, Late):
            return self.late(doing, deadline)
        if isinstance(error, Unopened):
            return self.unreached(error.__cause__, deadline)
        return translated(error, self.shown, doing)

    def late(self, doing: str, deadline: Deadline) -> BrokerUnavailable:
        """What is raised where no answer came."""
        waited = f"(waited up to {duration(deadline.seconds)})"
        links = (self.asking, self.marking, self.publishing, self.reading)
        if not any(link.is_open for link in links):
            return BrokerUnavailable(
                f"RabbitMQ cannot be reached at {self.shown}: no answer in time {waited}."
            )
        blocked = self.publishing.blocked or self.marking.blocked
        why = "it did not answer in time"
        if blocked is not None:
            why = f"it takes no events at the moment ({blocked})"
        return BrokerUnavailable(f"RabbitMQ at {self.shown} could not {doing}: {why} {waited}.")

    def unreached(self, error: BaseException | None, deadline: Deadline) -> BrokerUnavailable:
        """What is raised where no connection could be opened: the cause, in a sentence."""
        why = not_let_in(error, self.access.username, self.address.vhost)
        if why is None and not deadline.expired():
            why = cause(self.address, self.access, deadline)
        if why is None:
            why = said(error) if isinstance(error, Exception) else "no answer in time"
        return BrokerUnavailable(
            f"RabbitMQ cannot be reached at {self.shown}: {why} "
            f"(waited up to {duration(deadline.seconds)})."
        )

    def closed(self) -> BrokerUnavailable:
        """What is raised after `close`."""
        return BrokerUnavailable(f"The connection to RabbitMQ at {self.shown} is closed.")

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        if self._closed:
            raise self.closed()

    def close(self) -> None:
        """Close the connections, and end their thread; repeated calls do nothing."""
        if self._closed:
            return
        self._closed = True
        with suppress(Late, Ended):
            self.loop.call(self._close, Deadline.after(3 * CLOSING))
        self.loop.close()

    async def _close(self) -> None:
        links = (self.reading, self.marking, self.asking, *self.others)
        published = asyncio.get_running_loop().run_in_executor(None, self.publishing.close)
        await asyncio.gather(published, *(link.close() for link in links))
