"""The channels of a run: what is declared, and the scopes that are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evtbdd.channels.chunks import Chunks
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scope import ChannelScope, Wanted
from evtbdd.clock import Deadline
from evtbdd.isolation.names import Names

SCOPES = ("scenario", "feature", "run")
"""From the shortest to the longest."""


class Channels:
    """What the settings declare, and the scopes that are open: of the run, a feature, a scenario.

    `consumers` are for each channel the services that consume it; `patience` is how many seconds
    one answer of a broker may take.
    """

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        brokers: Brokers,
        names: Names,
        *,
        patience: float,
        consumers: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.declared = declared
        self.brokers = brokers
        self._names = names
        self._consumers = consumers
        self._patience = patience
        self._chunks = Chunks(self.deadline)
        self._scopes: dict[str, ChannelScope] = {}

    def deadline(self) -> Deadline:
        """That of one answer of a broker."""
        return Deadline.after(self._patience)

    @property
    def left_behind(self) -> Sequence[str]:
        """What could not be deleted, in sentences."""
        return self._chunks.left

    def lives(self, of_services: Mapping[str, str]) -> Mapping[str, str]:
        """In which scope channels live: as long as services that know them, or what ends up there."""
        lives = dict(of_services)
        for name, declaration in self.declared.items():
            dead = declaration.dead_letter
            if dead is not None and name in lives:
                lives[dead] = max(lives[name], lives.get(dead, SCOPES[0]), key=SCOPES.index)
        return lives

    def physical(self, scope: str, declaration: Declaration) -> str:
        """What a channel is called on its broker, in that scope. Reaches the broker."""
        broker = declaration.broker or self.brokers.only()
        if broker is None:
            return self._names.channel(scope, declaration.name)
        rule = self.brokers.get(broker).capabilities.of(declaration.options).names
        return self._names.channel(scope, declaration.name, rule)

    def ahead(self, wanted: Mapping[str, Sequence[Wanted]]) -> None:
        """Begin to make the channels of scopes that will be opened, in the background."""
        self._chunks.ahead([(self._scope(name), of_it) for name, of_it in wanted.items()])

    def scope(self, name: str) -> ChannelScope:
        """The scope of that name, opened when first asked for."""
        if name not in self._scopes:
            self._scopes[name] = self._chunks.take(name) or self._scope(name)
        return self._scopes[name]

    def _scope(self, name: str) -> ChannelScope:
        return ChannelScope(name, self._names, self.brokers, self._consumers, self.deadline)

    def close_scope(self, name: str) -> None:
        """Have the channels of a scope deleted, soon; nothing where it was never opened.

        What cannot be deleted fails no scenario: its verdict is in already. Raises BrokerError
        where nobody can be kept from being handed more of them.
        """
        self._chunks.drop(name)
        if name in self._scopes:
            channels = list(self._scopes.pop(name).channels.values())
            self._chunks.behind(channels)

    def finish(self) -> None:
        """Return when the channels of all scopes that were closed are deleted."""
        self._chunks.finish()

    def close(self) -> None:
        """Delete what is there still, then give the brokers back."""
        try:
            for name in list(self._scopes):
                self.close_scope(name)
            self._chunks.close()
        finally:
            self.brokers.close()
