"""When a service is ready: what its settings call so, and how that is seen."""

from __future__ import annotations

import re
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

FORMS = re.compile(
    r"(?P<bare>subscribed|started)"
    r"|(?P<port>port) (?P<where>\S+)"
    r"|(?P<get>get) (?P<url>\S+)(?: (?P<status>\d{3}))?"
    r'|(?P<log>log) "(?P<text>.+)"'
    r"|(?P<exit>exit) (?P<code>\d+)"
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """`kind` is subscribed, started, port, get, log or exit; `target` what that is looked for at."""

    kind: str
    target: str = ""
    status: int = 200

    @classmethod
    def parse(cls, text: str, where: str) -> Readiness:
        """Read `subscribed`, `port ${port}`, `get URL [STATUS]`, `log "TEXT"`, `exit 0`, `started`."""
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
        if self.kind == "log":
            return f"log {quoted(self.target)}"
        status = f" {self.status}" if self.kind == "get" else ""
        return f"{self.kind} {self.target}{status}".strip()


def port_answers(target: str, patience: float) -> str | None:
    """Why nothing accepts at `port` or `host:port`, as a clause; None where something does."""
    host, _, port = target.rpartition(":")
    if not port.isdigit():
        return f"{quoted(target)} is no port"
    try:
        with socket.create_connection((host or "127.0.0.1", int(port)), patience):
            return None
    except OSError as error:
        return f"port {target}: {error.strerror or error}"


def url_answers(url: str, status: int, patience: float) -> str | None:
    """Why a GET is not answered with that status, as a clause; None where it is."""
    if not url.startswith(("http://", "https://")):
        return f"{quoted(url)} is no http URL"
    try:
        with urllib.request.urlopen(url, timeout=patience) as answer:
            got = answer.status
    except urllib.error.HTTPError as error:
        got = error.code
    except OSError as error:
        return f"{url}: {getattr(error, 'reason', error)}"
    return None if got == status else f"{url} answers {got}, not {status}"
