"""A channel that is watched: how far it was read, and who waits for what on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from evtbdd.brokers.rabbitmq.amqp import AmqpChannel
from evtbdd.brokers.rabbitmq.layout import Layout
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.events import Position
from evtbdd.ports import Sink
from evtbdd.words import quoted

Mark = tuple[str, bytes, str]
"""By what an event of evtbdd's own is known: its id, its payload, its routing key."""

Number = asyncio.Future[int]
Place = asyncio.Future["Position | None"]


@dataclass(eq=False, slots=True)
class Tap:
    """One watched channel.

    `queue` is what is consumed, on `channel`, under `tag`; `old` deliveries are left that were
    there before. `next` is the number that the next event gets. `gaps` are numbers that no event
    ever got: there the connection was lost; `why` says so.
    """

    layout: Layout
    sink: Sink
    next: int
    queue: str = ""
    tag: str = ""
    channel: AmqpChannel | None = None
    old: int = 0
    live: bool = False
    failure: BrokerError | None = None
    gaps: list[int] = field(default_factory=list)
    why: str = ""
    markers: dict[str, Number] = field(default_factory=dict)
    expected: dict[Mark, list[Place]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The channel."""
        return self.layout.name

    def lose(self, why: str, address: str) -> None:
        """Note that events may pass from now on that nobody sees; whoever waits is told."""
        if self.live:
            self.gaps.append(self.next)
            self.next += 1
            self.why = (
                f"The connection to RabbitMQ at {address} was lost ({why}) while evtbdd was watching "
                f"{quoted(self.name)}, so events on it may have been missed."
            )
        self.live = False
        self.channel = None
        self._tell(BrokerUnavailable(self.why))

    def give_up(self, failure: BrokerError) -> None:
        """Watch no more: the channel is not there any more."""
        self.live = False
        self.failure = failure
        self._tell(failure)

    def _tell(self, failure: BrokerError) -> None:
        markers, self.markers = self.markers, {}
        for marker in markers.values():
            if not marker.done():
                marker.set_exception(failure)
        expected, self.expected = self.expected, {}
        for places in expected.values():
            for place in places:
                if not place.done():
                    place.set_result(None)

    def expect(self, mark: Mark) -> Place:
        """The position of the next event so marked, once it comes; None where it never can."""
        place: Place = asyncio.get_running_loop().create_future()
        self.expected = {
            each: places
            for each, places in self.expected.items()
            if not all(place.done() for place in places)
        }
        if self.live:
            self.expected.setdefault(mark, []).append(place)
        else:
            place.set_result(None)
        return place

    def meet(self, mark: Mark, position: Position) -> None:
        """Tell who expects it that such an event has come."""
        places = [each for each in self.expected.pop(mark, ()) if not each.done()]
        if places:
            places[0].set_result(position)
        if places[1:]:
            self.expected[mark] = places[1:]
