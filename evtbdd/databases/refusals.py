"""Errors of drivers, as evtbdd's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from evtbdd.errors import DatabaseError, DatabaseUnavailable
from evtbdd.words import quoted

LATER = ("refused", "starting up", "timeout", "timed out")
"""What is said of a server that may be there a little later."""


def sentence(error: BaseException) -> str:
    """What a driver says, on one line without a full stop; details, which name the row, are kept."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    # Drivers of MySQL raise a number and a text.
    text = next((a for a in reversed(said.args) if isinstance(a, str)), str(said))
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines[:1] + [x for x in lines[1:] if x.startswith("DETAIL:")] if line]
    return "; ".join(told).rstrip(".") or type(said).__name__


def may_come(error: BaseException) -> bool:
    """Whether what was not reached may be a little later."""
    said = sentence(error).lower()
    return any(each in said for each in LATER)


@contextmanager
def refusing(name: str, what: str) -> Iterator[None]:
    """Raise DatabaseError for what the database of that name does not do, `what` being the object.

    DatabaseUnavailable where the connection was lost.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable(
                f"The connection to the database {quoted(name)} was lost: {sentence(error)}."
            ) from error
        raise DatabaseError(
            f"The database {quoted(name)} refuses {what}: {sentence(error)}."
        ) from error
    except (SQLAlchemyError, NoSuchModuleError) as error:
        raise DatabaseError(
            f"The database {quoted(name)} cannot be asked for {what}: {sentence(error)}."
        ) from error
