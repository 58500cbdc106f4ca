"""TLS, whatever the broker is: what the settings say of certificates, and what a handshake tells."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import SettingsError
from evtbdd.words import quoted

EXPIRED, NOT_YET, OTHER_NAME, OTHER_ADDRESS = 10, 9, 62, 64
"""X509_V_ERR_… of OpenSSL's x509_vfy.h; the others all come down to who has signed."""


def context(security: Security) -> ssl.SSLContext:
    """What connections are made with; SettingsError where a file of certificates is none."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    if security.ca is None:
        found.load_default_certs()
    else:
        _readable("ca", security.ca)
        try:
            found.load_verify_locations(security.ca)
        except ssl.SSLError as error:
            raise _no_pem("ca", security.ca, "certificates in PEM") from error
    if security.certificate is not None:
        _load_own(found, security.certificate, security.key)
    return found


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


def untrusted(error: ssl.SSLCertVerificationError, host: str) -> str:
    """Why its certificate is not accepted, as a clause."""
    if error.verify_code == EXPIRED:
        return "its certificate has expired"
    if error.verify_code == NOT_YET:
        return "its certificate is not valid yet"
    if error.verify_code in {OTHER_NAME, OTHER_ADDRESS}:
        return f"its certificate is not for the name {host}"
    return (
        f"its certificate is signed by nobody who is trusted ({error.verify_message}); "
        "security ca must name the file of its authority"
    )


def speaks_tls(host: str, port: int, deadline: Deadline) -> bool:
    """Whether a TLS handshake is answered there; nothing is sent that would need trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), max(0.01, deadline.remaining())) as link,
            context.wrap_socket(link),
        ):
            return True
    except OSError:
        return False
