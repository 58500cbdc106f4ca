"""Channels of scopes to come are made ahead, and those of scopes that ended are deleted behind.

One thread does both, in its own time, with one call to a broker for many channels: each call costs
about as much as for one channel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from evtbdd.channels.channel import Channel
from evtbdd.channels.making import Give, make, unmake
from evtbdd.channels.scope import ChannelScope, Wanted
from evtbdd.errors import EvtbddError

MANY = 50
"""Channels that are made, or deleted, in one call."""

Chunk = Sequence[tuple[ChannelScope, Sequence[Wanted]]]
"""Scopes that nobody uses yet, with the channels that they will need."""


class Chunks:
    """What is on its way: scopes by name that are being made, and channels that wait to go.

    `left` are sentences on what could not be deleted.
    """

    def __init__(self, deadline: Give) -> None:
        self.left: list[str] = []
        self._deadline = deadline
        self._ahead: dict[str, tuple[ChannelScope, Future[None]]] = {}
        self._behind: list[Channel] = []
        self._thread: ThreadPoolExecutor | None = None
        self._deleting: list[Future[None]] = []

    def ahead(self, chunk: Chunk) -> None:
        """Begin to make the channels of scopes that will be taken later."""
        made = self._do(self._make, chunk)
        self._ahead.update({scope.scope: (scope, made) for scope, _ in chunk})

    def _make(self, chunk: Chunk) -> None:
        """Make all channels of a chunk, or none: then each scope makes its own when it is needed."""
        scopes: dict[Channel, ChannelScope] = {}
        for scope, wanted in chunk:
            # What is wrong with one is told by the scenario that needs it.
            with suppress(EvtbddError):
                scopes.update(dict.fromkeys(scope.missing(wanted), scope))
        made: list[Channel] = []
        try:
            make(scopes, self._deadline, made.append)
        except EvtbddError:
            self._unmake(made)
        else:
            for channel in made:
                scopes[channel].add(channel)

    def take(self, name: str) -> ChannelScope | None:
        """The scope of that name as it was made ahead, once; None where it was not.

        One that could not be made is empty: whoever needs its channels will be told why.
        """
        scope, made = self._ahead.pop(name, (None, None))
        if made is not None:
            made.result()
        return scope

    def drop(self, name: str) -> None:
        """Let go of a scope that will not be taken after all."""
        if (scope := self.take(name)) is not None:
            self.behind(list(scope.channels.values()))

    def behind(self, channels: Sequence[Channel]) -> None:
        """Have these channels deleted, together with those to come."""
        self._behind += channels
        if len(self._behind) >= MANY:
            self._delete()

    def finish(self) -> None:
        """Return when all that waits to be deleted is gone, or was told of in `left`."""
        if self._behind:
            self._delete()
        for each in self._deleting:
            each.result()
        self._deleting.clear()

    def _delete(self) -> None:
        channels, self._behind = self._behind, []
        self._deleting = [each for each in self._deleting if not each.done()]
        self._deleting.append(self._do(self._unmake, channels))

    def _unmake(self, channels: Sequence[Channel]) -> None:
        self.left += unmake(channels, self._deadline)

    def _do(self, what: Callable[..., None], *given: object) -> Future[None]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="evtbdd channels")
        return self._thread.submit(what, *given)

    def close(self) -> None:
        """Delete all that is there still, and end the thread."""
        for name in list(self._ahead):
            self.drop(name)
        self.finish()
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
