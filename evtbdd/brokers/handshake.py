"""The TLS handshake, and what it means where there is none."""

from __future__ import annotations

import socket
import ssl

from evtbdd.brokers.certificates import untrusted

ASKED = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_ACCESS_DENIED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "TLSV1_ALERT_UNKNOWN_CA",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
}
"""The alerts with which a broker refuses the certificate of a client, or that it has none."""


class Unreached(Exception):
    """Why a broker cannot be used, as a clause."""


class NoTls(Unreached):
    """What is there did not go into the handshake."""


def shaken(link: socket.socket, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """The connection, encrypted; the socket has its timeout. Raises Unreached or OSError."""
    try:
        return context.wrap_socket(link, server_hostname=host.rstrip("."))
    except ssl.SSLCertVerificationError as error:
        raise Unreached(untrusted(error, host)) from error
    except TimeoutError:
        raise
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
        raise NoTls("it ended the TLS handshake: there may be no TLS there") from error
    except ssl.SSLError as error:
        if error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
            raise NoTls("what answers there speaks no TLS") from error
        raise


def refused(error: ssl.SSLError, *, shows_certificate: bool) -> str:
    """What an alert of the broker means, as a clause."""
    if error.reason not in ASKED:
        return f"the TLS connection failed ({error.reason or error})"
    if shows_certificate:
        return "it refuses the certificate that security certificate names"
    return "it asks for a certificate of its clients: security certificate and security key"
