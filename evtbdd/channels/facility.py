"""The channels of a run: what is declared, and the scopes that are open."""

from __future__ import annotations

from collections.abc import Mapping

from evtbdd.channels.declaration import Declaration
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scope import ChannelScope
from evtbdd.clock import Deadline
from evtbdd.isolation.names import Names


class Channels:
    """What the settings declare, and the scopes that are open: of the run, a feature, a scenario.

    `patience` is how many seconds one answer of a broker may take; `left_behind` says in
    sentences what could not be deleted.
    """

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        brokers: Brokers,
        names: Names,
        *,
        patience: float,
    ) -> None:
        self.declared = declared
        self.brokers = brokers
        self.left_behind: list[str] = []
        self._names = names
        self._patience = patience
        self._scopes: dict[str, ChannelScope] = {}

    def deadline(self) -> Deadline:
        """That of one answer of a broker."""
        return Deadline.after(self._patience)

    def scope(self, name: str) -> ChannelScope:
        """The scope of that name, opened when first asked for."""
        if name not in self._scopes:
            self._scopes[name] = ChannelScope(name, self._names, self.brokers, self.deadline)
        return self._scopes[name]

    def close_scope(self, name: str) -> None:
        """Delete the channels of a scope; nothing where it was never opened.

        What cannot be deleted fails no scenario: its verdict is in already.
        """
        if name in self._scopes:
            self.left_behind += self._scopes.pop(name).close()

    def close(self) -> None:
        """Delete what is there still, then give the brokers back."""
        try:
            for name in list(self._scopes):
                self.close_scope(name)
        finally:
            self.brokers.close()
