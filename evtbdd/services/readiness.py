"""When a service is ready: what its settings call so, and how that is seen."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit, urlunsplit

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

FORMS = re.compile(
    r"(?P<bare>subscribed|started)"
    r"|(?P<port>port) (?P<where>\S+)"
    r"|(?P<get>get) (?P<url>\S+)(?: (?P<status>\d{3}))?"
    r'|(?P<log>log) "(?P<text>.+)"'
    r"|(?P<exit>exit) (?P<code>\d+)"
)
ELSE = "subscribed, else "


@dataclass(frozen=True, slots=True)
class Readiness:
    """`kind` is subscribed, started, port, get, log or exit; `target` what that is looked for at.

    One that runs elsewhere has `answers` besides, where nothing is said: its url takes connections.
    A handler has `handed`: it is handed events.
    `otherwise` is what counts where a broker does not know who is subscribed.
    """

    kind: str
    target: str = ""
    status: int = 200
    otherwise: Readiness | None = None

    @classmethod
    def parse(cls, text: str, where: str) -> Readiness:
        """Read `subscribed`, `port ${port}`, `get URL [STATUS]`, `log "TEXT"`, `exit 0`, `started`.

        And `subscribed, else …`, with one of the others behind it.
        """
        otherwise = text.strip().removeprefix(ELSE)
        if otherwise != text.strip() and not otherwise.startswith("subscribed"):
            return cls("subscribed", otherwise=cls.parse(otherwise, where))
        found = FORMS.fullmatch(text.strip())
        if found is None:
            raise SettingsError(
                f"{where} ready: {quoted(text)} is no readiness; it is written subscribed, "
                'port ${port}, get URL [STATUS], log "TEXT", exit 0, or started.'
            )
        if found["bare"]:
            return cls(found["bare"])
        if found["port"]:
            return cls("port", found["where"])
        if found["get"]:
            return cls("get", found["url"], int(found["status"] or 200))
        if found["log"]:
            return cls("log", found["text"])
        return cls("exit", found["code"], int(found["code"]))

    def __str__(self) -> str:
        """As an author would write it."""
        if self.kind == "answers":
            return "its url takes connections"
        if self.kind == "handed":
            return "it is handed events"
        if self.kind == "log":
            return f"log {quoted(self.target)}"
        if self.otherwise is not None:
            return f"{ELSE}{self.otherwise}"
        status = f" {self.status}" if self.kind == "get" else ""
        return f"{self.kind} {self.target}{status}".strip()


def port_answers(target: str, patience: float) -> str | None:
    """Why nothing accepts at `port` or `host:port`, as a clause; None where something does.

    SettingsError where that is no port.
    """
    host, _, port = target.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(
            f"ready = port {target}: {quoted(target)} is no port; it is written port ${{port}}, "
            "port 8080 or port HOST:8080."
        )
    try:
        with socket.create_connection((host or "127.0.0.1", int(port)), patience):
            return None
    except OSError as error:
        return f"port {target}: {error.strerror or error}"


def url_answers(url: str, status: int, patience: float) -> str | None:
    """Why a GET is not answered with that status, as a clause; None where it is.

    It is asked directly and once: no proxy stands between, and no redirection is followed.
    SettingsError where that is no URL.
    """
    try:
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}[parts.scheme]
        connection = kind(parts.hostname or "", parts.port, timeout=patience)
    except (KeyError, ValueError, HTTPException) as error:
        raise SettingsError(
            f"ready = get {url}: {quoted(url)} is no URL; it is written like "
            "get http://127.0.0.1:${port}/health."
        ) from error
    try:
        connection.request("GET", urlunsplit(("", "", parts.path or "/", parts.query, "")))
        got = connection.getresponse().status
    except OSError as error:
        return f"{url}: {error.strerror or error}"
    except HTTPException as error:
        return f"{url} answers, but not in HTTP ({type(error).__name__})"
    finally:
        connection.close()
    return None if got == status else f"{url} answers {got}, not {status}"
