"""What stands for `${broker.NAME.FACT}`."""

from __future__ import annotations

from collections.abc import Mapping

from evtbdd.brokers.security import Security
from evtbdd.errors import UnknownName
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


def credential(broker: str, secured: Security, fact: str) -> str:
    """The `user` or the `password` that the settings name; UnknownName where they name none."""
    found = secured.username if fact == "user" else secured.password
    if found is None:
        raise UnknownName(
            f"${{broker.{broker}.{fact}}}: [evtbdd:broker:{broker}] has no security username."
        )
    return found


def file(broker: str, secured: Security, fact: str) -> str:
    """The path of the `ca`, the `certificate` or the `key`; UnknownName where there is none."""
    files = {
        "ca": (secured.ca, "security ca, nor security tls = yes on a broker of the run's own"),
        "certificate": (secured.certificate, "security certificate"),
        "key": (secured.key or secured.certificate, "security certificate"),
    }
    path, lacking = files[fact]
    if path is None:
        raise UnknownName(
            f"${{broker.{broker}.{fact}}}: [evtbdd:broker:{broker}] has no {lacking}."
        )
    return str(path)
