"""How a Kafka lets evtbdd in: the same for the driver's clients and for the probe."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evtbdd.brokers.certificates import context
from evtbdd.brokers.security import Security


@dataclass(frozen=True, slots=True)
class Access:
    """What a connection begins with: TLS where there is a `context`, SASL where there is a user."""

    context: ssl.SSLContext | None = None
    username: str | None = None
    password: str = field(default="", repr=False)
    mechanism: str = "PLAIN"
    shows_certificate: bool = False

    @classmethod
    def of(cls, security: Security | None) -> Access:
        """That of the settings; SettingsError where a file of certificates is none."""
        if security is None:
            return cls()
        return cls(
            context(security) if security.tls else None,
            security.username,
            security.password or "",
            security.mechanism,
            security.certificate is not None,
        )

    @property
    def protocol(self) -> str:
        """What Kafka calls it: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
        transport = "PLAINTEXT" if self.context is None else "SSL"
        return transport if self.username is None else f"SASL_{transport}"

    @property
    def sasl(self) -> Mapping[str, Any]:
        """What the driver's classes of SASL mechanisms are made with."""
        if self.username is None:
            return {}
        user = self.username
        if self.mechanism != "PLAIN":
            # RFC 5802, section 5.1; the driver (3.0.12) sends it as it is.
            user = user.replace("=", "=3D").replace(",", "=2C")
        return {
            "security_protocol": self.protocol,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": user,
            "sasl_plain_password": self.password,
        }

    @property
    def options(self) -> Mapping[str, Any]:
        """What each client of the driver is opened with."""
        options = {"security_protocol": self.protocol, **self.sasl}
        return options if self.context is None else {**options, "ssl_context": self.context}


OPEN = Access()
"""No TLS, and no user."""
