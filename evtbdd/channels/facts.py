"""What stands for `${broker.NAME.FACT}`."""

from __future__ import annotations

from collections.abc import Mapping

from evtbdd.offers import BrokerFacts
from evtbdd.ports import Broker


def host_and_port(address: str) -> tuple[str, str]:
    """Those of `host:port`, or of a URL, whose scheme may say the port."""
    scheme, _, rest = address.rpartition("://")
    host, _, port = rest.rpartition(":")
    if host:
        return host, port
    return rest, {"http": "80", "https": "443"}.get(scheme, "")


def own_facts(broker: Broker) -> Mapping[str, str]:
    """What a broker tells of itself besides; nothing, where it offers nothing."""
    return broker.facts() if isinstance(broker, BrokerFacts) else {}
