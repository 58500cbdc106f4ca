"""The brokers of each scope: the same for all, or with isolation = namespace one of its own each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from evtbdd.channels.pool import Brokers
from evtbdd.clock import Deadline
from evtbdd.errors import SettingsError
from evtbdd.isolation.modes import NAMESPACE, Isolation
from evtbdd.offers import Namespaces
from evtbdd.provisioning.provision import Provisioned


class ScopedBrokers:
    """A broker that can be divided is, a part for each scope; another one is there once for each.

    `deadline` is that of one answer of a broker.
    """

    def __init__(
        self, brokers: Brokers, isolation: Isolation, deadline: Callable[[], Deadline]
    ) -> None:
        self._brokers = brokers
        self._isolation = isolation
        self._deadline = deadline
        self._of_scopes: dict[str, Brokers] = {}
        self._divided: dict[str, tuple[Provisioned, Namespaces]] = {}

    def of(self, scope: str) -> Brokers:
        """The brokers of a scope, `s12`, `f3` or `run`."""
        if self._isolation.mode != NAMESPACE:
            return self._brokers
        if scope not in self._of_scopes:
            self._of_scopes[scope] = self._brokers.of_scope(partial(self._open, scope))
        return self._of_scopes[scope]

    def close_scope(self, scope: str) -> None:
        """Give back what is a scope's own, and all that is on it."""
        if scope in self._of_scopes:
            self._of_scopes.pop(scope).close()

    def close(self) -> None:
        """Give back everything."""
        with ExitStack() as given_back:
            given_back.callback(self._brokers.close)
            while self._divided:
                whole, _ = self._divided.popitem()[1]
                given_back.callback(whole.close)
            for scope in list(self._of_scopes):
                given_back.callback(self.close_scope, scope)

    def _open(self, scope: str, name: str, provision: Callable[[], Provisioned]) -> Provisioned:
        if name not in self._divided:
            whole = provision()
            if not isinstance(whole.broker, Namespaces):
                self._require_own(name, whole)
                return whole
            self._divided[name] = whole, whole.broker
            self._brokers.hand_on(name, whole)
        whole, divided = self._divided[name]
        part = self._isolation.names.channel(scope, name)
        return Provisioned(
            divided.open_namespace(part, self._deadline()),
            [lambda: divided.close_namespace(part, self._deadline())],
            whole.security,
        )

    def _require_own(self, name: str, whole: Provisioned) -> None:
        """Raise SettingsError for a broker that others use too, and that cannot be divided."""
        if not self._brokers.is_own(name):
            kind = whole.broker.capabilities.broker
            whole.close()
            raise SettingsError(
                f"with isolation = namespace it must be this run's alone, or have parts that are, "
                f"and a {kind} of somebody else's has none. What evtbdd starts for itself is the "
                "run's alone: kafka+embedded://, kafka+local://, kafka+docker://IMAGE:TAG, "
                "sqs+embedded://, sqs+docker://IMAGE:TAG, memory://. Where the channels of this one "
                "must be used, write isolation = shared."
            )
