"""How services let evtbdd in: what the settings say of each, in the words of brokers."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from evtbdd.brokers.certificates import context
from evtbdd.brokers.security import Security
from evtbdd.errors import SettingsError
from evtbdd.http.drafts import Pairs
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.mask import Secrets
from evtbdd.settings.schema import Key, Section
from evtbdd.words import quoted

SECTION = Section(
    "service",
    named=True,
    keys=(
        Key(
            "authorization",
            kinds.text,
            None,
            "the header of that name in requests of evtbdd: Bearer …; better in "
            "EVTBDD_SERVICE_NAME_AUTHORIZATION than in a file",
            secret=True,
        ),
        Key("security username", kinds.text, None, "the user as whom evtbdd sends requests"),
        Key(
            "security password",
            kinds.text,
            None,
            "the user's password; better in EVTBDD_SERVICE_NAME_SECURITY_PASSWORD than in a file",
            secret=True,
        ),
        Key(
            "security password file",
            kinds.secret_file,
            None,
            "a file that holds it, and nothing else",
        ),
        Key("security ca", kinds.text, None, "a PEM file with the only authorities to trust"),
        Key(
            "security certificate",
            kinds.text,
            None,
            "a PEM file with the certificate of evtbdd itself",
        ),
        Key("security key", kinds.text, None, "a PEM file with its key, if that is not beside it"),
    ),
)


NOTHING_SAID = Security(tls=True)


@dataclass(frozen=True, slots=True)
class Access:
    """The header that lets evtbdd in, if there is one, and what TLS is made with."""

    headers: Pairs = field(default=(), repr=False)
    security: Security = NOTHING_SAID

    def context(self) -> ssl.SSLContext:
        """For connections by TLS. SettingsError where a file of certificates is none."""
        return context(self.security)


def access(settings: Settings, secrets: Secrets, service: str) -> Access:
    """What `[evtbdd:service:NAME]` says; what must not be shown is a secret from now on."""
    title = f"[evtbdd:service:{service}]"
    given = settings.section("service", service)
    for name in ("authorization", "security username", "security password"):
        if "${" in (given[name] or ""):
            raise SettingsError(
                f"{title} {name}: a placeholder is not filled in there; what differs from place to "
                "place can be given by an environment variable (evtbdd settings)."
            )
    header = _header(title, settings, given)
    if header is not None:
        secrets.add(header)
        secrets.add(header.rpartition(" ")[2])
    paths = {
        name: settings.folder / given[f"security {name}"]
        for name in ("ca", "certificate", "key")
        if given[f"security {name}"] is not None
    }
    if "key" in paths and "certificate" not in paths:
        raise SettingsError(
            f"{title} has security key, but no security certificate, without which it means nothing."
        )
    headers = () if header is None else (("authorization", header),)
    return Access(headers, Security(tls=True, **paths))


def _header(title: str, settings: Settings, given: Mapping[str, str | None]) -> str | None:
    """The header `authorization`: as it is given, or of a user and a password (RFC 7617)."""
    said, username = given["authorization"], given["security username"]
    passwords = [n for n in ("security password", "security password file") if given[n] is not None]
    if said is not None:
        if username is not None or passwords:
            raise SettingsError(
                f"{title} has authorization, and security {'username' if username else 'password'}: "
                "evtbdd can show only one of them."
            )
        if not (said.isascii() and said.isprintable()):
            raise SettingsError(f"{title} authorization: it is not printable ASCII on one line.")
        return said
    if username is None:
        if passwords:
            raise SettingsError(
                f"{title} has {passwords[0]}, but no security username, without which it means "
                "nothing."
            )
        return None
    if len(passwords) != 1:
        raise SettingsError(
            f"{title} has security username, so it needs one of security password and security "
            f"password file; it has {'both' if passwords else 'neither'}."
        )
    password = given["security password"]
    if password is None:
        password = _read(title, settings, str(given["security password file"]))
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


def _read(title: str, settings: Settings, name: str) -> str:
    path = settings.folder / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SettingsError(
            f"{title} security password file: {quoted(str(path))} cannot be read ({why})."
        ) from error
