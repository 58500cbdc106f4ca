"""Whether a server can be used: who logs in is answered, and by the very one that is meant."""

from __future__ import annotations

from pathlib import Path

import psycopg

from evtbdd.loopback import HOST
from evtbdd.provisioning.local_postgresql.configuration import PASSWORD, USER

_WITHIN = 2


def answers(port: int, data: Path) -> bool:
    """Whether the server whose files are in `data` lets a client in at a port."""
    try:
        with psycopg.connect(
            host=HOST,
            port=port,
            user=USER,
            password=PASSWORD,
            dbname="postgres",
            connect_timeout=_WITHIN,
        ) as link:
            found = link.execute("SHOW data_directory").fetchone()
    except psycopg.Error:
        return False
    return found is not None and found[0] == str(data)
