"""What keeps scenarios apart: names of their own, a namespace of their own, or only what they hold.

`names`: every channel gets a name that nobody else uses. `namespace`: channels have fixed names, on
a broker, or a part of one, that nobody else uses. `shared`: channels have fixed names, on a broker
that others may use too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.isolation.names import ANY, Names
from evtbdd.ports import NameRule
from evtbdd.words import quoted

NAMES, NAMESPACE, SHARED = MODES = ("names", "namespace", "shared")
SCOPES = ("scenario", "feature", "run")
"""How long things live, the shortest first."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """The mode of a run, and the names that it gives."""

    mode: str
    names: Names

    def physical(self, scope: str, channel: str, fixed: str | None, rule: NameRule = ANY) -> str:
        """What a channel is called on its broker; `fixed` is the name that its settings give it.

        `rule` is which names the broker takes; a fixed name only gets its ending.
        SettingsError for a fixed name where channels get names of their own.
        """
        if self.mode != NAMES:
            return fixed or f"{channel.removesuffix(rule.ending)}{rule.ending}"
        if fixed is not None:
            raise SettingsError(
                f"The channel {quoted(channel)} is to have the name {quoted(fixed)} on its broker, "
                "and with isolation = names every channel gets a name of its own. Fixed names need "
                "isolation = namespace, where the broker, or a part of it, is this run's alone, or "
                "isolation = shared, where others may use the channel too."
            )
        return self.names.channel(scope, channel, rule)

    def lives(self, channel: str, broker: str) -> str:
        """How long a channel lives: scenario, feature or run.

        `channel` is the scope of the longest-lived service that knows it, `broker` that of the
        longest-lived one that knows any channel of its broker. A namespace is given back whole, and
        what others use is neither made nor given back between two scenarios.
        """
        return {NAMES: channel, NAMESPACE: broker, SHARED: SCOPES[-1]}[self.mode]


def longest(scopes: Sequence[str]) -> str:
    """The longest of several scopes; that of a scenario where there are none."""
    return max(scopes, key=SCOPES.index, default=SCOPES[0])
