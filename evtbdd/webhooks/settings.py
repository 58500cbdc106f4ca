"""What the settings say of a webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.isolation.modes import SCOPES, longest
from evtbdd.loopback import HOST
from evtbdd.services.facility import Services
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key, Section
from evtbdd.words import quoted

SECTION = Section(
    "webhook",
    named=True,
    help="A server of evtbdd's own that services call: ${webhook.NAME.url}, .host, .port.",
    keys=(
        Key(
            "address",
            kinds.host_and_port,
            None,
            "127.0.0.1:PORT, for services that have it built in",
            otherwise="a free port",
        ),
    ),
)
OURS = frozenset({HOST, "localhost"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """A webhook as declared; `port` is 0 for a free one, `lives` scenario, feature or run."""

    name: str
    port: int
    lives: str

    @classmethod
    def of_settings(cls, settings: Settings, services: Services, name: str) -> Declaration:
        """The declaration in `[evtbdd:webhook:NAME]`.

        It lives as long as the longest-lived service that is told of it; for the run where services
        have its address built in.
        """
        port = fixed_port(settings, name)
        if port is None:
            return cls(name, 0, longest(_scopes_of_told(services, name)))
        return cls(name, port, SCOPES[-1])


def fixed_port(settings: Settings, name: str) -> int | None:
    """The port that a webhook must have; None for any. SettingsError where it cannot be meant."""
    address: tuple[str, int] | None = settings.section("webhook", name)["address"]
    if address is None:
        return None
    host, port = address
    if host not in OURS:
        raise SettingsError(
            f"[evtbdd:webhook:{name}] address: {quoted(host)} is not this machine alone; a "
            f"webhook is served at {HOST}:PORT and nowhere else."
        )
    return port


def _scopes_of_told(services: Services, name: str) -> Sequence[str]:
    told = f"${{webhook.{name}."
    return [
        each.scope
        for each in services.declared.values()
        if any(told in text for text in each.texts())
    ]
