"""The databases of a private server: a template that is prepared once, and a copy for each scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from evtbdd.brokers.registry import Adapter, load
from evtbdd.databases.connection import Database
from evtbdd.databases.declaration import LOCAL
from evtbdd.databases.refusals import connected, refusing
from evtbdd.databases.urls import where
from evtbdd.errors import DatabaseError, SettingsError
from evtbdd.provisioning.keeping import Keeper
from evtbdd.words import quoted

_SERVER = Adapter(
    "evtbdd.provisioning.local_postgresql:LocalPostgreSQL", driver="psycopg", extra="postgresql"
)
LONGEST = 63
"""Signs of a name, of which PostgreSQL would cut off the rest (NAMEDATALEN)."""


class OwnServer:
    """A private PostgreSQL, started by the first who asks; `text` is `postgresql+local://…`."""

    def __init__(self, text: str, keeper: Callable[[], Keeper], patience: float) -> None:
        made = load(_SERVER)
        self._server = made(keeper, options=_options(text))  # type: ignore[operator]
        self._patience = patience
        self._templates: dict[str, str] = {}
        self._admin: sa.Engine | None = None

    def make(self, name: str, scope: str, prepare: Sequence[Path]) -> Database:
        """A new database for a scope, with all that the files of statements have prepared.

        Raises what keeps it from being made; the next time it is tried again.
        """
        admin = self._started()
        if name not in self._templates:
            self._templates[name] = self._template(admin, name, prepare)
        made = physical(name, scope)
        self._say(admin, name, _copying(made, self._templates[name], admin))
        return self._database(name, made)

    def drop(self, database: Database) -> None:
        """Remove a database, whoever is connected to it; nothing where it cannot be."""
        database.close()
        if self._admin is not None:
            with suppress(DatabaseError):
                statement = f"DROP DATABASE IF EXISTS {_exact(database.facts['name'])} WITH (FORCE)"
                self._say(self._admin, database.name, statement)

    def close(self) -> None:
        """Return when nothing of the server is left."""
        if self._admin is not None:
            self._admin.dispose()
            self._admin = None
        self._templates.clear()
        self._server.stop()

    def _started(self) -> sa.Engine:
        if self._admin is None:
            self._server.start()
            self._admin = sa.create_engine(
                self._url("postgres"), isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True
            )
        return self._admin

    def _template(self, admin: sa.Engine, name: str, prepare: Sequence[Path]) -> str:
        made = physical(name, "template")
        self._say(admin, name, f"DROP DATABASE IF EXISTS {_exact(made)}")
        self._say(admin, name, _copying(made, "template1", admin))
        database = self._database(name, made)
        try:
            for file in prepare:
                database.run(file)
        finally:
            # Nobody may be connected to what is copied.
            database.close()
        return made

    def _database(self, name: str, made: str) -> Database:
        return Database(name, self._url(made), is_own=True, patience=self._patience)

    def _url(self, database: str) -> URL:
        return make_url(f"postgresql+psycopg://{self._server.address}/").set(database=database)

    def _say(self, admin: sa.Engine, name: str, statement: str) -> None:
        at = where(admin.url)
        with connected(name, at, admin) as connection, refusing(name, "to be made anew"):
            connection.exec_driver_sql(statement)


def physical(name: str, scope: str) -> str:
    """`shop_s3`: the name of a database of the server, which is the run's alone."""
    whole = f"{name}_{scope}"
    if len(whole.encode()) <= LONGEST:
        return whole
    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{name.encode()[:30].decode(errors='ignore')}_{digest}_{scope}"


def _copying(made: str, template: str, admin: sa.Engine) -> str:
    """The statement that copies a database: by its files, where it has the choice (since 15)."""
    version = admin.dialect.server_version_info
    strategy = " STRATEGY FILE_COPY" if version and version >= (15,) else ""
    return f"CREATE DATABASE {_exact(made)} TEMPLATE {_exact(template)}{strategy}"


def _exact(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _options(text: str) -> dict[str, str]:
    """What stands behind the `?` of its URL: lines of postgresql.conf."""
    rest, _, given = text.removeprefix(LOCAL).partition("?")
    pairs = parse_qsl(given, keep_blank_values=True)
    if rest or (given and not pairs):
        raise SettingsError(
            f"{quoted(text)} cannot be meant: a private PostgreSQL is {LOCAL}, and takes its options "
            f"as {LOCAL}?wal_level=logical"
        )
    return dict(pairs)
