"""What every question to the journal has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from evtbdd.events import Event
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import noun
from evtbdd.words import a, listed

MOST_SAID = 4
"""Of so many fields at most a sentence speaks."""

Ours = Callable[[Sighting], bool]
"""Whether an event is known to be of this scenario."""

WATCH = "during 2 seconds"
"""The time that is proposed to an author who gave none."""


class Answer(Enum):
    """What the events seen so far say."""

    OPEN = "neither met nor contradicted"
    MET = "met"
    CONTRADICTED = "contradicted"


class Question(ABC):
    """Asked of the events on one channel, inside one window, as they come; pure.

    `patterns` are what it looks for, in the order of their rows.
    """

    def __init__(self, channel: str, patterns: Sequence[Pattern]) -> None:
        self.channel = channel
        self.patterns = tuple(patterns)
        self.seen: list[Sighting] = []

    @property
    def noun(self) -> str:
        """What it is asked of: `event`, `request`, …"""
        return noun(self.channel)

    def see(self, sighting: Sighting) -> None:
        """Take note of the next event inside the window."""
        self.seen.append(sighting)
        self.consider(sighting)

    @abstractmethod
    def consider(self, sighting: Sighting) -> None:
        """Let the answer depend on one more event."""

    def doubts(self, event: Event) -> bool:
        """Whether the event cannot be read, and could change the answer if it could be."""
        return any(pattern.hides(event) for pattern in self.patterns)

    @abstractmethod
    def answer(self) -> Answer:
        """What the events say so far. Raises Unproven where they lie so that nothing can be said."""

    def at_the_end(self) -> bool:
        """Whether an open question holds when nothing more can come; an arrival does not.

        Raises Unproven where only what did not come could have told.
        """
        return False

    @property
    @abstractmethod
    def met(self) -> Sequence[Sighting]:
        """The events that it was met by so far: what `its` can mean."""

    @abstractmethod
    def expected(self) -> str:
        """What was expected, as a noun: `a "OrderShipped" event with key "42"`."""

    @property
    def lead(self) -> str:
        """The word before the details: `with`, `equal to`, `has`."""
        return "equal to" if self.patterns[0].exactly else "with"

    def sentence(self) -> str:
        """Expectation and details in one line: `no event with status = "shipped"`."""
        details = self.details()
        said = f" {self.lead} {listed(details[:MOST_SAID])}" if details else ""
        more = f" and {len(details) - MOST_SAID} more" if len(details) > MOST_SAID else ""
        return f"{self.expected()}{said}{more}"

    def details(self) -> list[str]:
        """Lines below the expectation: what was said of the fields."""
        return self.patterns[0].details() if len(self.patterns) == 1 else []

    @abstractmethod
    def but(self) -> str:
        """What was seen instead, as a clause: `none of 3 events in its window matched`."""

    def culprits(self) -> Sequence[tuple[Sighting, Pattern]]:
        """The events that contradict it, each with the pattern it is to be shown against."""
        return ()

    def unmatched(self) -> Sequence[tuple[str, Pattern]]:
        """The rows that nothing has met, each with how to call it; for arrivals."""
        return ()

    @property
    def among(self) -> Sequence[Pattern]:
        """What chooses the events that it is about."""
        return self.patterns

    def in_doubt(self, holds: bool, ours: Ours) -> Sighting | None:
        """The first event on which its answer rests and that may not be of this scenario.

        None where it would be answered alike without those. `holds` is the answer, `ours` tells of
        which events it is known.
        """
        deciding = self.met if holds else [sighting for sighting, _ in self.culprits()]
        return first_not(ours, deciding)


class Claim(Question):
    """A question about all or none: it cannot be met before its time is over."""

    @abstractmethod
    def watched_form(self, *, in_all: bool = False) -> str:
        """The step that watches this claim for a time, for an author who gave none.

        It ends in a colon where the same table or text has to stand below it.
        """


def first_not(ours: Ours, sightings: Iterable[Sighting]) -> Sighting | None:
    """The first that is not known to be of this scenario."""
    return next((each for each in sightings if not ours(each)), None)


def watched(in_all: bool) -> str:
    """`during 2 seconds in all`: the time of a step that watches."""
    return f"{WATCH} in all" if in_all else WATCH


def none_of(seen: Sequence[Sighting], what: str = "event") -> str:
    """`no event came`, `the one event in its window did not match`, …"""
    if not seen:
        return f"no {what} came"
    if len(seen) == 1:
        return f"the one {what} in its window did not match"
    return f"of {len(seen)} {what}s in its window none matched"


def no_such(seen: Sequence[Sighting], what: str = "event") -> str:
    """`of 3 events in its window none is such an event`."""
    if not seen:
        return f"no {what} came"
    if len(seen) == 1:
        return f"the one {what} in its window is another"
    return f"of {len(seen)} {what}s in its window none is such {a(what)}"


def too_few(came: Sequence[Sighting]) -> str:
    """`only 2 came, the last at +0.30 s`."""
    return f"only {len(came)} came, the last at {came[-1].moment}"
