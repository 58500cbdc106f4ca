"""Certificates of a broker of our own: made when it is started, for nobody but this run."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from evtbdd.errors import SettingsError
from evtbdd.loopback import HOST
from evtbdd.words import quoted

NAMES = (HOST, "localhost")


def server_context(folder: Path, ca: str, trusted: Path | None) -> ssl.SSLContext:
    """The server's side of TLS, by a certificate for 127.0.0.1 and localhost.

    The authority that has signed it is made with it; its certificate is written into the folder, as
    `ca`. No key is left in any file. Where `trusted` names a file of certificates (PEM), clients must
    show one of these, or one that one of these has signed; SettingsError where it holds none.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    own = authority.issue_cert(*NAMES)
    with own.private_key_and_cert_chain_pem.tempfile(dir=str(folder)) as file:
        context.load_cert_chain(file)
    if trusted is not None:
        _ask_for_certificates(context, trusted)
    return context


def _ask_for_certificates(context: ssl.SSLContext, trusted: Path) -> None:
    try:
        context.load_verify_locations(trusted)
    except ssl.SSLError as error:
        raise SettingsError(
            f"security certificate: {quoted(str(trusted))} does not hold a certificate in PEM."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"security certificate: {quoted(str(trusted))} cannot be read ({error.strerror})."
        ) from error
    # Else only certificates that have signed themselves could be trusted.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_mode = ssl.CERT_REQUIRED
