"""The journal as one question sees it: what lies in its window, and what lies around it."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.clock import Deadline
from evtbdd.events import Event
from evtbdd.expect.question import Claim, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.whose import Correlation, Whose
from evtbdd.expect.window import Lies, Window
from evtbdd.journal import Journal, Noted, Seen, ServiceEnded

OF_ANYONE = (Lies.INSIDE, Lies.TOO_EARLY)
NOT_OURS = {Whose.STRAY: Lies.STRAY, Whose.FOREIGN: Lies.FOREIGN}


@dataclass(frozen=True, slots=True)
class Outside:
    """An event that the question was not asked of, and why."""

    lies: Lies
    sighting: Sighting


class View:
    """Hands a question the events of its window, each once, as the journal grows.

    `unreadable` are those that a claim has doubts about; `ended` counts the ends of services.
    """

    def __init__(
        self, journal: Journal, window: Window, question: Question, correlation: Correlation
    ) -> None:
        self.window = window
        self.correlation = correlation
        self.outside: list[Outside] = []
        self.unreadable: list[Sighting] = []
        self.ended = 0
        self._cursor = journal.cursor()
        self._question = question

    def read(self) -> None:
        """Take in all that is noted by now."""
        for noted in self._cursor.new():
            if isinstance(noted.entry, Seen):
                self._place(noted, noted.entry.event)
            elif isinstance(noted.entry, ServiceEnded):
                self.ended += 1

    def wait(self, deadline: Deadline) -> bool:
        """Whether there is something new to read, before the deadline."""
        return self._cursor.wait(deadline)

    def _place(self, noted: Noted, event: Event) -> None:
        question = self._question
        lies = self._lies(event)
        seconds = noted.at - self.window.began
        if lies is not Lies.INSIDE or event.channel != question.channel:
            self.outside.append(Outside(lies, Sighting(0, seconds, event)))
            return
        sighting = Sighting(len(question.seen) + 1, seconds, event)
        if isinstance(question, Claim) and question.doubts(event):
            self.unreadable.append(sighting)
        question.see(sighting)

    def _lies(self, event: Event) -> Lies:
        lies = self.window.lies(event)
        if lies in OF_ANYONE:
            lies = NOT_OURS.get(self.correlation.of(event), lies)
        return lies
