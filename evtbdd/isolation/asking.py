"""A thread that asks brokers what was acknowledged, at its own pace, and sooner where somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Thread

from evtbdd.clock import Clock, Deadline
from evtbdd.errors import BrokerError
from evtbdd.isolation.triggers import Consumer, Trigger
from evtbdd.ports import Ends

PERIOD = 0.1
"""Seconds between two rounds of questions; so fast scenarios do not each cost one."""

LONGEST = 0.8
"""The same at the most: it doubles each time that nothing more was acknowledged."""

PROMPT = 0.01
"""The same while somebody waits until all is acknowledged."""

PATIENCE = 1.0
"""Seconds that a look at what is known now may take."""

CLOSING = 10.0
"""Seconds that the thread is given to end."""

Pending = Callable[[], Mapping[Consumer, Sequence[Trigger]]]


class Asking:
    """One thread for a run; it starts when there is something to ask for.

    `changed` guards all triggers; with it held `pending` tells those of which it is to be asked, and
    `acknowledged` is told of those that were. `busy` says whether there may be more soon. `settle`
    and `deadline` are as those of Following.
    """

    def __init__(
        self,
        changed: Condition,
        pending: Pending,
        acknowledged: Callable[[Sequence[Trigger]], None],
        busy: Callable[[], bool],
        *,
        deadline: Callable[[], Deadline],
        settle: float,
        clock: Clock,
    ) -> None:
        self._changed = changed
        self._pending = pending
        self._acknowledged = acknowledged
        self._busy = busy
        self._deadline = deadline
        self._settle = settle
        self._clock = clock
        self._waiters = 0
        self._begun = self._finished = self._wanted = 0
        self._looked = -LONGEST
        self._failure: BrokerError | None = None
        self._thread: Thread | None = None
        self._closing = False

    def start(self) -> None:
        """Begin to ask, if that is not done; `changed` is held."""
        if self._thread is None and not self._closing:
            self._thread = Thread(target=self._run, name="evtbdd acknowledgements", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def look(self, *, anew: bool) -> None:
        """Return when what is known is no older than this call; or `PERIOD`, unless it is `anew`.

        So that many fast scenarios do not each cost a question. `changed` is held.
        """
        if not anew and self._clock.now() - self._looked < PERIOD:
            return
        self._wanted = wanted = self._begun + 1
        self.start()
        self._changed.wait_for(lambda: self._closing or self._finished >= wanted, PATIENCE)

    def wait(self, left: Callable[[], Sequence[Trigger]], deadline: Deadline) -> Sequence[Trigger]:
        """What is left, once that is nothing, at the deadline at the latest; `changed` is held.

        Raises BrokerError where a broker failed to tell until then.
        """
        self._waiters += 1
        self.start()
        try:
            while (open_ones := left()) and not deadline.expired():
                settled = min((each.done for each in open_ones if each.done), default=None)
                seconds = deadline.remaining()
                if settled is not None:
                    seconds = min(seconds, max(0.0, settled - self._clock.now()))
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

    def _run(self) -> None:
        period = PERIOD
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._is_called())
                if self._closing:
                    return
                self._begun += 1
                self._looked = self._clock.now()
                pending = self._pending()
            more = [self._ask(consumer, triggers) for consumer, triggers in pending.items()]
            period = PERIOD if any(more) or not pending else min(2 * period, LONGEST)
            with self._changed:
                self._finished = self._begun
                self._changed.notify_all()
                self._rest(PROMPT if self._waiters and pending else period)

    def _is_called(self) -> bool:
        return self._wanted > self._finished or self._busy()

    def _rest(self, period: float) -> None:
        """Ask nothing for a while, unless somebody begins to wait for news."""
        before = self._waiters
        self._changed.wait_for(
            lambda: self._closing or self._waiters > before or self._wanted > self._finished,
            period,
        )

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
            settled = self._clock.now() + (0.0 if consumer.last else self._settle)
            acknowledged = [each for each in triggers if _is_before(each, committed)]
            for each in acknowledged:
                each.done = settled
            self._acknowledged(acknowledged)
            self._changed.notify_all()
        return bool(acknowledged)


def _is_before(trigger: Trigger, committed: Mapping[str, Ends]) -> bool:
    position = trigger.event.record.position
    ends = committed.get(trigger.consumer.consumes[trigger.event.channel], {})
    return ends.get(position.lane, -1) > position.number
