"""All channels that are watched: begun, fed, and begun anew after a connection was lost.

Everything here runs in the loop's thread, but for `get`, `any` and `expect`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.amqp import Unopened
from evtbdd.brokers.rabbitmq.errors import code, said, translated
from evtbdd.brokers.rabbitmq.layout import Layout
from evtbdd.brokers.rabbitmq.records import record
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.tap import Mark, Place, Tap
from evtbdd.brokers.rabbitmq.tapping import Consuming, Tapping
from evtbdd.brokers.rabbitmq.topology import NOT_FOUND, Topology, named
from evtbdd.errors import BrokerError
from evtbdd.ports import Sink
from evtbdd.words import quoted

PAUSE = 0.2
"""Seconds between two attempts to reach a broker that is away."""


class Taps:
    """The taps of one reader, by the names of their channels."""

    def __init__(self, session: Session, topology: Topology) -> None:
        self._session = session
        self._topology = topology
        self._taps: dict[str, Tap] = {}
        self._numbers: dict[str, int] = {}
        self._tapping = Tapping(session, self)
        self._consuming = Consuming(session, self)
        self._beginning = asyncio.Lock()
        self._coming_back: asyncio.Task[None] | None = None
        self._changed: list[asyncio.Future[None]] = []
        session.reading.on_lost = self._on_lost

    def get(self, name: str) -> Tap | None:
        """The tap of a channel; None where it is not watched."""
        return self._taps.get(name)

    def any(self) -> bool:
        """Whether anything is watched."""
        return bool(self._taps)

    def number(self, name: str) -> int:
        """The number that the next event gets once the channel is watched."""
        return self._numbers.get(name, 0)

    def add(self, layout: Layout, sink: Sink) -> bool:
        """Have a channel's events go to that sink; whether it was not watched before."""
        tap = self._taps.get(layout.name)
        if tap is not None and tap.failure is None:
            tap.sink = sink
            return False
        number = self.number(layout.name) if tap is None else tap.next
        self._taps[layout.name] = Tap(layout, sink, number)
        return True

    def remove(self, names: Iterable[str]) -> None:
        """Hand over nothing more of these."""
        for name in names:
            tap = self._taps.pop(name, None)
            if tap is not None:
                self._numbers[name] = tap.next
                self._way(tap).end(tap)

    def remove_all(self) -> None:
        """Hand over nothing more."""
        self.remove(list(self._taps))

    def bury(self, names: Iterable[str]) -> None:
        """Take note that evtbdd itself has deleted these channels, and count anew from now on."""
        for name in names:
            self._numbers.pop(name, None)
            tap = self._taps.get(name)
            if tap is not None:
                self._way(tap).end(tap)
                tap.give_up(self._gone(name))
        self._tell()

    async def live(self, tap: Tap) -> None:
        """Return when a tap sees what comes. Raises what keeps it from that."""
        async with self._beginning:
            if tap.failure is not None:
                raise tap.failure.with_traceback(None)
            if tap.live:
                return
            try:
                await self._way(tap).begin(tap)
            except driver.ChannelClosedByBroker as error:
                if code(error) != NOT_FOUND:
                    doing = f"watch {named([tap.name])}"
                    raise translated(error, self._session.shown, doing) from error
                self._topology.forget(tap.name)
                tap.give_up(self.missing(tap.name))
                raise self.missing(tap.name) from error
            tap.live = True
            if self._taps.get(tap.name) is not tap:
                # It was given up while it was begun.
                self._way(tap).end(tap)

    async def look(self, tap: Tap) -> int:
        """The number of the next event, all before it being handed over. Raises BrokerError."""
        await self.live(tap)
        await self.require(tap)
        return await self._way(tap).look(tap)

    async def require(self, tap: Tap) -> None:
        """Raise BrokerError where a channel that is watched was deleted meanwhile."""
        try:
            await self._way(tap).require(tap)
        except driver.ChannelClosedByBroker as error:
            if code(error) != NOT_FOUND:
                raise
            self._topology.forget(tap.name)
            tap.give_up(self._gone(tap.name))
            raise self._gone(tap.name) from error

    def _way(self, tap: Tap) -> Tapping | Consuming:
        return self._consuming if tap.layout.consumed else self._tapping

    async def change(self, seconds: float) -> bool:
        """Wait until something has changed; False where nothing does for so long."""
        changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changed.append(changed)
        try:
            await asyncio.wait_for(changed, seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def missing(self, name: str) -> BrokerError:
        """What is raised for a channel that is not there."""
        return BrokerError(f"There is no channel {quoted(name)} at {self._session.shown}.")

    def _gone(self, name: str) -> BrokerError:
        return BrokerError(
            f"The channel {quoted(name)} at {self._session.shown} was deleted while evtbdd was "
            "watching it."
        )

    def expect(self, name: str, mark: Mark) -> Place | None:
        """As Tap.expect; None where nobody sees what is published so."""
        tap = self._taps.get(name)
        return None if tap is None or not tap.layout.is_tapped(mark[2]) else tap.expect(mark)

    def delivered(self, tap: Tap, delivery: Any, found: Any, body: bytes) -> None:
        """Hand an event over, or know by a marker that there is none before it."""
        if self._taps.get(tap.name) is not tap:
            return
        if not tap.layout.consumed and delivery.exchange == "":
            marker = tap.markers.get(found.message_id)
            if marker is not None and not marker.done():
                marker.set_result(tap.next)
            return
        if tap.old:
            tap.old -= 1
            return
        seen = record(tap.name, tap.next, delivery, found, body)
        tap.next += 1
        tap.sink(seen)
        if tap.layout.consumed and tap.channel is not None:
            tap.channel.driver.basic_ack(delivery.delivery_tag)
        tap.meet((found.message_id or "", body, delivery.routing_key), seen.position)
        self._tell()

    def cancelled(self, tap: Tap) -> None:
        """Somebody has deleted the queue of a tap, or a queue that is consumed."""
        tap.lose("its queue was deleted", self._session.shown)
        self._tell()
        self._begin_to_come_back()

    def _on_lost(self, reason: Exception) -> None:
        for tap in self._taps.values():
            tap.lose(said(reason), self._session.shown)
        self._tell()
        self._begin_to_come_back()

    def _begin_to_come_back(self) -> None:
        if self._taps and (self._coming_back is None or self._coming_back.done()):
            self._coming_back = asyncio.get_running_loop().create_task(self._come_back())

    async def _come_back(self) -> None:
        """Have every tap see again what comes, as soon as the broker is there."""
        while True:
            try:
                for tap in list(self._taps.values()):
                    if tap.failure is None:
                        await self.live(tap)
            except (Unopened, driver.AMQPError):
                await asyncio.sleep(PAUSE)
            except BrokerError:
                self._tell()
            else:
                return

    def _tell(self) -> None:
        changed, self._changed = self._changed, []
        for each in changed:
            if not each.done():
                each.set_result(None)
