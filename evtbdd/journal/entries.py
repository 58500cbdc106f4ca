"""The kinds of entries: a small closed set of frozen facts. Their time is the journal's to note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evtbdd.events import Event, Position
from evtbdd.ports import Ends


@dataclass(frozen=True, slots=True)
class ScenarioBegan:
    """The first step is about to run; `ends` are where each watched channel ended just before.

    `asked` is a monotonic moment before which all of them lie; None for that of the entry.
    """

    ends: Mapping[str, Ends]
    asked: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Acted:
    """A block of acts began under When; `ends` are where each watched channel ended just before.

    `asked` as in ScenarioBegan.
    """

    ends: Mapping[str, Ends]
    asked: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Published:
    """A step's event was stored; `history` where it lies before the scenario's own beginning.

    `event` is all of it, as the channel reads it. `began` is a monotonic moment at which it had not
    been sent yet; None for nobody knows.
    """

    channel: str
    position: Position
    type: str | None
    key: str | bytes | None
    history: bool = False
    event: Event | None = field(default=None, compare=False, repr=False)
    began: float | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """The reader saw an event on a channel."""

    event: Event


@dataclass(frozen=True, slots=True)
class Arrived:
    """A step that waited for an arrival was met."""

    step: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A step sent what is no event: a request, a message; `to` and `what` as a person says them.

    `acts`, where it does more than look.
    """

    to: str
    what: str
    acts: bool = True


@dataclass(frozen=True, slots=True)
class NothingMore:
    """Nothing more can come to what is no channel: a WebSocket was closed, a request failed."""

    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Requested:
    """A step's request was about to be sent: `what` is `POST /orders`, `traceparent` its header."""

    what: str
    traceparent: str


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    """The process of a service runs."""

    service: str
    pid: int


@dataclass(frozen=True, slots=True)
class ServiceReady:
    """A service does what its settings call ready; `how` says what was seen."""

    service: str
    how: str


@dataclass(frozen=True, slots=True)
class ServiceEnded:
    """The process of a service ended; `asked` where a step had ended it."""

    service: str
    exit: str
    asked: bool


Entry = (
    ScenarioBegan
    | Acted
    | Published
    | Seen
    | Arrived
    | Sent
    | NothingMore
    | Requested
    | ServiceStarted
    | ServiceReady
    | ServiceEnded
)
