"""How connections to a broker are secured: what the settings say, whatever the broker is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evtbdd.errors import SettingsError
from evtbdd.settings import kinds
from evtbdd.settings.load import Settings
from evtbdd.settings.schema import Key
from evtbdd.words import quoted

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

KEYS = (
    Key(
        "security username",
        kinds.text,
        None,
        "the user as whom evtbdd connects (SASL); kafka+embedded:// lets nobody else in",
    ),
    Key(
        "security password",
        kinds.text,
        None,
        "the user's password; better in EVTBDD_BROKER_NAME_SECURITY_PASSWORD than in a file",
        secret=True,
    ),
    Key(
        "security password file", kinds.secret_file, None, "a file that holds it, and nothing else"
    ),
    Key(
        "security mechanism",
        kinds.choice(*MECHANISMS),
        "PLAIN",
        f"one of {', '.join(MECHANISMS)}; kafka+embedded:// knows PLAIN",
    ),
    Key(
        "security tls",
        kinds.yes_no,
        "no",
        "encrypt, and trust the authorities of this machine; of kafka+embedded:// its own",
        otherwise="yes with ca or certificate, else no",
    ),
    Key("security ca", kinds.text, None, "a PEM file with the only authorities to trust"),
    Key(
        "security certificate", kinds.text, None, "a PEM file with the certificate of evtbdd itself"
    ),
    Key("security key", kinds.text, None, "a PEM file with its key, if that is not beside it"),
    Key("allow aws", kinds.yes_no, "no", "SQS: let evtbdd create and delete queues at AWS itself"),
)


@dataclass(frozen=True, slots=True)
class Security:
    """A user, or TLS, or both; the paths are absolute. The password is not shown by `repr`.

    `allow_aws` lets evtbdd speak to AWS itself, which costs money and is nobody's playground.

    Without `ca` the authorities of the machine are trusted. `certificate` and `key` are for a broker
    that asks who is calling; the certificate's file may hold the key too.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    mechanism: str = "PLAIN"
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    allow_aws: bool = False


def of_settings(settings: Settings, broker: str) -> Security | None:
    """What the section of a broker says; None where it says nothing.

    SettingsError where its keys contradict each other, or the file of the password cannot be read.
    """
    given = {
        key.name.removeprefix("security "): settings.section("broker", broker)[key.name]
        for key in KEYS
        if settings.given("broker", broker, key.name) is not None
    }
    if not given:
        return None
    title = f"[evtbdd:broker:{broker}]"
    _check(title, given)
    paths = {
        name: settings.folder / given[name]
        for name in ("ca", "certificate", "key")
        if name in given
    }
    username = given.get("username")
    return Security(
        username=username,
        password=_password(title, settings.folder, given) if username is not None else None,
        mechanism=given.get("mechanism", MECHANISMS[0]),
        tls=given.get("tls", bool(paths)),
        allow_aws=given.get("allow aws", False),
        **paths,
    )


def _check(title: str, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, str) and "${" in value:
            raise SettingsError(
                f"{title} security {name}: a placeholder is not filled in there; what differs from "
                "place to place can be given by an environment variable (evtbdd settings)."
            )
    wrong = [
        (f"security {name}", "security username")
        for name in ("password", "password file", "mechanism")
        if name in given and "username" not in given
    ]
    if "key" in given and "certificate" not in given:
        wrong.append(("security key", "security certificate"))
    for has, lacks in wrong:
        raise SettingsError(f"{title} has {has}, but no {lacks}, without which it means nothing.")
    if given.get("tls") is False and {"ca", "certificate"} & given.keys():
        raise SettingsError(
            f"{title} has security tls = no, and a certificate that only TLS has a use for; "
            "remove one of them."
        )


def _password(title: str, folder: Path, given: Mapping[str, Any]) -> str:
    if ("password" in given) == ("password file" in given):
        raise SettingsError(
            f"{title} has security username, so it needs one of security password and security "
            f"password file; it has {'both' if 'password' in given else 'neither'}."
        )
    if "password" in given:
        return str(given["password"])
    path = folder / str(given["password file"])
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SettingsError(
            f"{title} security password file: {quoted(str(path))} cannot be read ({why})."
        ) from error
