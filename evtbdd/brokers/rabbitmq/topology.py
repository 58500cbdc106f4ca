"""The exchanges and queues of a RabbitMQ: made, deleted, and found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.amqp import AmqpChannel
from evtbdd.brokers.rabbitmq.errors import code, translated
from evtbdd.brokers.rabbitmq.layout import UNKNOWN, Layout
from evtbdd.brokers.rabbitmq.names import name_fault
from evtbdd.brokers.rabbitmq.records import LANE
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan
from evtbdd.words import listed, quoted

AT_ONCE = 50
"""Channels that are asked about at the same time, each on a channel of AMQP of its own."""

REFUSED, NOT_FOUND, LOCKED, PRECONDITION_FAILED = 403, 404, 405, 406


class Topology:
    """Creates, deletes and finds channels; remembers what those are that it has met."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Layout] = {}

    def create(self, plans: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create channels, or none. Raises BrokerError for the first that is refused."""
        layouts = {plan.name: Layout.of(plan) for plan in plans}
        for name in layouts:
            if (fault := name_fault(name)) is not None:
                raise BrokerError(f"The name {quoted(name)} cannot be RabbitMQ's: {fault}.")
        doing, begun = f"create {named(list(layouts))}", list[str]()
        try:
            self._session.run(doing, deadline, lambda: self._create(layouts, begun))
        except BrokerError:
            with suppress(BrokerError):
                # It may be the time that was too short: what is to be done yet gets its own.
                self.delete(begun, Deadline.after(deadline.seconds))
            raise
        self._known.update(layouts)

    async def _create(self, layouts: Mapping[str, Layout], begun: list[str]) -> None:
        there = await self._existing(layouts)
        if there:
            raise BrokerError(
                f"RabbitMQ at {self._session.shown} could not create {named(list(there))}: it is "
                "there already."
            )
        begun += layouts
        for layout in layouts.values():
            await self._declare(await self._complete(layout, layouts))
        # Only now each exchange is there that a queue may be bound to.
        for layout in layouts.values():
            await self._bind(layout)

    async def _complete(self, layout: Layout, layouts: Mapping[str, Layout]) -> Layout:
        dead = layout.dead_letter
        if dead is None:
            return layout
        known = layouts.get(dead) or self._known.get(dead)
        has_exchange = known.exchange is not None if known else await self._exists("exchange", dead)
        return layout.with_dead_letters_to(has_exchange)

    async def _declare(self, layout: Layout) -> None:
        durable = layout.durable
        async with self._creating(layout) as channel:
            if layout.exchange is not None:
                kind = layout.exchange
                await channel.ask(
                    "exchange_declare", layout.name, exchange_type=kind, durable=durable
                )
            if layout.queue:
                arguments = layout.arguments
                await channel.ask(
                    "queue_declare", layout.name, durable=durable, arguments=arguments
                )

    async def _bind(self, layout: Layout) -> None:
        async with self._creating(layout) as channel:
            for each in layout.own_bindings() if layout.queue else ():
                await channel.ask("queue_bind", layout.name, each.exchange, each.key)

    @asynccontextmanager
    async def _creating(self, layout: Layout) -> AsyncIterator[AmqpChannel]:
        """A channel of AMQP; what is refused on it is told of this one."""
        try:
            async with self._session.asking.lent() as channel:
                yield channel
        except driver.ChannelClosedByBroker as error:
            doing = f"create {named([layout.name])}"
            raise translated(error, self._session.shown, doing) from error

    def delete(self, names: Sequence[str], deadline: Deadline) -> None:
        """Delete channels; those that are not there are ignored."""
        if not names:
            return
        for name in names:
            self._known.pop(name, None)
        self._session.run(
            f"delete {named(names)}", deadline, lambda: self._delete(names), repeat=True
        )

    async def _delete(self, names: Iterable[str]) -> None:
        failed: driver.AMQPError | None = None
        for name in names:
            try:
                async with self._session.asking.lent() as channel:
                    await channel.ask("queue_delete", name)
                    await channel.ask("exchange_delete", name)
            except driver.ChannelClosedByBroker as error:
                failed = failed or error
        if failed is not None:
            raise failed

    def lanes(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The one lane of those channels that exist."""
        there = self._session.run(
            f"look for {named(names)}", deadline, lambda: self._existing(names), repeat=True
        )
        return {name: [LANE] for name in names if name in there}

    async def _existing(self, names: Iterable[str]) -> Sequence[str]:
        several = list(dict.fromkeys(names))
        found: list[str] = []
        for first in range(0, len(several), AT_ONCE):
            chunk = several[first : first + AT_ONCE]
            there = await asyncio.gather(*map(self._is_there, chunk))
            found += [name for name, is_there in zip(chunk, there, strict=True) if is_there]
        return found

    async def _is_there(self, name: str) -> bool:
        return any(
            await asyncio.gather(self._exists("exchange", name), self._exists("queue", name))
        )

    async def _exists(self, kind: str, name: str) -> bool:
        """Whether there is an exchange, or a queue, of that name."""
        if name_fault(name) is not None:
            return False
        try:
            async with self._session.asking.lent() as channel:
                await channel.ask(f"{kind}_declare", name, passive=True)
        except driver.ChannelClosedByBroker as error:
            if code(error) == LOCKED:
                return True
            if code(error) == NOT_FOUND:
                return False
            raise
        return True

    def known(self, name: str) -> Layout | None:
        """What is remembered of a channel; from any thread."""
        return self._known.get(name)

    async def layout(self, name: str) -> Layout | None:
        """What a channel is; None where it is not there. One that others made is looked at."""
        known = self._known.get(name)
        if known is not None:
            return known
        exchange, queue = await self._exists("exchange", name), await self._exists("queue", name)
        if not (exchange or queue):
            return None
        kind = await self._type_of(name) if exchange else None
        found = Layout(name, exchange=kind, queue=queue, consumed=not exchange)
        # Nobody can be asked for the keys that are bound.
        self._known[name] = replace(found, keys=()) if kind == "direct" else found
        return self._known[name]

    def adopt(self, plans: Sequence[ChannelPlan]) -> None:
        """Take channels that are there for what is planned. BrokerError where that cannot be."""
        self._known.update({plan.name: Layout.of(plan) for plan in plans})

    async def _type_of(self, exchange: str) -> str:
        """The type of an exchange, which RabbitMQ tells to whoever takes it for another."""
        try:
            async with self._session.asking.lent() as channel:
                await channel.ask("exchange_declare", exchange, exchange_type="topic", durable=True)
        except driver.ChannelClosedByBroker as error:
            if code(error) == REFUSED:
                return UNKNOWN
            if code(error) != PRECONDITION_FAILED:
                raise
            return _current(error) or "topic"
        return "topic"

    async def is_there(self, layout: Layout) -> bool:
        """Whether a channel that was there is there still."""
        kind = "queue" if layout.exchange is None or layout.consumed else "exchange"
        return await self._exists(kind, layout.name)

    def forget(self, name: str) -> None:
        """Look anew at a channel the next time that it is needed."""
        self._known.pop(name, None)


def _current(error: Any) -> str | None:
    """`direct`, of "inequivalent arg 'type' for exchange …: received 'topic' but current is 'direct'"."""
    text = str(error.reply_text)
    if "'type'" not in text:
        return None
    return text.rpartition("current is '")[2].rstrip("'\" ")


def named(names: Sequence[str]) -> str:
    """`the channel "a"`, `the channels "a", "b", "c" and 7 more`."""
    shown = [quoted(name) for name in names[:3]]
    more = [f"{len(names) - 3} more"] if len(names) > 3 else []
    return f"the channel{'' if len(names) == 1 else 's'} {listed(shown + more)}"
