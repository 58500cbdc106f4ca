"""The reader of a RabbitMQ: what the port asks of it, from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

from evtbdd.brokers.rabbitmq.layout import UNKNOWN, Layout
from evtbdd.brokers.rabbitmq.loop import Work
from evtbdd.brokers.rabbitmq.records import LANE
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.taps import Taps
from evtbdd.brokers.rabbitmq.topology import Topology, named
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.ports import Ends, Sink
from evtbdd.words import quoted

Answer = TypeVar("Answer")

GONE = 1.0
"""Seconds after which somebody who waits looks whether the channel is there still."""


class RabbitReader:
    """The reader of a RabbitBroker; its channels are in `taps`."""

    def __init__(self, session: Session, topology: Topology) -> None:
        self.taps = Taps(session, topology)
        self._session = session
        self._topology = topology
        self._closed = False

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """See all that comes after the ends that are returned. Raises BrokerError."""
        doing = f"watch {named(channels)}"
        return self._run(doing, deadline, lambda: self._watch(channels, sink))

    async def _watch(self, channels: Sequence[str], sink: Sink) -> Mapping[str, Ends]:
        layouts = [await self._watchable(name) for name in channels]
        new = [layout.name for layout in layouts if self.taps.add(layout, sink)]
        ends: dict[str, Ends] = {}
        try:
            for name in channels:
                tap = self.taps.get(name)
                assert tap is not None
                await self.taps.live(tap)
                ends[name] = {LANE: tap.next}
        except BaseException:
            self.taps.remove(new)
            raise
        return ends

    async def _watchable(self, name: str) -> Layout:
        layout = await self._topology.layout(name)
        if layout is None:
            raise self.taps.missing(name)
        why = None
        if layout.exchange == UNKNOWN:
            why = "RabbitMQ does not tell this user its type (that takes the right to configure it)"
        if layout.exchange == "direct" and not (layout.keys or layout.consumed):
            why = "it is direct, and evtbdd was not told which routing keys are bound"
        if why is not None:
            raise BrokerError(
                f"The exchange {quoted(name)} at {self._session.shown} cannot be watched: {why}."
            )
        return layout

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these."""
        if channels and self.taps.any():
            self._session.do(lambda: self.taps.remove(channels))

    def bury(self, channels: Sequence[str]) -> None:
        """Take note that evtbdd itself has deleted these channels."""
        self._session.do(lambda: self.taps.bury(channels))

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The number of the next event, all before it being handed over. Raises BrokerError."""
        doing = f"tell the end of {named(channels)}"
        return self._run(doing, deadline, lambda: self._ends(channels), repeat=True)

    async def _ends(self, channels: Sequence[str]) -> Mapping[str, Ends]:
        numbers = await asyncio.gather(*map(self._end, channels))
        return {name: {LANE: number} for name, number in zip(channels, numbers, strict=True)}

    async def _end(self, name: str) -> int:
        if (tap := self.taps.get(name)) is not None:
            return await self.taps.look(tap)
        layout = await self._topology.layout(name)
        if layout is None or not await self._topology.is_there(layout):
            self._topology.forget(name)
            raise self.taps.missing(name)
        return self.taps.number(name)

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Wait until the taps have counted so far. Raises BrokerError, also for a gap meanwhile."""
        doing = f"hand over all that was routed to {named(list(ends))}"
        self._run(doing, deadline, lambda: self._read_to(ends))

    async def _read_to(self, ends: Mapping[str, Ends]) -> None:
        wanted = [
            (tap, lanes.get(LANE, 0), len(tap.gaps))
            for name, lanes in ends.items()
            if (tap := self.taps.get(name)) is not None
        ]
        for tap, number, gaps in wanted:
            while True:
                if len(tap.gaps) > gaps:
                    raise BrokerUnavailable(tap.why)
                if tap.failure is None:
                    await self.taps.live(tap)
                if tap.next >= number and len(tap.gaps) == gaps:
                    break
                if tap.failure is not None:
                    raise tap.failure.with_traceback(None)
                if not await self.taps.change(GONE):
                    await self.taps.require(tap)

    def gap(self, since: Mapping[str, Ends]) -> str | None:
        """That the connection was lost since these ends, and what may have been missed so."""
        for name, lanes in since.items():
            tap = self.taps.get(name)
            if tap is not None and any(gap >= lanes.get(LANE, 0) for gap in tap.gaps):
                return tap.why
        return None

    def close(self) -> None:
        """Hand over nothing more; whatever is asked from now on raises BrokerUnavailable."""
        self._closed = True
        if self.taps.any():
            self._session.do(self.taps.remove_all)

    def _run(
        self, doing: str, deadline: Deadline, work: Work[Answer], *, repeat: bool = False
    ) -> Answer:
        self._session.require_open()
        if self._closed:
            raise BrokerUnavailable(f"The reader of RabbitMQ at {self._session.shown} is closed.")
        return self._session.run(doing, deadline, work, repeat=repeat)
