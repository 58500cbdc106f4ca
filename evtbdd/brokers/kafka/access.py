"""How a Kafka lets evtbdd in: the same for the driver's clients and for the probe."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evtbdd.brokers.security import Security
from evtbdd.errors import SettingsError
from evtbdd.words import quoted


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
            _context(security) if security.tls else None,
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


def _context(security: Security) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if security.ca is None:
        context.load_default_certs()
    else:
        _readable("ca", security.ca)
        try:
            context.load_verify_locations(security.ca)
        except ssl.SSLError as error:
            raise _no_pem("ca", security.ca, "certificates in PEM") from error
    if security.certificate is not None:
        _load_own(context, security.certificate, security.key)
    return context


def _load_own(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    def locked() -> str:
        # OpenSSL would ask at the terminal, and wait.
        raise SettingsError(
            f"security key: {quoted(str(key or certificate))} needs a password, which evtbdd has "
            "no setting for; give it a key without one."
        )

    _readable("certificate", certificate)
    if key is not None:
        _readable("key", key)
    try:
        context.load_cert_chain(certificate, key, password=locked)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise SettingsError(
                f"security key: the key does not belong to the certificate in "
                f"{quoted(str(certificate))}."
            ) from error
        what = "a certificate in PEM" if key is not None else "a certificate and its key in PEM"
        raise _no_pem("certificate", certificate, what) from error


def _readable(name: str, path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"security {name}: {quoted(str(path))} cannot be read ({error.strerror})."
        ) from error


def _no_pem(name: str, path: Path, what: str) -> SettingsError:
    return SettingsError(f"security {name}: {quoted(str(path))} does not hold {what}.")
