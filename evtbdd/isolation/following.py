"""The triggers of a run: what is open, what that was when a scenario began, and when it was done.

No scenario waits for it, and few ask: whoever needs to know looks at what is known by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Condition

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.events import Event
from evtbdd.isolation.asking import Asking
from evtbdd.isolation.triggers import Consumer, ScenarioTriggers, Trigger

Key = tuple[Consumer, str, object]


class Following:
    """The triggers of a run that are open, or were when the scenario that runs began.

    `settle` is how many seconds after its acknowledgement a service is done with an event that does
    not acknowledge last; `deadline` is that of one answer of a broker.
    """

    def __init__(
        self, deadline: Callable[[], Deadline], settle: float, clock: Clock = MONOTONIC
    ) -> None:
        self.clock = clock
        self._changed = Condition()
        self._scenario: ScenarioTriggers | None = None
        self._last: ScenarioTriggers | None = None
        self._current: list[Trigger] = []
        self._left: list[Trigger] = []
        self._late: list[Trigger] = []
        self._settled: list[Trigger] = []
        self._known: set[Key] = set()
        self._marks: Counter[str] = Counter()
        self._unmarked: list[Trigger] = []
        self._asking = Asking(
            self._changed,
            self._pending,
            self._settled.extend,
            lambda: self._scenario is not None or bool(self._pending()),
            deadline=deadline,
            settle=settle,
            clock=clock,
        )

    def begin(self, scenario: ScenarioTriggers) -> Callable[[], Sequence[Trigger]]:
        """A scenario begins; what it inherits, to be looked at as long as it runs.

        There may be thousands, of a service that never acknowledges, and few scenarios look.
        """
        with self._changed:
            now = self.clock.now()
            if done := [each for each in self._settled if not each.is_open_at(now)]:
                self._forget(done)
            self._scenario = scenario
            if self._left or scenario.has_consumers():
                self._asking.start()
            left, number = self._left, len(self._left)
            return lambda: left[:number]

    def look(self, *, anew: bool) -> None:
        """Have it known what services that acknowledge last have acknowledged by now.

        A window is about to begin. Unless it is `anew`, what is known may be a tenth of a second
        old; where nothing was left, and where acknowledging does not show it, nobody is asked.
        """
        with self._changed:
            if self._scenario is not None and self._scenario.has_consumers():
                self._asking.start()
            # The latest are those that are likely to be pending, and there may be thousands.
            if any(each.consumer.last and _is_pending(each) for each in reversed(self._left)):
                self._asking.look(anew=anew)

    def end(self) -> None:
        """The scenario that runs ends: what is open of it goes to the next one."""
        with self._changed:
            self._collect()
            self._last, self._scenario = self._scenario, None
            left = [*self._late, *self._current]
            self._late, self._current = [], []
            self._left += left
            self._unmarked += left
            if left:
                self._asking.start()

    def drop(self, scope: str) -> None:
        """The services of a scope have ended: nothing of them is waited for."""
        with self._changed:
            self._forget([each for each in self._left if each.consumer.scope == scope])

    def came(self, event: Event) -> None:
        """A service, or somebody, has brought an event on a channel that services consume.

        If an earlier scenario's trigger is open of which it may be an answer, it is that one's too;
        between two scenarios it is the last one's.
        """
        with self._changed:
            of = self._scenario or self._last
            for trigger in of.of(event) if of is not None else ():
                if not self._is_new(trigger):
                    continue
                cause = next((each for each in self._left if self._may_cause(each, trigger)), None)
                if cause is not None:
                    trigger.scenario = cause.scenario
                if self._scenario is None:
                    self._left.append(trigger)
                    self._unmarked.append(trigger)
                else:
                    (self._current if cause is None else self._late).append(trigger)

    def late(self) -> Sequence[Trigger]:
        """What services have passed on, since the scenario began, that may be due to earlier ones."""
        with self._changed:
            return tuple(self._late)

    def holds(self, mark: str) -> bool:
        """Whether an event that was left holds this value."""
        with self._changed:
            for trigger in self._unmarked:
                self._marks.update(trigger.marks())
            self._unmarked.clear()
            return self._marks[mark] > 0

    def wait(self, left: Callable[[], Sequence[Trigger]], deadline: Deadline) -> Sequence[Trigger]:
        """What is left, once that is nothing, at the deadline at the latest.

        Raises BrokerError where a broker failed to tell until then.
        """
        with self._changed:
            return self._asking.wait(left, deadline)

    def close(self) -> None:
        """Ask no more."""
        self._asking.close()

    def _pending(self) -> Mapping[Consumer, Sequence[Trigger]]:
        """What is not acknowledged as far as is known, and can be."""
        self._collect()
        pending: dict[Consumer, list[Trigger]] = {}
        for each in (*self._left, *self._late, *self._current):
            if _is_pending(each):
                pending.setdefault(each.consumer, []).append(each)
        return pending

    def _collect(self) -> None:
        if self._scenario is not None:
            self._current += [each for each in self._scenario.new() if self._is_new(each)]

    def _is_new(self, trigger: Trigger) -> bool:
        key = _key(trigger)
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def _may_cause(self, earlier: Trigger, later: Trigger) -> bool:
        now = self.clock.now()
        return earlier.is_open_at(now) and earlier.consumer.may_answer_on(later.event.channel)

    def _forget(self, triggers: Sequence[Trigger]) -> None:
        gone = set(map(id, triggers))
        unmarked = set(map(id, self._unmarked))
        for each in triggers:
            self._known.discard(_key(each))
            if id(each) not in unmarked:
                self._marks.subtract(each.marks())
        self._marks = +self._marks
        self._left = [each for each in self._left if id(each) not in gone]
        self._unmarked = [each for each in self._unmarked if id(each) not in gone]
        self._settled[:] = [each for each in self._settled if id(each) not in gone]


def _is_pending(trigger: Trigger) -> bool:
    return trigger.done is None and trigger.consumer.untold is None


def _key(trigger: Trigger) -> Key:
    return trigger.consumer, trigger.event.channel, trigger.event.record.position
