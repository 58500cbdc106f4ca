"""The same for several queues, a few at a time: each is a request of its own to SQS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 8


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """What the function returns for each; where one raises, all have ended before that is raised."""
    several = list(items)
    if len(several) < 2:
        return [function(item) for item in several]
    with ThreadPoolExecutor(min(AT_ONCE, len(several)), "evtbdd sqs") as pool:
        return [future.result() for future in [pool.submit(function, one) for one in several]]
