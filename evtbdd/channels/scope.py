"""The channels that live as long as one scope does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.locks import SharedLocks
from evtbdd.channels.making import Give, make, unwatch
from evtbdd.channels.options import with_physical
from evtbdd.channels.pool import Brokers
from evtbdd.errors import PhraseError, SettingsError, UnknownName
from evtbdd.isolation.modes import Isolation
from evtbdd.ports import ChannelPlan
from evtbdd.words import listed, quoted


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel that is to be there; `others` are the physical names of those that it names."""

    declaration: Declaration
    others: Mapping[str, str] = field(default_factory=dict)


class ChannelScope:
    """The channels of one scope, `s12` for the twelfth scenario, `f3` for a feature, or `run`.

    `consumers` are for each channel the services that consume it; `deadline` gives each answer of a
    broker its time.
    """

    def __init__(
        self,
        scope: str,
        isolation: Isolation,
        brokers: Brokers,
        locks: SharedLocks,
        consumers: Mapping[str, frozenset[str]],
        deadline: Give,
    ) -> None:
        self.scope = scope
        self.channels: dict[str, Channel] = {}
        self._isolation = isolation
        self._brokers = brokers
        self._locks = locks
        self._consumers = consumers
        self._deadline = deadline

    def plan(
        self, declaration: Declaration, others: Mapping[str, str] = MappingProxyType({})
    ) -> Channel:
        """A channel with its physical name, not created yet. Reaches its broker."""
        broker_name = declaration.broker or self._brokers.only()
        if broker_name is None:
            raise SettingsError(
                f"The channel {quoted(declaration.name)} does not say on which broker it lies, and "
                f"there are several: {listed(map(quoted, self._brokers.names))}. Write broker = … "
                f"in [evtbdd:channel:{declaration.name}]."
            )
        try:
            broker = self._brokers.get(broker_name)
        except UnknownName as error:
            raise UnknownName(f"Of the channel {quoted(declaration.name)}: {error}") from error
        declaration = declaration.on(broker.capabilities)
        rule = broker.capabilities.of(declaration.options).names
        physical = self._isolation.physical(self.scope, declaration.name, declaration.fixed, rule)
        if (fault := broker.name_fault(physical)) is not None:
            raise PhraseError(
                f"The channel {quoted(declaration.name)} cannot be a {broker.capabilities.channel} "
                f"of {broker.capabilities.broker}: its name there would be {quoted(physical)}, and "
                f"{fault}."
            )
        plan = ChannelPlan(
            physical,
            declaration.partitions,
            with_physical(declaration.options, others),
            dead_letter=others.get(declaration.dead_letter or ""),
            attempts=declaration.attempts,
            watch=declaration.watch,
            consumers=self._consumers.get(declaration.name, frozenset()),
        )
        return Channel(declaration, plan, broker_name, broker)

    def missing(self, wanted: Iterable[Wanted]) -> Sequence[Channel]:
        """Those that are not there yet, planned."""
        planned = [
            self.plan(each.declaration, each.others)
            for each in wanted
            if each.declaration.name not in self.channels
        ]
        _require_names_of_their_own([*self.channels.values(), *planned])
        return planned

    def open(self, wanted: Iterable[Wanted]) -> None:
        """Create and watch channels; those that are there already are left as they are.

        Whatever is published after it returns will be seen.
        """
        missing = self.missing(wanted)
        self._locks.hold(missing)
        make(missing, self._deadline, self.add, mode=self._isolation.mode)

    def add(self, channel: Channel) -> None:
        """Take note of a channel that is there from now on."""
        self.channels[channel.name] = channel

    def remove(self, name: str) -> None:
        """Unwatch and delete one of them; nothing where it is not there. Raises BrokerError."""
        channel = self.channels.pop(name, None)
        if channel is not None:
            unwatch([channel])
            channel.broker.delete([channel.physical], self._deadline())


def _require_names_of_their_own(channels: Iterable[Channel]) -> None:
    """Raise SettingsError where two channels would be one on their broker."""
    known: dict[tuple[str, str], str] = {}
    for each in channels:
        other = known.setdefault((each.broker_name, each.physical), each.name)
        if other != each.name:
            raise SettingsError(
                f"The channels {quoted(other)} and {quoted(each.name)} both have the name "
                f"{quoted(each.physical)} on the broker {quoted(each.broker_name)}; each needs one "
                "of its own."
            )
