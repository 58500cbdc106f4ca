"""Whether a service must say which group it joins: where it consumes from a broker that has groups."""

from __future__ import annotations

from collections.abc import Sequence

from evtbdd.brokers.registry import has_groups
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.settings.load import Settings


def join_groups(settings: Settings, channels: Sequence[str]) -> bool:
    """Whether some of these channels lie on such a broker, or on one that the settings do not tell."""
    declared, brokers = settings.names("channel"), settings.names("broker")
    for name in channels:
        broker = settings.section("channel", name)["broker"] if name in declared else None
        broker = broker or (brokers[0] if len(brokers) == 1 else None)
        if broker not in brokers:
            return True
        if has_groups(BrokerUrl.parse(settings.section("broker", broker)["url"]).scheme):
            return True
    return False
