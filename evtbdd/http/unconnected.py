"""Why there is no connection to a service, whatever was to be spoken over it."""

from __future__ import annotations

import socket
import ssl

from evtbdd.brokers.certificates import untrusted
from evtbdd.http.addresses import Unresolved

REFUSED = "nothing listens there (connection refused)"
SILENT = "it does not accept a connection"
NO_TLS = "what answers there speaks no TLS"
NO_TLS_REASONS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}


def causes(error: BaseException | None) -> list[BaseException]:
    """The error and all that led to it, the last one first."""
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def why_unconnected(error: Exception, host: str) -> str:
    """Why there is no connection, as a clause."""
    for each in reversed(causes(error)):
        if isinstance(each, Unresolved):
            return f"the name {host} was not resolved in time"
        if isinstance(each, TimeoutError):
            return SILENT
        if isinstance(each, ConnectionRefusedError):
            return REFUSED
        if isinstance(each, ssl.SSLCertVerificationError):
            return untrusted(each, host)
        if isinstance(each, ssl.SSLError):
            no_tls = each.reason in NO_TLS_REASONS or isinstance(each, ssl.SSLEOFError)
            return NO_TLS if no_tls else f"TLS failed ({each.reason})"
        if isinstance(each, socket.gaierror):
            return f"the name {host} is not known"
        if isinstance(each, OSError) and each.strerror:
            return each.strerror[0].lower() + each.strerror[1:]
    return str(error)
