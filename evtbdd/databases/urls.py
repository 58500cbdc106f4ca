"""The URLs of databases: SQLAlchemy's, and what services are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

DRIVERS: Mapping[str, str] = {"postgresql": "postgresql+psycopg"}
"""What is taken where a URL names no driver, and SQLAlchemy would take one that we do not bring."""

PORTS: Mapping[str, int] = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}
MEMORY = (None, "", ":memory:")


def parsed(name: str, text: str, project: Path) -> URL:
    """The URL of the database of that name; a file of SQLite becomes an absolute path.

    SettingsError where it is none, and for a database in the memory of one process.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            f"[evtbdd:database:{name}] url: this is no URL of a database; it is written like "
            "postgresql://host:port/name, sqlite:///${scenario.folder}/orders.db or "
            "postgresql+local://."
        ) from error
    if url.get_backend_name() != "sqlite":
        return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.database in MEMORY:
        raise SettingsError(
            f"[evtbdd:database:{name}] url: {quoted(text)} is in the memory of one process, so no "
            "service could share it; name a file: sqlite:///${scenario.folder}/orders.db"
        )
    return url.set(database=str(project / str(url.database)))


def facts(url: URL) -> Mapping[str, str]:
    """What services are told: by "" the URL as drivers take it, and its parts, as far as it has them."""
    plain = url.set(drivername=url.get_backend_name())
    port = url.port or PORTS.get(url.get_backend_name())
    found = {
        "": plain.render_as_string(hide_password=False),
        "host": url.host,
        "port": None if port is None else str(port),
        "name": url.database,
        "user": url.username,
        "password": url.password,
    }
    return {name: value for name, value in found.items() if value is not None}


def where(url: URL) -> str:
    """`postgresql 127.0.0.1:5432, database shop`, `sqlite /tmp/orders.db`: for people."""
    kind = url.get_backend_name()
    if url.host is None:
        return f"{kind} {url.database}"
    port = url.port or PORTS.get(kind)
    at = url.host if port is None else f"{url.host}:{port}"
    return f"{kind} {at}, database {url.database}"
