"""Ask a question of a scenario until it is answered, and raise what the answer amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.errors import ExpectationFailed, Unproven
from evtbdd.expect.acting import last_act
from evtbdd.expect.around import circumstances
from evtbdd.expect.doubt import NEWS, OwnMarks, await_earlier, require_ours, still_open
from evtbdd.expect.explain import explain
from evtbdd.expect.life import missed
from evtbdd.expect.proof import ended, how_long, lost, prove, unreadable
from evtbdd.expect.question import Answer, Claim, Question
from evtbdd.expect.rest import comes_to_rest, notes
from evtbdd.expect.sighting import Sighting
from evtbdd.expect.source import over
from evtbdd.expect.view import View
from evtbdd.expect.whose import Correlation, own_marks
from evtbdd.expect.window import window
from evtbdd.journal import Arrived, Journal
from evtbdd.witness import Witness
from evtbdd.words import a, duration


@dataclass(frozen=True, slots=True)
class Patience:
    """How long waits may be, in seconds.

    They are that of a step that names no time, that for a broker's answer, and that of a claim for
    what earlier scenarios have left open.

    `scale` multiplies every patience, never a time that is watched.
    """

    timeout: float = 5.0
    broker: float = 5.0
    proof: float = 10.0
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
        self._own = OwnMarks(journal, witness)
        self.its: Sequence[Sighting] = ()

    def arrival(self, question: Question, *, within: float | None, in_all: bool) -> None:
        """Wait until the question is met.

        Raises ExpectationFailed when it is not met in time or contradicted, ServiceError where a
        service had ended by itself, BrokerUnavailable, or Unproven where nothing can be said.
        """
        began = self._clock.now()
        deadline = self.patience(within)
        view = self._view(question, in_all)
        answer = self._ask(view, question, deadline, give_up=True)
        if answer is Answer.MET:
            self._require_ours(question, view, holds=True)
            self._meet(question, arrived=True)
            return
        if answer is Answer.OPEN:
            question.at_the_end()
        self._require_ours(question, view, holds=False)
        patience = self._patience.timeout if within is None else within
        time = f" within {duration(patience)}{' in all' if in_all else ''}"
        self._fail(view, question, answer, time, waited=self._clock.now() - began)

    def claim(self, question: Claim, *, during: float | None, in_all: bool) -> None:
        """Watch that the question is not contradicted, and holds when the time is over.

        The time counts from when the scenario last acted or was met by an arrival. Raises
        ExpectationFailed at once when it is contradicted; Unproven where no time is given, where a
        service had ended by itself, or where the window holds what cannot be read.
        """
        view = self._view(question, in_all)
        if during is not None:
            await_earlier(question, view, self._witness, self._proof_deadline())
        rest = self._proof_deadline()
        proven = during is None and comes_to_rest(question, view, self._witness, rest)
        answer = self._ask(view, question, self._watch(question.channel, during or 0.0))
        if answer is Answer.OPEN and during is None and not proven:
            prove(question, view, self._journal, self._witness)
            raise how_long(question, in_all=in_all, meanwhile=notes(self._witness))
        if answer is Answer.CONTRADICTED or not question.at_the_end():
            self._require_ours(question, view, holds=False)
            time = "" if during is None else f" during {duration(during)}"
            time += " in all" if in_all else ""
            self._fail(view, question, answer, time)
        prove(question, view, self._journal, self._witness)
        self._require_ours(question, view, holds=True)
        self._meet(question, arrived=False)

    def watch_until(self, during: float) -> Deadline:
        """When a watch of so many seconds is over: they count from the last act or arrival."""
        return Deadline(self._last_act() + during, during, self._clock)

    def _watch(self, channel: str, during: float) -> Deadline:
        """As `watch_until`, but no sooner than if it began when nothing of others was open any more.

        A service that is busy with an earlier scenario's event has not come to this one's yet.
        """
        since = max(self._last_act(), self._witness.earlier().done_at(channel))
        return Deadline(since + during, during, self._clock)

    def _last_act(self) -> float:
        return last_act(self._journal)

    def _proof_deadline(self) -> Deadline:
        return Deadline.after(self._patience.proof * self._patience.scale, self._clock)

    def _require_ours(self, question: Question, view: View, *, holds: bool) -> None:
        require_ours(question, view, self._own, self._witness, holds=holds)

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
        witness = self._witness
        correlation = Correlation(
            lambda channel: witness.correlation(channel) if witness.shared(channel) else None,
            cache(
                lambda: own_marks(self._journal.since(), witness.fresh_ids(), witness.correlation)
            ),
            witness.earlier().whose,
        )
        return View(self._journal, seen_from, question, correlation)

    def _ask(
        self, view: View, question: Question, deadline: Deadline, *, give_up: bool = False
    ) -> Answer:
        """The answer at the latest when the deadline has come and the channel was read up to then.

        `give_up`: do not wait any longer once every service has ended by itself.
        """
        ends = -1
        while True:
            view.read()
            if (answer := question.answer()) is not Answer.OPEN:
                return answer
            if give_up and view.ended != ends:
                ends = view.ended
                if self._all_lost():
                    break
            if give_up and over(question.channel) is not None:
                break
            # A journal that always has something new must not keep the deadline from coming.
            if deadline.expired() or not view.wait(deadline):
                break
        if over(question.channel) is not None:
            self._await_news_of_services(view)
        self._witness.read_up([question.channel], self._broker_deadline())
        view.read()
        return question.answer()

    def _await_news_of_services(self, view: View) -> None:
        """Return when one has ended: it lets go of its connections a moment before that is known.

        Where none has, a little later.
        """
        deadline = Deadline.after(NEWS, self._clock)
        while (
            any(each.running for each in self._witness.health())
            and not lost(self._witness)
            and view.wait(deadline)
        ):
            view.read()

    def _broker_deadline(self) -> Deadline:
        return Deadline.after(self._patience.broker * self._patience.scale, self._clock)

    def _all_lost(self) -> bool:
        services = self._witness.health()
        return any(each.lost for each in services) and not any(each.running for each in services)

    def _fail(
        self,
        view: View,
        question: Question,
        answer: Answer,
        time: str,
        *,
        waited: float | None = None,
    ) -> None:
        """Raise what it amounts to that the answer is not the one that was expected.

        `waited` is None for a claim, whose watch began with its window. What contradicts is true
        whatever became of the services, and whatever cannot be read.
        """
        dead = lost(self._witness)
        contradicted = answer is Answer.CONTRADICTED
        meanwhile = [f"meanwhile: {ended(each)}" for each in dead] if contradicted else []
        meanwhile += notes(self._witness)
        why = over(question.channel)
        if not contradicted and why is not None and why not in question.but():
            meanwhile.append(f"meanwhile: {question.channel} {why}")
        if waited is not None and not contradicted:
            news = Deadline.after(NEWS, self._clock)
            meanwhile += still_open(question.channel, self._witness, news)
        around = circumstances(
            question,
            view,
            self._witness,
            time=time,
            spent="watched" if waited is None else "waited",
            waited=self._clock.now() - view.window.began if waited is None else waited,
            services=meanwhile,
        )
        text = explain(question, around)
        if contradicted:
            raise ExpectationFailed(text)
        if dead:
            raise missed(text, self._witness)
        if view.unreadable:
            raise Unproven(
                f"Whether this holds cannot be told: {a(question.noun)} in its window cannot be read, "
                f"and could be one that counts: {unreadable(view)}\n{text}"
            )
        raise ExpectationFailed(text)

    def _meet(self, question: Question, *, arrived: bool) -> None:
        self.its = tuple(question.met)
        if arrived:
            self._journal.append(Arrived(question.expected()))
