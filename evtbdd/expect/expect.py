"""Ask a question of a scenario until it is answered, and raise what the answer amounts to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.errors import ExpectationFailed, ServiceError, Unproven
from evtbdd.expect.explain import Circumstances, explain
from evtbdd.expect.question import Answer, Question
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.view import View
from evtbdd.expect.window import Lies, window
from evtbdd.journal import Acted, Arrived, Journal, Published, ScenarioBegan, ServiceReady
from evtbdd.ports import ServiceHealth, Witness
from evtbdd.words import duration, quoted


@dataclass(frozen=True, slots=True)
class Patience:
    """How long waits may be, in seconds: of a step that names no time, of a broker's answer.

    `scale` multiplies every patience, never a time that is watched.
    """

    timeout: float = 5.0
    broker: float = 5.0
    scale: float = 1.0


class Expect:
    """The expectations of one scenario."""

    def __init__(
        self,
        journal: Journal,
        witness: Witness,
        patience: Patience,
        clock: Clock = MONOTONIC,
    ) -> None:
        self._journal = journal
        self._witness = witness
        self._patience = patience
        self._clock = clock
        self.its: Sequence[Sighting] = ()

    def arrival(self, question: Question, *, within: float | None, in_all: bool) -> None:
        """Wait until the question is met.

        Raises ExpectationFailed when it is not met in time or contradicted, ServiceError where a
        service had ended by itself, BrokerUnavailable, or Unproven where nothing can be said.
        """
        patience = self._patience.timeout if within is None else within
        began = self._clock.now()
        view = self._view(question, in_all)
        deadline = self.patience(within)
        answer = self._ask(view, question, deadline, give_up=self._all_lost)
        if answer is not Answer.MET:
            self._fail(view, question, f" within {duration(patience)}", began)
        self._meet(question, arrived=True)

    def claim(self, question: Question, *, during: float | None, in_all: bool) -> None:
        """Watch that the question is not contradicted, and holds when the time is over.

        The time counts from when the scenario last acted or was met by an arrival. Raises
        ExpectationFailed at once when it is contradicted; Unproven where no time is given, where a
        service had ended by itself, or where the window holds what cannot be read.
        """
        began = self._clock.now()
        view = self._view(question, in_all)
        deadline = self.watch_until(during or 0.0)
        answer = self._ask(view, question, deadline)
        time = "" if during is None else f" during {duration(during)}"
        if answer is Answer.CONTRADICTED:
            raise ExpectationFailed(self._text(view, question, time, began))
        if during is None:
            raise Unproven(
                f"Nothing has contradicted this so far: {question.expected()} on "
                f"{quoted(question.channel)}; but nothing proves it either. Say how long to watch, "
                f"as in: Then {question.watched_form()}"
            )
        if not question.at_the_end():
            self._fail(view, question, time, began)
        self._prove(view, question)
        self._meet(question, arrived=False)

    def watch_until(self, during: float) -> Deadline:
        """When a watch of so many seconds is over: they count from the last act or arrival."""
        moments = [
            noted.at
            for noted in self._journal.since()
            if isinstance(noted.entry, ScenarioBegan | Acted | Published | Arrived | ServiceReady)
        ]
        return Deadline(max(moments, default=self._journal.began) + during, during, self._clock)

    def patience(self, within: float | None) -> Deadline:
        """When the patience of a step is over that names that time, or none."""
        seconds = self._patience.timeout if within is None else within
        return Deadline.after(seconds * self._patience.scale, self._clock)

    def _view(self, question: Question, in_all: bool) -> View:
        own_counts = not self._witness.health()
        seen_from = window(
            self._journal.since(),
            in_all=in_all,
            own_counts=own_counts,
            began=self._journal.began,
        )
        return View(self._journal, seen_from, question)

    def _ask(
        self,
        view: View,
        question: Question,
        deadline: Deadline,
        give_up: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """The answer at the latest when the deadline has come and the channel was read up to then."""
        while True:
            view.read()
            if (answer := question.answer()) is not Answer.OPEN:
                return answer
            if give_up() or not view.wait(deadline):
                break
        self._witness.read_up([question.channel], self._broker_deadline())
        view.read()
        return question.answer()

    def _broker_deadline(self) -> Deadline:
        return Deadline.after(self._patience.broker * self._patience.scale, self._clock)

    def _all_lost(self) -> bool:
        services = self._witness.health()
        return any(each.lost for each in services) and not any(each.running for each in services)

    def _prove(self, view: View, question: Question) -> None:
        """Raise Unproven where a claim that nothing contradicts may still be untrue."""
        lost = [each for each in self._witness.health() if each.lost]
        if lost:
            raise Unproven(
                f"Nothing has contradicted this: {question.expected()} on "
                f"{quoted(question.channel)}; but {_ended(lost[0])}, and a dead service proves "
                f"nothing.{_log(lost[0])}"
            )
        if view.unreadable:
            first = view.unreadable[0]
            payload = first.event.payload
            raise Unproven(
                f"Nothing has contradicted this: {question.expected()} on "
                f"{quoted(question.channel)}; but {first} at {first.moment} "
                f"({first.event.record.where}) cannot be read, and could be such an event: "
                f"{getattr(payload, 'reason', payload)}."
            )
        known = view.types | self._witness.declared_types(question.channel)
        known |= {
            noted.entry.type
            for noted in self._journal.since()
            if isinstance(noted.entry, Published) and noted.entry.type
        }
        for claimed in sorted({p.type for p in question.patterns if p.type} - known):
            raise Unproven(
                f"Nothing has contradicted this: {question.expected()} on "
                f"{quoted(question.channel)}; but no event of the type {quoted(claimed)} was ever "
                f"seen, so it may be misspelt. If it is right, declare it: types = {claimed} in "
                f"[evtbdd:channel:{question.channel}]."
            )

    def _fail(self, view: View, question: Question, time: str, began: float) -> None:
        text = self._text(view, question, time, began)
        lost = [each for each in self._witness.health() if each.lost]
        if lost:
            first = _ended(lost[0])
            raise ServiceError(
                f"{first[0].upper()}{first[1:]}, so nothing can be said of what was expected."
                f"{_log(lost[0])}\n{text}"
            )
        raise ExpectationFailed(text)

    def _text(self, view: View, question: Question, time: str, began: float) -> str:
        wanted = [pattern for _, pattern in question.unmatched()] or list(question.patterns)
        fitting: dict[Lies | None, list[Sighting]] = {}
        for outside in view.outside:
            event = outside.sighting.event
            if not any(p.fits(event) and (p.details() or p.type or p.key) for p in wanted):
                continue
            here = event.channel == question.channel
            lies = outside.lies if here else None
            if here or outside.lies is Lies.INSIDE:
                fitting.setdefault(lies, []).append(outside.sighting)
        return explain(
            question,
            Circumstances(
                time=time,
                waited=self._clock.now() - began,
                where=self._witness.where(question.channel),
                elsewhere=fitting.get(None, ()),
                too_early=fitting.get(Lies.TOO_EARLY, ()),
                own=fitting.get(Lies.OWN, ()),
                before=fitting.get(Lies.BEFORE, ()),
            ),
        )

    def _meet(self, question: Question, *, arrived: bool) -> None:
        self.its = tuple(question.met)
        if arrived:
            self._journal.append(Arrived(question.expected()))


def _ended(service: ServiceHealth) -> str:
    return f"the service {quoted(service.name)} {service.lost}"


def _log(service: ServiceHealth) -> str:
    if not service.last_lines:
        return " It had logged nothing."
    return " The end of its log:" + "".join(f"\n    {line}" for line in service.last_lines)
