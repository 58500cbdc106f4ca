"""Channels that one run holds: an exclusive queue for each, which ends with its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.amqp import Link, Unopened
from evtbdd.brokers.rabbitmq.errors import code, said
from evtbdd.brokers.rabbitmq.loop import Ended, Late
from evtbdd.brokers.rabbitmq.management import Management, of_vhost
from evtbdd.brokers.rabbitmq.names import LOCK
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.topology import LOCKED, named
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import quoted

HOLDER = "x-evtbdd-holder"
PAUSE = 0.1
"""Seconds between two attempts to get what somebody holds."""


class Held(Exception):
    """Somebody else holds this channel."""


class RabbitLock:
    """Some channels that are held, by a connection of their own."""

    def __init__(self, session: Session, holder: str) -> None:
        self.lost: str | None = None
        self._session = session
        self._holder = holder
        self._link = Link(
            session.access.parameters(session.address, f"evtbdd lock {holder}", session.patience)
        )
        self._link.on_lost = self._on_lost
        session.others.add(self._link)

    def _on_lost(self, reason: Exception) -> None:
        self.lost = f"the connection to RabbitMQ at {self._session.shown} was lost ({said(reason)})"

    async def take(self, channels: Sequence[str]) -> None:
        """Hold all of them, or none: Held names one that somebody else has."""
        taken: list[str] = []
        for name in channels:
            try:
                async with self._link.lent() as channel:
                    await channel.ask(
                        "queue_declare",
                        f"{LOCK}{name}",
                        exclusive=True,
                        arguments={HOLDER: self._holder},
                    )
            except driver.ChannelClosedByBroker as error:
                async with self._link.lent() as channel:
                    for each in taken:
                        await channel.ask("queue_delete", f"{LOCK}{each}")
                if code(error) == LOCKED:
                    raise Held(name) from error
                raise
            taken.append(name)

    async def take_in_time(self, channels: Sequence[str], deadline: Deadline) -> str | None:
        """Hold all of them, waiting for who has them; the one that was not to be had by then."""
        while True:
            try:
                await self.take(channels)
            except Held as held:
                if deadline.remaining() <= PAUSE:
                    return str(held)
                await asyncio.sleep(PAUSE)
            else:
                return None

    async def give_up(self) -> None:
        """Let others have them."""
        await self._link.close()
        self._session.others.discard(self._link)

    def release(self, deadline: Deadline) -> None:
        """Let others have them; those of a connection that was lost, or closed, are free already."""
        try:
            self._session.loop.call(self.give_up, deadline)
        except (Late, Ended, Unopened):
            return


def hold(
    session: Session,
    management: Management,
    channels: Sequence[str],
    holder: str,
    deadline: Deadline,
) -> RabbitLock:
    """Hold channels, whether or not they are there.

    BrokerError names one that somebody else holds, and, where there is a management API, who does.
    """
    lock = RabbitLock(session, holder)
    doing = f"hold {named(channels)}"
    # The wait ends by itself, and says who has it; only a broker that does not answer is left.
    longer = Deadline.after(deadline.remaining() + session.patience)
    held = session.run(doing, longer, lambda: lock.take_in_time(channels, deadline))
    if held is None:
        return lock
    lock.release(Deadline.after(session.patience))
    raise BrokerError(
        f"The channel {quoted(held)} of RabbitMQ at {session.shown} is held by "
        f"{_holder(session, management, held)}."
    )


def _holder(session: Session, management: Management, channel: str) -> str:
    soon = Deadline.after(session.patience)
    found = None
    if management.is_there(soon):
        path = of_vhost("queues", session.address.vhost, f"{LOCK}{channel}")
        found = management.get(path, soon)
    told = (found or {}).get("arguments", {}).get(HOLDER)
    return str(told or "another run")
