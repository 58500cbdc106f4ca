"""Errors of drivers, as evtbdd's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from evtbdd.errors import DatabaseError, DatabaseUnavailable
from evtbdd.words import quoted

LATER = ("refused", "starting up", "timeout", "timed out")
"""What is said of a server that may be there a little later."""

DETAIL = "DETAIL:"
"""How the line begins in which PostgreSQL names the row."""


class ConnectionLost(DatabaseUnavailable):
    """A connection that was there is not any more; another one may be had."""


def sentence(error: BaseException) -> str:
    """What a driver says, on one line without a full stop; details, which name the row, are kept."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    # Drivers of MySQL raise a number and a text.
    text = next((a for a in reversed(said.args) if isinstance(a, str)), str(said))
    first, *rest = [line.strip() for line in text.splitlines()] or [""]
    detail = next((each for each in rest if each.startswith(DETAIL)), "")
    told = first.rstrip(".") or type(said).__name__
    return f"{told} ({detail.removeprefix(DETAIL).strip().rstrip('.')})" if detail else told


def may_come(error: BaseException) -> bool:
    """Whether what was not reached may be a little later."""
    said = sentence(error).lower()
    return any(each in said for each in LATER)


@contextmanager
def connected(name: str, where: str, engine: Engine) -> Iterator[Connection]:
    """A connection to the database of that name; DatabaseUnavailable where there is none to be had."""
    with ExitStack() as given_back:
        try:
            connection = given_back.enter_context(engine.connect())
        except DBAPIError as error:
            raise DatabaseUnavailable(
                f"The database {quoted(name)} cannot be reached any more ({where}): "
                f"{sentence(error)}."
            ) from error
        yield connection


@contextmanager
def refusing(name: str, what: str) -> Iterator[None]:
    """Raise DatabaseError for what the database of that name does not do, `what` being the object.

    DatabaseUnavailable where the connection was lost.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise ConnectionLost(
                f"The connection to the database {quoted(name)} was lost: {sentence(error)}."
            ) from error
        raise DatabaseError(
            f"The database {quoted(name)} refuses {what}: {sentence(error)}."
        ) from error
    except (SQLAlchemyError, NoSuchModuleError) as error:
        raise DatabaseError(
            f"The database {quoted(name)} cannot be asked for {what}: {sentence(error)}."
        ) from error
