"""Follows in the background what services acknowledge of what scenarios have left to them.

No scenario waits for it, and none asks: whoever needs to know looks at what is known by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Thread

from evtbdd.clock import MONOTONIC, Clock, Deadline
from evtbdd.errors import BrokerError
from evtbdd.events import Event
from evtbdd.isolation.triggers import Consumer, ScenarioTriggers, Trigger
from evtbdd.ports import Ends

PERIOD = 0.1
"""Seconds between two questions to a broker; so fast scenarios do not each cost one."""

LONGEST = 0.8
"""The same at the most: it doubles each time that nothing more was acknowledged."""

PROMPT = 0.01
"""The same while somebody waits for the answer."""

CLOSING = 10.0
"""Seconds that the thread is given to end."""

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
        self._deadline = deadline
        self._settle = settle
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
        self._waiters = 0
        self._failure: BrokerError | None = None
        self._thread: Thread | None = None
        self._closing = False

    def begin(self, scenario: ScenarioTriggers) -> Callable[[], Sequence[Trigger]]:
        """A scenario begins; what it inherits, to be looked at as long as it runs.

        There may be thousands, of a service that never acknowledges, and few scenarios look.
        """
        with self._changed:
            now = self.clock.now()
            if any(not each.is_open_at(now) for each in self._settled):
                self._forget([each for each in self._settled if not each.is_open_at(now)])
            self._scenario = scenario
            if self._left or scenario.has_consumers():
                self._start()
            left, number = self._left, len(self._left)
            return lambda: left[:number]

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
                self._start()
                self._changed.notify_all()

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
            self._waiters += 1
            self._start()
            self._changed.notify_all()
            try:
                while (open_ones := left()) and not deadline.expired():
                    settled = min((each.done for each in open_ones if each.done), default=None)
                    seconds = deadline.remaining()
                    if settled is not None:
                        seconds = min(seconds, max(0.0, settled - self.clock.now()))
                    self._changed.wait(seconds)
                if open_ones and self._failure is not None:
                    raise self._failure.with_traceback(None)
                return open_ones
            finally:
                self._waiters -= 1

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING)

    def _start(self) -> None:
        if self._thread is None and not self._closing:
            self._thread = Thread(target=self._run, name="evtbdd acknowledgements", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        period = PERIOD
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._is_busy())
                if self._closing:
                    return
                self._collect()
                pending = self._pending()
            more = [self._ask(consumer, triggers) for consumer, triggers in pending.items()]
            period = PERIOD if any(more) or not pending else min(2 * period, LONGEST)
            self._rest(PROMPT if self._waiters and pending else period)

    def _rest(self, period: float) -> None:
        """Ask nothing for a while, unless somebody begins to wait for news."""
        with self._changed:
            before = self._waiters
            self._changed.wait_for(lambda: self._closing or self._waiters > before, period)

    def _is_busy(self) -> bool:
        return self._scenario is not None or bool(self._pending())

    def _pending(self) -> dict[Consumer, list[Trigger]]:
        """What is not acknowledged as far as is known, and can be."""
        pending: dict[Consumer, list[Trigger]] = {}
        for each in (*self._left, *self._late, *self._current):
            if each.done is None and each.consumer.untold is None:
                pending.setdefault(each.consumer, []).append(each)
        return pending

    def _ask(self, consumer: Consumer, triggers: Sequence[Trigger]) -> bool:
        """Whether more is known to be acknowledged than before."""
        lanes: dict[str, set[str]] = {}
        for each in triggers:
            physical = consumer.consumes[each.event.channel]
            lanes.setdefault(physical, set()).add(each.event.record.position.lane)
        if consumer.told_by is None or consumer.group is None:
            return False
        failure: BrokerError | None = None
        committed: Mapping[str, Ends] = {}
        try:
            committed = consumer.told_by.committed(consumer.group, lanes, self._deadline())
        except BrokerError as error:
            failure = error
        with self._changed:
            self._failure = failure
            settled = self.clock.now() + (0.0 if consumer.last else self._settle)
            acknowledged = [each for each in triggers if _is_before(each, committed)]
            for each in acknowledged:
                each.done = settled
            self._settled += acknowledged
            self._changed.notify_all()
        return bool(acknowledged)

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
        for each in triggers:
            self._known.discard(_key(each))
        unmarked = set(map(id, self._unmarked))
        for each in triggers:
            if id(each) not in unmarked:
                self._marks.subtract(each.marks())
        self._marks = +self._marks
        self._left = [each for each in self._left if id(each) not in gone]
        self._settled = [each for each in self._settled if id(each) not in gone]
        self._unmarked = [each for each in self._unmarked if id(each) not in gone]


def _is_before(trigger: Trigger, committed: Mapping[str, Ends]) -> bool:
    position = trigger.event.record.position
    ends = committed.get(trigger.consumer.consumes[trigger.event.channel], {})
    return ends.get(position.lane, -1) > position.number


def _key(trigger: Trigger) -> Key:
    return trigger.consumer, trigger.event.channel, trigger.event.record.position
