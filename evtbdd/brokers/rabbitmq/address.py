"""Addresses of RabbitMQ: `user:secret@host:port/vhost`, as behind `amqp://` (the RabbitMQ URI spec)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

PORT, TLS_PORT = 5672, 5671
MANAGEMENT, TLS_MANAGEMENT = 15672, 15671
DEFAULT_VHOST = "/"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a RabbitMQ is, and its virtual host; `management` is the root of its HTTP API."""

    host: str
    port: int
    vhost: str = DEFAULT_VHOST
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    management: str = ""

    @classmethod
    def parse(cls, text: str, *, tls: bool) -> Address:
        """Read what stands behind `amqp://`; SettingsError where that cannot be meant.

        `?management=` is a port or a URL; left out, it is port 15672 of the same host (15671, by
        https, with TLS).
        """
        try:
            parts = urlsplit(f"//{text}")
            host, port = parts.hostname, parts.port or (TLS_PORT if tls else PORT)
            given = dict(_query(parts.query))
        except ValueError:
            host, port, given = None, 0, {}
        if not host or parts.fragment or "/" in parts.path[1:]:
            raise SettingsError(
                f"{quoted(_without_password(text))} is no address of RabbitMQ; it is written "
                "amqp://user:password@host:port/vhost, and a slash in a vhost as %2F."
            )
        unknown = sorted(given.keys() - {"management"})
        if unknown:
            raise SettingsError(
                f"{quoted(_without_password(text))}: an address of RabbitMQ knows no "
                f"{quoted(unknown[0])}; only management=PORT may stand behind the question mark."
            )
        return cls(
            host,
            port,
            unquote(parts.path[1:]) or DEFAULT_VHOST,
            None if parts.username is None else unquote(parts.username),
            None if parts.password is None else unquote(parts.password),
            _management(given.get("management"), host, tls=tls),
        )

    @property
    def shown(self) -> str:
        """`host:port/vhost`, without the default vhost; holds no secret."""
        vhost = "" if self.vhost == DEFAULT_VHOST else f"/{self.vhost}"
        return f"{_bracketed(self.host)}:{self.port}{vhost}"

    def url(self, scheme: str, username: str, password: str) -> str:
        """As clients of RabbitMQ write it."""
        user = f"{quote(username, safe='')}:{quote(password, safe='')}"
        vhost = quote(self.vhost, safe="")
        return f"{scheme}://{user}@{_bracketed(self.host)}:{self.port}/{vhost}"

    def in_vhost(self, vhost: str) -> Address:
        """The same broker, another virtual host."""
        return replace(self, vhost=vhost)


def _query(text: str) -> list[tuple[str, str]]:
    """ValueError where it is none; Python 3.10 takes an empty one for that."""
    return parse_qsl(text, keep_blank_values=True, strict_parsing=True) if text else []


def _management(given: str | None, host: str, *, tls: bool) -> str:
    scheme = "https" if tls else "http"
    if given is None:
        return f"{scheme}://{_bracketed(host)}:{TLS_MANAGEMENT if tls else MANAGEMENT}"
    if given.isdecimal() and 0 < int(given) < 65536:
        return f"{scheme}://{_bracketed(host)}:{given}"
    if given.startswith(("http://", "https://")):
        return given.rstrip("/")
    raise SettingsError(
        f"management={given}: that is neither a port nor a URL; it is written management=15672 or "
        "management=https://host:15671."
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _without_password(text: str) -> str:
    """What may be shown of an address that cannot be read."""
    user, at, rest = text.rpartition("@")
    return f"{user.partition(':')[0]}@{rest}" if at else text
