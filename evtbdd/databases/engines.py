"""How a database is reached: by which driver, how long that may take, and that looking does not write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import NoSuchModuleError

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

READ_ONLY: Mapping[str, str] = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
"""What makes a server see to it that nothing is written; of others every look is rolled back."""

TIMEOUTS: Mapping[str, str] = {
    "psycopg": "connect_timeout",
    "psycopg2": "connect_timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
}
"""The argument of a driver that says how many seconds it may wait."""


def engine_of(name: str, url: URL, patience: float, *, reads: bool, is_own: bool) -> Engine:
    """What looks at the database of that name (`reads`), over one connection, or what writes to it.

    SettingsError where its driver is missing.
    """
    options: dict[str, Any] = {"pool_size": 1} if reads else {"poolclass": sa.NullPool}
    if url.get_backend_name() == "sqlite":
        # A look must not make the file, nor may anything make one that is not evtbdd's own.
        mode = "ro" if reads else ("rwc" if is_own else "rw")
        options["creator"] = _opener(str(url.database), mode, patience)
        options["poolclass"] = sa.NullPool
        options.pop("pool_size", None)
    try:
        engine = sa.create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        wrong = f"its driver {quoted(missing)} is not installed" if missing else "nobody knows it"
        brings = ': pip install "evtbdd[postgresql]" brings it' if missing == "psycopg" else ""
        raise SettingsError(
            f"[evtbdd:database:{name}] url begins with {url.drivername}://, and {wrong}{brings}."
        ) from error
    driver = engine.dialect.driver
    waits = [TIMEOUTS[driver]] if driver in TIMEOUTS else []
    waits += ["read_timeout"] if reads and driver == "pymysql" else []
    if waits:
        sa.event.listen(engine, "do_connect", _waiting(waits, patience))
    if reads and engine.dialect.name in READ_ONLY:
        sa.event.listen(engine, "connect", _saying(READ_ONLY[engine.dialect.name]))
    return engine


def _opener(path: str, mode: str, patience: float) -> Callable[[], sqlite3.Connection]:
    address = f"file:{quote(path)}?mode={mode}"
    return lambda: sqlite3.connect(address, uri=True, timeout=patience, check_same_thread=False)


def _waiting(arguments: Sequence[str], patience: float) -> Callable[..., None]:
    def wait(_dialect: object, _record: object, _words: object, given: dict[str, object]) -> None:
        for argument in arguments:
            given.setdefault(argument, max(2, round(patience)))  # whole seconds, as these have it

    return wait


def _saying(statement: str) -> Callable[[Any, object], None]:
    def say(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    return say
