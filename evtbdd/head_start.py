"""Brokers of the run's own that take long to start are begun before steps and features are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress

from evtbdd.errors import EvtbddError
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.provision import EarlyBroker, begun
from evtbdd.settings.load import Settings


class HeadStart:
    """What is begun: by the names of the brokers; `keeper` watches over it."""

    def __init__(self) -> None:
        self.keeper = HeldKeeper()
        self.brokers: Mapping[str, EarlyBroker] = {}

    def begin(self, settings: Settings) -> None:
        """Begin those of the brokers that are worth it; what fails is told when they are needed."""
        brokers: dict[str, EarlyBroker] = {}
        for name in settings.names("broker"):
            with suppress(EvtbddError):
                broker = begun(settings.section("broker", name)["url"], self.keeper)
                if broker is not None:
                    brokers[name] = broker
        self.brokers = brokers

    def close(self) -> None:
        """End what nobody has ended; where the run went well, that is nothing."""
        with ExitStack() as given_back:
            given_back.callback(self.keeper.close)
            for broker in self.brokers.values():
                given_back.callback(broker.stop)
