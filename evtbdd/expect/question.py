"""What every question to the journal has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum

from evtbdd.expect.pattern import Pattern
from evtbdd.expect.sighting import Sighting


class Answer(Enum):
    """What the events seen so far say."""

    OPEN = "neither met nor contradicted"
    MET = "met"
    CONTRADICTED = "contradicted"


class Question(ABC):
    """Asked of the events on one channel, inside one window, as they come; pure.

    `patterns` are what it looks for, in the order of their rows. `claim` is True for a claim about
    all or none: it cannot be met before its time is over, see `at_the_end`.
    """

    claim = False

    def __init__(self, channel: str, patterns: Sequence[Pattern]) -> None:
        self.channel = channel
        self.patterns = tuple(patterns)
        self.seen: list[Sighting] = []

    def see(self, sighting: Sighting) -> None:
        """Take note of the next event inside the window."""
        self.seen.append(sighting)
        self.consider(sighting)

    @abstractmethod
    def consider(self, sighting: Sighting) -> None:
        """Let the answer depend on one more event."""

    @abstractmethod
    def answer(self) -> Answer:
        """What the events say so far. Raises Unproven where they lie so that nothing can be said."""

    def at_the_end(self) -> bool:
        """Whether an open question holds when nothing more can come; for arrivals it does not."""
        return False

    @property
    @abstractmethod
    def met(self) -> Sequence[Sighting]:
        """The events that it was met by so far: what `its` can mean."""

    @abstractmethod
    def expected(self) -> str:
        """What was expected, as a noun: `a "OrderShipped" event with key "42"`."""

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

    def watched_form(self) -> str:
        """The step that watches this claim for a time, for an author who gave none."""
        raise NotImplementedError


def none_of(seen: Sequence[Sighting]) -> str:
    """`no event came`, `the only event in its window did not match`, …"""
    if not seen:
        return "no event came"
    if len(seen) == 1:
        return "the one event in its window did not match"
    return f"of {len(seen)} events in its window none matched"
