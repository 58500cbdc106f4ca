"""Each answer of a database has its time.

One that never comes, of a server that was paused or that waits for somebody else's lock, would keep
a step for ever.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy.engine import Connection

from evtbdd.errors import DatabaseError, DatabaseUnavailable
from evtbdd.words import duration, quoted


@contextmanager
def answering(connection: Connection, name: str, where: str, seconds: float) -> Iterator[None]:
    """Give all that is asked within it so many seconds; DatabaseUnavailable when they are over.

    What a driver waits for is cut off: its question in SQLite, its connection elsewhere. Of a driver
    that has no such connection nothing can be cut off, and its own timeouts hold.
    """
    driver: Any = connection.connection.driver_connection
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(Exception):  # it has just ended by itself
            _cut(driver)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except DatabaseError as error:
        if not over.is_set():
            raise
        raise DatabaseUnavailable(
            f"The database {quoted(name)} did not answer within {duration(seconds)} ({where}). It may "
            "be paused, or wait for a lock that somebody else holds."
        ) from error
    finally:
        timer.cancel()


def _cut(driver: Any) -> None:
    if hasattr(driver, "interrupt"):
        driver.interrupt()
    elif hasattr(driver, "fileno"):
        # A descriptor of our own, for the driver may close its own meanwhile.
        with socket.socket(fileno=os.dup(driver.fileno())) as link:
            link.shutdown(socket.SHUT_RDWR)
