"""The only place that names adapters: by the scheme of a URL, by string, imported when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from inspect import signature
from typing import Protocol, cast

from evtbdd.brokers.security import Security
from evtbdd.errors import SettingsError
from evtbdd.ports import Broker
from evtbdd.words import quoted, suggestion

ENTRY_POINTS = "evtbdd.brokers"


class Connect(Protocol):
    """What an adapter is registered as: connects lazily, and gives up after `patience` seconds.

    One that can secure its connections takes `security: Security | None = None` besides; it is only
    handed over where the settings have any.
    """

    def __call__(self, address: str, *, patience: float) -> Broker:
        """The broker at an address that is written as its own clients do."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Where an adapter is, and what must be installed for it: the driver's module, and our extra.

    `beside` are further modules that the extra brings; `groups`: to consume from such a broker is to
    join a group.
    """

    place: str
    driver: str | None = None
    extra: str | None = None
    beside: tuple[str, ...] = ()
    groups: bool = True


BUILT_IN: Mapping[str, Adapter] = {
    "amqp": Adapter(
        "evtbdd.brokers.rabbitmq.adapter:connect", driver="pika", extra="rabbitmq", groups=False
    ),
    "amqps": Adapter(
        "evtbdd.brokers.rabbitmq.adapter:connect_tls", driver="pika", extra="rabbitmq", groups=False
    ),
    "kafka": Adapter("evtbdd.brokers.kafka.adapter:connect", driver="kafka", extra="kafka"),
    "memory": Adapter("evtbdd.brokers.memory.adapter:connect"),
    "sqs": Adapter(
        "evtbdd.brokers.sqs.adapter:connect",
        "boto3",
        "sqs",
        ("botocore", "localstack_client"),
        groups=False,
    ),
}


SPOKEN: Mapping[str, str] = {
    "rabbitmq": "amqp",
}
"""The schemes of addresses of those that are not called by their protocol where they are started."""


KINDS: Mapping[str, str] = {
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
}
"""What brokers are called whose addresses begin with their protocol."""


def kind(scheme: str) -> str:
    """What a broker is called that is spoken to by a scheme: `rabbitmq`, for `amqps` too."""
    return KINDS.get(scheme, scheme)


def kinds() -> list[str]:
    """What the brokers are called that have an adapter here."""
    return sorted({kind(each) for each in schemes()})


def has_groups(scheme: str) -> bool:
    """Whether consumers of such a broker join groups; of one that is not known here they may."""
    known = BUILT_IN.get(SPOKEN.get(scheme, scheme))
    return known is None or known.groups


def schemes() -> list[str]:
    """Every scheme that has an adapter here."""
    return sorted({*BUILT_IN, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def adapter(scheme: str) -> Connect:
    """The adapter of a scheme. SettingsError where there is none, or its driver is missing."""
    for point in entry_points(group=ENTRY_POINTS, name=scheme):
        return cast(Connect, point.load())
    if scheme not in BUILT_IN:
        raise SettingsError(
            f"No broker is known by the scheme {quoted(scheme)}. "
            f"{suggestion(scheme, schemes(), 'schemes')}"
        )
    return cast(Connect, load(BUILT_IN[scheme]))


def connected(scheme: str, address: str, *, patience: float, security: Security | None) -> Broker:
    """The broker at an address. SettingsError as `adapter`, or where it knows no security."""
    connect = adapter(scheme)
    if security is None:
        return connect(address, patience=patience)
    if "security" not in signature(connect).parameters:
        raise SettingsError(
            f"Connections to a broker by {quoted(scheme)} cannot be secured; remove the keys "
            "security … of its section."
        )
    return cast(Callable[..., Broker], connect)(address, patience=patience, security=security)


def load(what: Adapter) -> object:
    """The object at `module:name`; SettingsError names the extra where the driver is missing."""
    module, _, name = what.place.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in (what.driver, *what.beside):
            raise
        raise SettingsError(
            f"The driver {quoted(missing)} is not installed: "
            f'pip install "evtbdd[{what.extra}]" brings it.'
        ) from error
