"""One call of a handler after another, in a thread of their own; async ones in a loop of theirs."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from traceback import FrameSummary, extract_tb
from types import FrameType
from typing import Any

LIBRARY = Path(asyncio.__file__).parent.parent


class Turns:
    """The thread in which a handler is called; it is a daemon: a handler that hangs keeps no run."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._work = work
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[Any] | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._loop.close()

    def finished(self, call: Callable[[], object]) -> None:
        """Return when a call has: if it is async, when what it awaits is done. In this thread."""
        result = call()
        if inspect.isawaitable(result):
            self._task = self._loop.create_task(_as_coroutine(result))
            try:
                self._loop.run_until_complete(self._task)
            finally:
                self._task = None

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended within that time; what it awaits then is cancelled."""
        self._thread.join(seconds)
        if self._thread.is_alive() and (task := self._task) is not None:
            with suppress(RuntimeError):  # the loop is closed: it has just ended
                self._loop.call_soon_threadsafe(task.cancel)
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def stands(self) -> str:
        """Where it is just now: `handlers.py line 12, in place`."""
        frame: FrameType | None = sys._current_frames().get(self._thread.ident or 0)
        task = self._task
        if task is not None and task.get_stack(limit=1):
            return said(_awaited(task.get_coro()))
        calls: list[FrameSummary] = []
        while frame is not None:
            calls.append(_summary(frame))
            frame = frame.f_back
        return said(calls)


def raised_at(error: BaseException) -> str:
    """Where an error comes from: `handlers.py line 12, in place`."""
    return said(list(reversed(extract_tb(error.__traceback__))))


def said(calls: list[FrameSummary]) -> str:
    """The innermost call that is neither the library's nor ours; `calls` begin with the innermost."""
    ours = Path(__file__).parent.parent
    for call in calls:
        path = Path(call.filename)
        if path.is_relative_to(ours) or path.is_relative_to(LIBRARY) or not path.exists():
            continue
        return f"{path.name} line {call.lineno}, in {call.name}"
    return f"{Path(calls[0].filename).name} line {calls[0].lineno}" if calls else "an unknown place"


async def _as_coroutine(awaitable: Awaitable[object]) -> object:
    return await awaitable


def _awaited(coroutine: Any) -> list[FrameSummary]:
    """Where each of the coroutines stands that await one another, the innermost first."""
    calls: list[FrameSummary] = []
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        calls.insert(0, _summary(frame))
        coroutine = coroutine.cr_await
    return calls


def _summary(frame: FrameType) -> FrameSummary:
    return FrameSummary(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
