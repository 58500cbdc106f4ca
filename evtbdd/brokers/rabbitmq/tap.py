"""A channel that is watched: how far it was read, and who waits for what on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from threading import Event, Lock

from evtbdd.brokers.rabbitmq.amqp import AmqpChannel
from evtbdd.brokers.rabbitmq.layout import Layout
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.events import Position
from evtbdd.ports import Sink
from evtbdd.words import quoted

Mark = tuple[str, bytes, str]
"""By what an event of evtbdd's own is known: its id, its payload, its routing key."""

Number = asyncio.Future[int]


class Place:
    """Where an event that is being published comes to stand; waited for in its publisher's thread."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.is_wanted = True
        self._known = Event()

    def meet(self, position: Position | None) -> None:
        """Say it; None where nobody can."""
        self.position = position
        self.is_wanted = False
        self._known.set()

    def wait(self, deadline: Deadline) -> bool:
        """Whether it was said by then."""
        return self._known.wait(deadline.remaining())


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
    _expected: dict[Mark, list[Place]] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

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
        with self._turn:
            expected, self._expected = self._expected, {}
        for places in expected.values():
            for place in places:
                place.meet(None)

    def expect(self, mark: Mark) -> Place:
        """The position of the next event so marked, once it comes; None where it never can.

        From any thread, unlike all else here.
        """
        place = Place()
        with self._turn:
            self._expected = {
                each: places
                for each, places in self._expected.items()
                if any(place.is_wanted for place in places)
            }
            if self.live:
                self._expected.setdefault(mark, []).append(place)
            else:
                place.meet(None)
        return place

    def meet(self, mark: Mark, position: Position) -> None:
        """Tell who expects it that such an event has come."""
        with self._turn:
            places = [each for each in self._expected.pop(mark, ()) if each.is_wanted]
            if places[1:]:
                self._expected[mark] = places[1:]
        if places:
            places[0].meet(position)
