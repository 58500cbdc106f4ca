"""One thread for a whole run: it blocks in XREAD over all streams that are watched, in no group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Condition, Thread

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.ports import Ends, Sink
from evtbdd_redis_streams.connection import Connection
from evtbdd_redis_streams.entries import LANE
from evtbdd_redis_streams.streams import Streams
from evtbdd_redis_streams.watched import DELETED, Watched

BLOCK = 100
"""Milliseconds that the thread waits for entries; Redis is up to 100 late, the tick of its `hz`."""

LOOK = 0.002
"""Seconds between two looks whether the thread can be woken."""

PAUSE = 0.1
"""Seconds after which a Redis that failed is asked again."""

CLOSING = 1.0
"""Seconds in which a Redis may wake the thread, so that it ends."""


class RedisReader:
    """The reader of a RedisBroker; its thread starts with the first channel that is watched.

    What is to be read stands in `_watched`, with exact places. So `watch` need not wait for the
    thread, and after an error the thread goes on where it stopped.
    """

    def __init__(self, connection: Connection, reading: Connection) -> None:
        self._connection = connection
        self._streams = Streams(connection)
        self._reading = reading
        self._client: int | None = None
        self._turn = 0
        self._changed = Condition()
        self._watched: dict[str, Watched] = {}
        self._thread: Thread | None = None
        self._closing = False
        self._trouble: BrokerError | None = None

    def watch(self, channels: Sequence[str], sink: Sink, deadline: Deadline) -> Mapping[str, Ends]:
        """Read from the ends on that are returned."""
        self._require_open()
        ends = self._streams.ends(channels, deadline)
        with self._changed:
            self._require_open()
            for name, end in ends.items():
                self._watched[name] = Watched(
                    name, self._connection.address, sink, end.number, end.last
                )
            if self._thread is None:
                self._thread = Thread(target=self._run, name="evtbdd redis reader", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            turn = self._turn
        self._wake(turn, deadline)
        return {name: {LANE: end.number} for name, end in ends.items()}

    def unwatch(self, channels: Sequence[str]) -> None:
        """Hand over nothing more of these from now on."""
        with self._changed:
            for name in channels:
                self._watched.pop(name, None)

    def ends(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Ends]:
        """The number of each stream's next entry. BrokerError for one that is not there."""
        self._require_open()
        with self._changed:
            watched = {name: self._watched[name] for name in channels if name in self._watched}
            read = {name: (each.next, each.last) for name, each in watched.items()}
        ends = self._streams.ends(channels, deadline)
        with self._changed:
            for name, each in watched.items():
                each.compare(ends[name], *read[name])
        return {name: {LANE: end.number} for name, end in ends.items()}

    def read_to(self, ends: Mapping[str, Ends], deadline: Deadline) -> None:
        """Wait until all before the ends was handed over.

        Raises BrokerError for a stream that was deleted, or entries of which were before they were
        read, while it is watched.
        """
        with self._changed:
            self._require_open()
            waiting = [(self._of(name), lanes[LANE]) for name, lanes in ends.items()]
            for watched, number in waiting:
                watched.wanted = max(watched.wanted, number)
            reached = self._changed.wait_for(
                lambda: (
                    self._closing
                    or all(each.next >= number or each.failure for each, number in waiting)
                ),
                deadline.remaining(),
            )
            self._require_open()
            for watched, _ in waiting:
                if watched.failure is not None:
                    raise watched.failure.with_traceback(None)
            if not reached:
                late = next(each for each, number in waiting if each.next < number)
                raise self._too_late(late.channel)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            turn = self._turn
        if self._thread is not None and self._thread.is_alive():
            with suppress(BrokerError):
                self._wake(turn, Deadline.after(CLOSING))
            self._thread.join(self._connection.patience)
        self._reading.close()

    def _wake(self, turn: int, deadline: Deadline) -> None:
        """Have the thread begin another turn, if it has not yet: then it sees what has changed.

        On its way to XREAD it cannot be woken, so Redis says whether it was.
        """
        command = ("CLIENT", "UNBLOCK")
        while not deadline.expired():
            client = self._client
            if client and self._connection.ask("wake the reader", deadline, *command, client):
                return
            with self._changed:
                if self._changed.wait_for(lambda: self._turn > turn, LOOK):
                    return

    def _of(self, name: str) -> Watched:
        if name not in self._watched:
            raise BrokerError(f'The stream "{name}" at {self._connection.address} is not watched.')
        return self._watched[name]

    def _too_late(self, name: str) -> BrokerUnavailable:
        reason = f": {self._trouble}" if self._trouble else "."
        return BrokerUnavailable(
            f"Redis at {self._connection.address} did not hand over all that it has stored on "
            f'"{name}" in time{reason}'
        )

    def _require_open(self) -> None:
        if self._closing:
            raise BrokerUnavailable(f"The reader of Redis at {self._connection.address} is closed.")

    def _run(self) -> None:
        """The thread: read in turns until it is closed."""
        while self._wait_for_work():
            try:
                self._read(Deadline.after(self._connection.patience))
                trouble = None
            except BrokerError as error:
                trouble = error
            with self._changed:
                self._trouble = trouble
                if trouble is not None:
                    self._changed.wait_for(lambda: self._closing, PAUSE)

    def _wait_for_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or bool(self._readable()))
            self._turn += 1
            self._changed.notify_all()
            return not self._closing

    def _readable(self) -> list[Watched]:
        return [each for each in self._watched.values() if each.failure is None]

    def _read(self, deadline: Deadline) -> None:
        """Read once. Where somebody waits in vain, or something went wrong, look at the ends first."""
        with self._changed:
            reading = {each.channel: each for each in self._readable()}
            places = {name: each.last for name, each in reading.items()}
            doubted = [name for name, each in reading.items() if each.is_awaited() or self._trouble]
        # Asked each time: another connection may have taken the place of one that was lost.
        self._client = self._reading.ask("tell who reads", deadline, "CLIENT", "ID")
        streams = Streams(self._reading)
        ends = streams.look(doubted, deadline)
        for name in set(doubted) - ends.keys():
            del places[name]
        found = streams.read(places, BLOCK, deadline) if places else {}
        with self._changed:
            for name, each in reading.items():
                if self._watched.get(name) is not each:
                    continue
                if name in places:
                    each.take(found.get(name, ()), ends.get(name))
                else:
                    each.fail(DELETED)
            self._changed.notify_all()
