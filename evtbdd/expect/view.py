"""The journal as one question sees it: what lies in its window, and what lies around it."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.clock import Deadline
from evtbdd.events import Event
from evtbdd.expect.question import Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.window import Lies, Window
from evtbdd.journal import Journal, Noted, Seen


@dataclass(frozen=True, slots=True)
class Outside:
    """An event that the question was not asked of, and why."""

    lies: Lies
    sighting: Sighting


class View:
    """Hands a question the events of its window, each once, as the journal grows."""

    def __init__(self, journal: Journal, window: Window, question: Question) -> None:
        self.window = window
        self.outside: list[Outside] = []
        self.unreadable: list[Sighting] = []
        self.types: set[str] = set()
        self._cursor = journal.cursor()
        self._question = question

    def read(self) -> None:
        """Take in all that is noted by now."""
        for noted in self._cursor.new():
            if isinstance(noted.entry, Seen):
                self._place(noted, noted.entry.event)

    def wait(self, deadline: Deadline) -> bool:
        """Whether there is something new to read, before the deadline."""
        return self._cursor.wait(deadline)

    def _place(self, noted: Noted, event: Event) -> None:
        lies = self.window.lies(event)
        if event.type is not None:
            self.types.add(event.type)
        inside = lies is Lies.INSIDE and event.channel == self._question.channel
        sighting = Sighting(
            len(self._question.seen) + 1 if inside else 0, noted.at - self.window.began, event
        )
        if not inside:
            self.outside.append(Outside(lies, sighting))
            return
        if any(pattern.judge(event).unreadable for pattern in self._question.patterns):
            self.unreadable.append(sighting)
        self._question.see(sighting)
