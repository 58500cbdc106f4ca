"""Services that outlive a scenario, as those who acknowledge what scenarios leave to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.errors import EvtbddError
from evtbdd.isolation.inherited import reaches
from evtbdd.isolation.modes import NAMES, SCOPES
from evtbdd.isolation.triggers import Consumer
from evtbdd.offers import Acknowledgements
from evtbdd.ports import Capability
from evtbdd.services.facility import Services
from evtbdd.services.served import Served

LONGER = SCOPES[1:]


class Consumers:
    """The consumers of a run, each as long as the service that it stands for.

    A service that is told no channel to publish to has none, where channels have names of their
    own; else it may have their names built in, and publish anywhere.
    """

    def __init__(self, services: Services, mode: str) -> None:
        self._services = services
        lasting = [each for each in services.declared.values() if each.scope in LONGER]
        consumes = {each.name: frozenset(each.consumes) for each in lasting}
        outputs: Mapping[str, frozenset[str] | None] = {
            each.name: each.outputs() if mode == NAMES else each.outputs() or None
            for each in lasting
        }
        self._reaches = reaches(consumes, outputs)
        self._of: dict[Served, Sequence[Consumer]] = {}
        consumed = frozenset[str]().union(*consumes.values())
        reached = [consumed if each is None else each for each in self._reaches.values()]
        self.passed_on = consumed & frozenset[str]().union(*reached)
        """The channels on which one of them may hand something on to another."""

    def started(self, scopes: Mapping[str, str], channels: ScenarioChannels) -> Sequence[Consumer]:
        """Those of services that have been started in the longer ones of these scopes."""
        lasting = [scopes[scope] for scope in LONGER]
        found: list[Consumer] = []
        for service in self._services.started_in(lasting):
            if service not in self._of:
                self._of[service] = self._consumers(service, scopes, channels)
            found += self._of[service]
        return found

    def drop(self, scope: str) -> None:
        """Forget those of a scope whose services have ended."""
        self._of = {
            service: consumers
            for service, consumers in self._of.items()
            if all(each.scope != scope for each in consumers)
        }

    def _consumers(
        self, service: Served, scopes: Mapping[str, str], channels: ScenarioChannels
    ) -> Sequence[Consumer]:
        """One for each broker that it consumes from."""
        declared = service.declaration
        by_broker: dict[str | None, list[str]] = {}
        for name in declared.consumes:
            by_broker.setdefault(channels.broker_of(name), []).append(name)
        return [
            Consumer(
                scope=scopes[declared.scope],
                service=declared.name,
                group=service.group,
                last=declared.acknowledges == "last",
                consumes={name: channels.physical_of(name) for name in names},
                reaches=self._reaches[declared.name],
                told_by=None if service.group is None else _told_by(names[0], channels),
            )
            for names in by_broker.values()
        ]


def _told_by(channel: str, channels: ScenarioChannels) -> Acknowledgements | None:
    # A group's broker was reached as the service was started; one that is lost tells nothing.
    with suppress(EvtbddError):
        broker = channels.broker(channel)
        if isinstance(broker, Acknowledgements):
            return broker
        if Capability.SUBSCRIPTIONS in broker.capabilities.can:
            told_by = broker.subscriptions()
            return told_by if isinstance(told_by, Acknowledgements) else None
    return None
