"""What tells a second process of a run where the run's own brokers are: variables that override.

Whoever is started by the run, a service, a hook's behave, inherits them, and speaks to the broker
that runs instead of starting its own. To it that is somebody else's: it neither ends it nor takes
it for its own.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping

from evtbdd.brokers.security import Security
from evtbdd.settings.names import Target


class HandedOn:
    """Variables of an environment (`EVTBDD_BROKER_NAME_URL`), until they are taken back."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._before: dict[str, str | None] = {}

    def tell(
        self, broker: str, url: str, security: Security | None, names: Collection[str]
    ) -> None:
        """Say where a broker is, and with which authority; `names` are those of all brokers.

        Two that the variable cannot tell apart are not told of.
        """
        variable = _variable(broker, "url")
        if [_variable(name, "url") for name in names].count(variable) > 1:
            return
        self._set(variable, url)
        if security is not None and security.ca is not None:
            self._set(_variable(broker, "security ca"), str(security.ca))

    def take_back(self) -> None:
        """Leave the environment as it was."""
        for variable, before in self._before.items():
            if before is None:
                self._environ.pop(variable, None)
            else:
                self._environ[variable] = before
        self._before.clear()

    def _set(self, variable: str, value: str) -> None:
        self._before.setdefault(variable, self._environ.get(variable))
        self._environ[variable] = value


def _variable(broker: str, key: str) -> str:
    return Target("broker", broker, key).variable
