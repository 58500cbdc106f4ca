"""States, which can change again: looked at whole until they fit, and after that for as long as said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from evtbdd.clock import Deadline, looks
from evtbdd.errors import ExpectationFailed
from evtbdd.expect.life import missed
from evtbdd.expect.proof import ended, lost, proves_nothing
from evtbdd.witness import Witness
from evtbdd.words import duration

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Look(Generic[Found]):
    """What one look has shown: whether it fits, what is there as a clause after "but", and itself."""

    met: bool
    but: str
    found: Found


def settle(
    expected: str,
    look: Callable[[], Look[Found]],
    *,
    patience: Deadline,
    stays: float | None,
    witness: Witness,
    every: float = 0.02,
) -> Found:
    """Look every so many seconds until a look fits, and return what the last one found.

    `expected` says what and how, such as `the queue "orders" to hold 2 events`. `stays` are seconds
    from the first look that fits on in which each has to: the first that does not decides at once.

    Raises ExpectationFailed with what the last look showed; ServiceError where it never fitted and
    a service had ended by itself; Unproven where it stayed so, but perhaps because of that.
    """
    within = f"Expected {expected} within {duration(patience.seconds)}"
    for _ in looks(patience, every):
        last = look()
        if last.met:
            break
    else:
        raise missed(f"{within}\nbut {last.but}", witness)
    if stays is None:
        return last.found
    clock = patience.clock
    since = clock.now()
    for _ in looks(Deadline(since + stays, stays, clock), every):
        last = look()
        if not last.met:
            raise ExpectationFailed(
                f"Expected {expected}, and to stay so during {duration(stays)}\n"
                f"but {clock.now() - since:+.2f} s after it first did {last.but}"
                + "".join(f"\nmeanwhile: {ended(each)}" for each in lost(witness))
            )
    if dead := lost(witness):
        claimed = f"{expected}, and to stay so during {duration(stays)}"
        raise proves_nothing(f"Nothing has contradicted this: expected was {claimed}.", dead)
    return last.found
