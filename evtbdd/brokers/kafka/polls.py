"""Long polls of one node: what it has nothing new of costs nothing, and what is new waits for nobody."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from kafka.errors import for_code

from evtbdd.brokers.kafka.fetch import Fetch, Fetched, Found
from evtbdd.brokers.kafka.fields import Fields
from evtbdd.brokers.kafka.nodes import version_of
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.watched import Watched
from evtbdd.brokers.kafka.wire import Link
from evtbdd.clock import Deadline

LONG: Final = 500
"""Milliseconds that a node waits for something new, of what has been watched for a while."""

SHORT: Final = 5
"""The same for what is watched since that wait began: as long as the next such must wait."""

NO_SUCH_SESSION, WRONG_EPOCH = 70, 71
LAST_EPOCH = 2**31 - 1


class FetchSession:
    """What a node keeps in mind of the fetches over one connection (KIP-227).

    A node that makes no sessions is told everything each time.
    """

    def __init__(self) -> None:
        self._id = self._epoch = 0
        self._known: dict[Partition, int] = {}

    def request(self, watched: Mapping[Partition, Watched], milliseconds: int) -> Fetch:
        """What is to be said of these partitions, and of those that are not among them any more."""
        if self._id == 0:
            self._known = {partition: each.position for partition, each in watched.items()}
            return Fetch(self._known, milliseconds)
        known = self._known
        news = {
            partition: each.position
            for partition, each in watched.items()
            if known.get(partition) != each.position
        }
        known.update(news)
        forgotten = tuple(each for each in known if each not in watched)
        for each in forgotten:
            del known[each]
        return Fetch(news, milliseconds, self._id, self._epoch, forgotten)

    def accept(self, fetched: Fetched) -> None:
        """Go on with the session; begin anew where the node knows it no more, or another turn of it.

        Raises the driver's error for any other.
        """
        if fetched.error in (NO_SUCH_SESSION, WRONG_EPOCH):
            self._id = self._epoch = 0
        elif fetched.error != 0:
            raise for_code(fetched.error)
        elif fetched.session == 0:
            self._id = self._epoch = 0
        else:
            self._id = fetched.session
            self._epoch = self._epoch + 1 if self._epoch < LAST_EPOCH else 1


class LongPoll:
    """One fetch after another, over a connection of its own; `asked` while one is on its way."""

    def __init__(self, link: Link, patience: float) -> None:
        self.link = link
        self.asked: Mapping[Partition, Watched] | None = None
        self.overdue = 0.0
        self._patience = patience
        self._session = FetchSession()
        self._version = version_of(_READING, link)

    def ask(self, watched: Mapping[Partition, Watched], milliseconds: int) -> None:
        """Send a fetch. Raises Closed, or OSError."""
        request = self._session.request(watched, milliseconds)
        deadline = Deadline.after(self._patience)
        self.link.send(request.api, self._version, request.body(self._version), deadline)
        self.asked = watched
        self.overdue = time.monotonic() + self._patience + milliseconds / 1000

    def answer(self) -> Sequence[tuple[Watched, Found]]:
        """What has come, for those who were asked for. Raises Closed, OSError, or a driver's error."""
        asked, self.asked = self.asked or {}, None
        fields = Fields(self.link.receive(Deadline.after(self._patience)))
        fetched = _READING.answer(fields, self._version)
        self._session.accept(fetched)
        return [(asked[each.partition], each) for each in fetched.found if each.partition in asked]


_READING = Fetch({}, 0)


class NodePolls:
    """The two connections by which a node is polled.

    A node answers one request of a connection after the other. So while a long poll is on its way,
    what has come to be watched since is polled over a second connection, for a short time again and
    again, until the long poll is over and takes it in.
    """

    def __init__(self, opened: Callable[[], LongPoll], closed: Callable[[LongPoll], None]) -> None:
        self._opened = opened
        self._closed = closed
        self._settled: LongPoll | None = None
        self._new: LongPoll | None = None

    def ask(self, watched: Mapping[Partition, Watched]) -> None:
        """Have all of these polled, but for those that are. Raises what LongPoll does."""
        settled, new = self._settled, self._new
        if new is not None and new.asked is not None:
            return
        if settled is None or settled.asked is None:
            self._settled = self._usable(settled)
            self._settled.ask(watched, LONG)
            return
        polled = settled.asked
        if polled is watched:
            return
        since = {
            partition: each
            for partition, each in watched.items()
            if polled.get(partition) is not each
        }
        if since:
            self._new = self._usable(new)
            self._new.ask(since, SHORT)

    def drop(self, poll: LongPoll) -> None:
        """Close one of the two; it is opened again when it is needed."""
        if poll is self._settled:
            self._settled = None
        elif poll is self._new:
            self._new = None
        self._closed(poll)

    def close(self) -> None:
        """Close both."""
        for poll in (self._settled, self._new):
            if poll is not None:
                self.drop(poll)

    def _usable(self, poll: LongPoll | None) -> LongPoll:
        if poll is not None and poll.link.is_usable():
            return poll
        if poll is not None:
            self.drop(poll)
        return self._opened()
