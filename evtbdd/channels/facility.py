"""The channels of a run: what is declared, and the scopes that are open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from evtbdd.channels.channel import Channel
from evtbdd.channels.chunks import Chunks
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.locks import SharedLocks
from evtbdd.channels.namespaces import ScopedBrokers
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scope import ChannelScope, Wanted
from evtbdd.clock import Deadline
from evtbdd.errors import EvtbddError
from evtbdd.events import Event
from evtbdd.isolation.modes import NAMES, NAMESPACE, SCOPES, Isolation, longest
from evtbdd.ports import Broker, NameRule


class Channels:
    """What the settings declare, and the scopes that are open: of the run, a feature, a scenario.

    `consumers` are for each channel the services that consume it; `patience` is how many seconds
    one answer of a broker may take; of the brokers that are `unlocked` the author keeps other runs.
    SettingsError where a name is fixed, and isolation does not allow for it.
    """

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        brokers: Brokers,
        isolation: Isolation,
        *,
        patience: float,
        consumers: Mapping[str, frozenset[str]] = MappingProxyType({}),
        unlocked: Collection[str] = (),
    ) -> None:
        self.declared = declared
        self.brokers = brokers
        self._isolation = isolation
        self._consumers = consumers
        self._patience = patience
        self._of_scopes = ScopedBrokers(brokers, isolation, self.deadline)
        self._locks = SharedLocks(isolation, brokers, patience, self._on_brokers(), unlocked)
        self._chunks = Chunks(self.deadline)
        self._scopes: dict[str, ChannelScope] = {}
        self._of_brokers: Mapping[str, str] = {}
        self._tapped: Collection[str] = ()
        self._tap: Callable[[Event], None] | None = None

    def deadline(self) -> Deadline:
        """That of one answer of a broker."""
        return Deadline.after(self._patience)

    @property
    def left_behind(self) -> Sequence[str]:
        """What could not be deleted, in sentences."""
        return self._chunks.left

    def lives(
        self,
        of_services: Mapping[str, str],
        of_brokers: Mapping[str, str] = MappingProxyType({}),
    ) -> Mapping[str, str]:
        """In which scope channels live: as long as services that know them, or what ends up there.

        `of_brokers` are the longest scopes of services that are told of a broker.
        """
        lives = dict(of_services)
        for name, declaration in self.declared.items():
            for other in declaration.others if name in lives else ():
                lives[other] = longest([lives[name], lives.get(other, SCOPES[0])])
        told = dict(of_brokers)
        for name, scope in lives.items():
            broker = self._broker_of(self.declared.get(name))
            told[broker] = longest([scope, told.get(broker, SCOPES[0])])
        self._of_brokers = told
        return lives

    def lives_for(self, declaration: Declaration | None, known: str) -> str:
        """How long a channel lives whose services live for the scope `known`."""
        return self._isolation.lives(
            known, self._of_brokers.get(self._broker_of(declaration), known)
        )

    def broker(self, scope: str, declaration: Declaration | None) -> Broker:
        """The broker of a channel in a scope. Raises as Brokers.get."""
        return self._of_scopes.of(scope).get(self._broker_of(declaration))

    def broker_fact(self, scopes: Mapping[str, str], dotted: str) -> str:
        """What stands for `${broker.NAME}` and `${broker.NAME.…}` in these scopes; else UnknownName."""
        known = (each for each in self.brokers.names if f"{dotted}.".startswith(f"{each}."))
        lives = self._of_brokers.get(next(known, ""), SCOPES[0])
        return self._of_scopes.of(scopes[self._isolation.lives(SCOPES[0], lives)]).fact(dotted)

    def _broker_of(self, declaration: Declaration | None) -> str:
        return (declaration and declaration.broker) or self.brokers.only() or ""

    def _on_brokers(self) -> Mapping[str, Collection[str]]:
        """The physical names of the channels on each broker that the settings declare."""
        on: dict[str, set[str]] = {}
        for each in self.declared.values():
            physical = self._isolation.physical(SCOPES[-1], each.name, each.fixed)
            on.setdefault(self._broker_of(each), set()).add(physical)
        return on

    def physical(self, scope: str, declaration: Declaration) -> str:
        """What a channel is called on its broker, in that scope."""
        rule = self._rule(scope, declaration)
        return self._isolation.physical(scope, declaration.name, declaration.fixed, rule)

    def _rule(self, scope: str, declaration: Declaration) -> NameRule:
        """Which names the broker takes; it is reached where it could make a difference."""
        fixed = self._isolation.mode != NAMES and not declaration.options
        if fixed or not self._broker_of(declaration):
            return NameRule()
        return self.broker(scope, declaration).capabilities.of(declaration.options).names

    def tap(self, names: Collection[str], tap: Callable[[Event], None]) -> None:
        """Have all that comes on these channels told, whether or not a scenario looks at it."""
        self._tapped, self._tap = names, tap

    def tell(self, channels: Iterable[Channel]) -> None:
        """Have what comes on these told, if it is to be."""
        for each in channels:
            each.passed_on = self._tap if each.name in self._tapped else None

    def ahead(self, wanted: Mapping[str, Sequence[Wanted]]) -> None:
        """Begin to make the channels of scopes that will be opened, in the background.

        Where each scope has a broker of its own, that waits until the scope's turn has come.
        """
        if self._isolation.mode == NAMES:
            self._chunks.ahead([(self._scope(name), of_it) for name, of_it in wanted.items()])

    def scope(self, name: str) -> ChannelScope:
        """The scope of that name, opened when first asked for."""
        self._locks.require()
        if name not in self._scopes:
            self._scopes[name] = self._chunks.take(name) or self._scope(name)
        return self._scopes[name]

    def _scope(self, name: str) -> ChannelScope:
        return ChannelScope(
            name,
            self._isolation,
            self._of_scopes.of(name),
            self._locks,
            self._consumers,
            self.deadline,
        )

    def close_scope(self, name: str) -> None:
        """Have the channels of a scope deleted, soon; nothing where it was never opened.

        What cannot be deleted fails no scenario: its verdict is in already. Raises BrokerError
        where nobody can be kept from being handed more of them.
        """
        self._chunks.drop(name)
        scope = self._scopes.pop(name, None)
        if scope is not None and self._isolation.mode != NAMESPACE:
            self._chunks.behind([each for each in scope.channels.values() if each.ours])
        self._give_back(lambda: self._of_scopes.close_scope(name))

    def finish(self) -> None:
        """Return when the channels of all scopes that were closed are deleted."""
        self._chunks.finish()

    def close(self) -> None:
        """Delete what is there still, then give the brokers back."""
        try:
            for name in list(self._scopes):
                self.close_scope(name)
            self._chunks.close()
            self._give_back(lambda: self._locks.release(self.deadline))
        finally:
            self._of_scopes.close()

    def _give_back(self, what: Callable[[], None]) -> None:
        try:
            what()
        except EvtbddError as error:
            self._chunks.left.append(str(error))
