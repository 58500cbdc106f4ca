"""What runs that crashed have left behind on a broker: found by names that check, and removed.

A group's name has no check. So one is taken for a run's own only beside channels of that run, which
have one; and as long as somebody is in a group that names the run, it lives, and all of it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.isolation.names import OwnName, is_of_scope
from evtbdd.ports import Broker, Capability

MANY = 50
"""Channels that are deleted in one call."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """What one run has left behind: its channels, and groups of its scopes that nobody is in.

    `born` is when it began, in seconds since 1970; `alive` is a group with the run's id that
    somebody is in, where there is one: then nothing of the run may be removed.
    """

    run: str
    born: int
    channels: Sequence[str]
    groups: Sequence[str]
    alive: str | None


def find(broker: Broker, prefix: str, before: float, deadline: Deadline) -> Sequence[Leftover]:
    """What there is of runs that began at `before` (seconds since 1970) or earlier, oldest first.

    Raises BrokerError.
    """
    of_run: dict[str, list[OwnName]] = {}
    for name in sorted(broker.names(deadline)):
        own = OwnName.parse(name, prefix)
        if own is not None and own.born <= before:
            of_run.setdefault(own.run, []).append(own)
    groups = _groups(broker, deadline) if of_run else {}
    found = [
        Leftover(
            run,
            own[0].born,
            [each.name for each in own],
            sorted(name for name, lives in groups.items() if not lives and is_of_scope(name, run)),
            min((name for name, lives in groups.items() if lives and run in name), default=None),
        )
        for run, own in of_run.items()
    ]
    return sorted(found, key=lambda each: (each.born, each.run))


def remove(
    broker: Broker, leftover: Leftover, deadline: Callable[[], Deadline], refused: list[str]
) -> Iterator[tuple[str, str]]:
    """Remove it, groups first, and tell each thing that is gone: (`group` or `channel`, its name).

    `deadline` gives each answer of the broker its time. What the broker refuses is put into
    `refused`, in sentences, and the rest goes on. Raises BrokerUnavailable.
    """
    if leftover.alive is not None:
        return
    if leftover.groups:
        try:
            broker.subscriptions().forget(leftover.groups, deadline())
        except BrokerUnavailable:
            raise
        except BrokerError as error:
            refused.append(str(error))
        there = _groups(broker, deadline())
        yield from (("group", name) for name in leftover.groups if name not in there)
        if any(lives and leftover.run in name for name, lives in there.items()):
            # Somebody has come into one of them meanwhile: the run's channels may be in use.
            return
    for first in range(0, len(leftover.channels), MANY):
        several = leftover.channels[first : first + MANY]
        there = {}
        try:
            broker.delete(several, deadline())
        except BrokerUnavailable:
            raise
        except BrokerError as error:
            refused.append(str(error))
            there = dict.fromkeys(broker.lanes(several, deadline()), True)
        yield from (("channel", name) for name in several if name not in there)


def _groups(broker: Broker, deadline: Deadline) -> Mapping[str, bool]:
    """The broker's groups, and whether somebody may be in them; none where it knows of none."""
    if Capability.SUBSCRIPTIONS not in broker.capabilities.can:
        return {}
    return broker.subscriptions().groups(deadline)
