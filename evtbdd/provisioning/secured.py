"""A broker of the run's own that demands of its clients what the settings say, and the key to it.

The settings describe a client; what the broker demands follows from them.
"""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from evtbdd.brokers.registry import Adapter, load
from evtbdd.brokers.security import Security
from evtbdd.embedded.demands import MECHANISM, Demands
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.provisioning.keeping import Keeper
from evtbdd.words import quoted

_CERTIFICATES = Adapter(
    "evtbdd.embedded.certificates:server_context", driver="trustme", extra="embedded"
)
_CA = "ca.pem"


@dataclass(frozen=True, slots=True)
class Secured:
    """What the broker demands, with what clients are let in, and what is called when it is gone."""

    demands: Demands
    security: Security
    give_back: Callable[[], None]


def secured(text: str, security: Security, keeper: Callable[[], Keeper]) -> Secured:
    """What follows from the keys `security …` for the broker of a URL that is the run's own.

    With TLS a folder of this run holds the file of the authority, until that is given back.
    SettingsError for keys that such a broker cannot do anything with.
    """
    _check(text, security)
    users = {} if security.username is None else {security.username: security.password or ""}
    if not security.tls:
        return Secured(Demands(users=users), security, lambda: None)
    with ExitStack() as undone:
        folder = _folder(keeper)
        undone.callback(shutil.rmtree, folder, ignore_errors=True)
        make = cast(Callable[[Path, str, Path | None], ssl.SSLContext], load(_CERTIFICATES))
        context = make(folder, _CA, security.certificate)
        give_back = undone.pop_all().close
    return Secured(Demands(context, users), replace(security, ca=folder / _CA), give_back)


def _check(text: str, security: Security) -> None:
    if security.username is not None and security.mechanism != MECHANISM:
        raise SettingsError(
            f"{quoted(text)} takes passwords by {MECHANISM} alone, and security mechanism is "
            f"{security.mechanism}; remove that, or name a broker that runs."
        )
    if security.ca is not None:
        raise SettingsError(
            f"{quoted(text)} makes an authority of its own, which security ca cannot name: write "
            "security tls = yes instead. Services find its file by ${broker.NAME.ca}."
        )


def _folder(keeper: Callable[[], Keeper]) -> Path:
    """One that is removed with the run, however that ends."""
    try:
        return keeper().new_folder("evtbdd-tls-")
    except OSError as error:
        raise BrokerUnavailable(f"There is no room for certificates: {error}.") from error
