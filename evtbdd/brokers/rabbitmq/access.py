"""As whom, and through what, a connection to RabbitMQ is made."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

import pika

from evtbdd.brokers import certificates
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.security import Security
from evtbdd.errors import SettingsError

GUEST = "guest"
"""The user, and the password, that RabbitMQ has from the start; it takes them on loopback only."""

HEARTBEAT = 20
"""Seconds; a broker that says nothing for twice as long is lost."""


@dataclass(frozen=True, slots=True)
class Access:
    """A user, and TLS where there is a `context`; `heartbeat` is in whole seconds.

    `looking` is the same for who only looks why a connection failed: up to TLS 1.2 a broker refuses
    the certificate of a client before anything else is said, and the refusal cannot get lost.
    """

    username: str = GUEST
    password: str = field(default=GUEST, repr=False)
    context: ssl.SSLContext | None = None
    looking: ssl.SSLContext | None = None
    shows_certificate: bool = False
    heartbeat: int = HEARTBEAT

    @classmethod
    def of(cls, address: Address, security: Security) -> Access:
        """What the URL and the settings say; SettingsError where they contradict each other."""
        if security.mechanism != "PLAIN":
            raise SettingsError(
                "security mechanism: RabbitMQ is told a password by PLAIN, not by "
                f"{security.mechanism}; remove the key."
            )
        if address.username is not None and security.username is not None:
            raise SettingsError(
                "There is a user in the URL of the broker, and another one by security username; "
                "remove one of them."
            )
        asked = (security.username, security.password)
        if security.username is None:
            asked = (address.username, address.password)
        username, password = (GUEST, GUEST) if asked[0] is None else asked
        context = looking = None
        if security.tls:
            context, looking = certificates.context(security), certificates.context(security)
            looking.maximum_version = ssl.TLSVersion.TLSv1_2
        return cls(
            username or "",
            password or "",
            context,
            looking,
            security.certificate is not None,
        )

    @property
    def scheme(self) -> str:
        """What its clients write before the address."""
        return "amqp" if self.context is None else "amqps"

    def parameters(self, address: Address, name: str, patience: float) -> pika.ConnectionParameters:
        """What pika connects by; `name` is what the broker shows of the connection."""
        options: dict[str, Any] = {}
        if self.context is not None:
            options["ssl_options"] = pika.SSLOptions(self.context, address.host.rstrip("."))
        return pika.ConnectionParameters(
            host=address.host,
            port=address.port,
            virtual_host=address.vhost,
            credentials=pika.PlainCredentials(self.username, self.password, erase_on_connect=False),
            heartbeat=self.heartbeat,
            connection_attempts=1,
            socket_timeout=patience,
            stack_timeout=patience,
            client_properties={"connection_name": name},
            **options,
        )
