"""What a scenario leaves to services that outlive it: the events that they consume."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evtbdd.events import Event
from evtbdd.expect.marks import marks
from evtbdd.expect.source import Source
from evtbdd.journal import Journal, Published
from evtbdd.offers import Acknowledgements
from evtbdd.witness import OpenTrigger

NO_GROUP = "it has no group, so nobody can tell what it has acknowledged"
NOBODY_TELLS = "its broker does not tell what it has acknowledged"


@dataclass(frozen=True, slots=True, eq=False)
class Consumer:
    """A service that lives longer than a scenario, as one who acknowledges what it consumes.

    `scope` is `f3` or `run`; `consumes` are the channels by their names, each with its physical
    one; `reaches` are the channels on which answers to it can come, None for any; `last`, whether
    it is done with what it acknowledges.
    """

    scope: str
    service: str
    group: str | None
    last: bool
    consumes: Mapping[str, str]
    reaches: frozenset[str] | None
    told_by: Acknowledgements | None

    @property
    def untold(self) -> str | None:
        """Why nobody can tell what it has acknowledged, as a clause; None where somebody can."""
        if self.group is None:
            return NO_GROUP
        return NOBODY_TELLS if self.told_by is None else None

    def may_answer_on(self, channel: str) -> bool:
        """Whether what it does about an event can be seen on a channel, or another source."""
        if isinstance(channel, Source):
            return True
        return self.reaches is None or channel in self.reaches


@dataclass(slots=True, eq=False)
class Trigger:
    """An event that a service consumes; `done` is from when on it is known to be done with it."""

    consumer: Consumer
    event: Event
    scenario: str
    done: float | None = None
    held: frozenset[str] | None = None

    def is_open_at(self, moment: float) -> bool:
        """Whether it was not known to be done with by then."""
        return self.done is None or self.done > moment

    def marks(self) -> frozenset[str]:
        """All values that its event holds; read from it once."""
        if self.held is None:
            self.held = marks(self.event)
        return self.held

    def told(self) -> OpenTrigger:
        """As expectations see it."""
        return OpenTrigger(self.event, self.scenario, self.consumer.service, self.consumer.untold)


class ScenarioTriggers:
    """The triggers among what one scenario publishes, each once, as its journal grows."""

    def __init__(
        self, scenario: str, journal: Journal, consumers: Callable[[], Sequence[Consumer]]
    ) -> None:
        self._scenario = scenario
        self._journal = journal
        self._consumers = consumers
        self._read: dict[Consumer, int] = {}

    def has_consumers(self) -> bool:
        """Whether there is a service already that may consume what it publishes."""
        return bool(self._consumers())

    def new(self) -> Iterator[Trigger]:
        """Those since the last call; all, for a service that was not there then."""
        for consumer in self._consumers():
            noted = self._journal.since(self._read.get(consumer, 0))
            self._read[consumer] = self._read.get(consumer, 0) + len(noted)
            for each in noted:
                entry = each.entry
                if (
                    isinstance(entry, Published)
                    and entry.event is not None
                    and entry.channel in consumer.consumes
                ):
                    yield Trigger(consumer, entry.event, self._scenario)

    def of(self, event: Event) -> Iterator[Trigger]:
        """Those that an event is which services have brought about."""
        for consumer in self._consumers():
            if event.channel in consumer.consumes:
                yield Trigger(consumer, event, self._scenario)
