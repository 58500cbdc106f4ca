"""Channels that others may use too are held for as long as a run lasts: no other run gets them."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack

from evtbdd.channels.channel import Channel
from evtbdd.channels.making import Give, by_broker
from evtbdd.channels.pool import Brokers
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, EvtbddError, SettingsError
from evtbdd.isolation.modes import SHARED, Isolation
from evtbdd.offers import Lock, Locks
from evtbdd.words import quoted

LONGER = 1.5
"""So many times the patience with a broker's answer a run waits for one that was killed."""


class SharedLocks:
    """The locks of a run; none where isolation is not shared, or a broker is this run's alone.

    `declared` are the physical names of the channels that the settings declare on each broker: they
    are held together, so that a run is refused as it begins, and not in its middle. `waived` are
    the brokers for which the author sees to that.
    """

    def __init__(
        self,
        isolation: Isolation,
        brokers: Brokers,
        patience: float,
        declared: Mapping[str, Collection[str]],
        waived: Collection[str],
    ) -> None:
        self._brokers = brokers
        self._holder = f"evtbdd-{isolation.names.run}@{socket.gethostname()}:{os.getpid()}"
        self._patience = patience
        self._declared = declared
        self._waived = waived
        self._needed = isolation.mode == SHARED
        self._refused: dict[str, EvtbddError] = {}
        self._held: dict[str, set[str]] = {}
        self._locks: list[Lock] = []

    def hold(self, channels: Sequence[Channel]) -> None:
        """Hold channels that are to be used, unless they are held already.

        Raises BrokerError, naming who holds them; SettingsError for a broker that cannot hold any.
        Who was refused once is so for the whole run: it is waited for once.
        """
        for several in by_broker(channels) if self._needed else ():
            name = several[0].broker_name
            if name in self._waived or self._brokers.is_own(name):
                continue
            if name in self._refused:
                raise self._refused[name].with_traceback(None)
            held = self._held.get(name, set())
            wanted = {each.physical for each in several} - held
            if not held:
                wanted.update(self._declared.get(name, ()))
            if wanted:
                self._hold(several[0], wanted)
            self._held[name] = held | wanted

    def _hold(self, channel: Channel, wanted: Collection[str]) -> None:
        broker = channel.broker
        if not isinstance(broker, Locks):
            raise SettingsError(
                f"The channel {quoted(channel.name)} lies on the broker "
                f"{quoted(channel.broker_name)}, and {broker.capabilities.broker} cannot keep other "
                "runs from using it at the same time, as isolation = shared demands. Where you see "
                f"to that yourself, write lock = no in [evtbdd:broker:{channel.broker_name}]."
            )
        deadline = Deadline.after(self._patience * LONGER)
        try:
            self._locks.append(broker.hold(sorted(wanted), self._holder, deadline))
        except BrokerError as error:
            refused = self._refused[channel.broker_name] = type(error)(
                f"With isolation = shared only one run at a time may use a channel. {error}"
            )
            raise refused from error

    def require(self) -> None:
        """Raise BrokerError where a channel may be used by another run by now."""
        for lock in self._locks:
            if lock.lost is not None:
                raise BrokerError(
                    "With isolation = shared only one run at a time may use a channel, and this one "
                    f"cannot be sure of that any more: {lock.lost}."
                )

    def release(self, deadline: Give) -> None:
        """Let others have them. Raises BrokerError."""
        with ExitStack() as released:
            while self._locks:
                released.callback(self._locks.pop().release, deadline())
            self._held.clear()
