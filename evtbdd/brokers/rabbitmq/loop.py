"""The thread that services all connections to one broker, so that no heartbeat ever lapses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, wait
from threading import Lock, Thread
from typing import Any, TypeVar

from evtbdd.clock import Deadline

Answer = TypeVar("Answer")
Work = Callable[[], Coroutine[Any, Any, Answer]]


class Late(Exception):
    """The deadline came first."""


class Ended(Exception):
    """The loop is closed."""


class EventLoop:
    """An asyncio loop in a thread of its own, begun with the first call; called from any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._turn = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._closed = False

    def call(self, work: Work[Answer], deadline: Deadline) -> Answer:
        """What the coroutine returns or raises; at the deadline it is cancelled, and Late raised."""
        coroutine = work()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._begun())
        except Ended:
            coroutine.close()
            raise
        if not wait([future], deadline.remaining()).done and future.cancel():
            raise Late
        try:
            return future.result()
        except CancelledError as error:
            raise Ended from error

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._turn:
            if self._closed:
                raise Ended
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._run, args=[self._loop], name=self._name)
                self._thread.daemon = True
                self._thread.start()
            return self._loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        # pika resolves names in a thread of the loop's.
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def close(self) -> None:
        """End the thread; calls that wait raise Ended, as does each later one."""
        with self._turn:
            self._closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
