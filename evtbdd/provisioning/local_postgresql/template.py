"""The files of a cluster, made once by initdb and copied ever after."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from evtbdd.errors import BrokerUnavailable, DatabaseUnavailable
from evtbdd.provisioning.keeping import Commands, Keeper
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_postgresql.configuration import PASSWORD, USER
from evtbdd.provisioning.local_postgresql.find import Installed
from evtbdd.provisioning.local_postgresql.reasons import reasons
from evtbdd.provisioning.local_postgresql.unprivileged import RunsAs

PATIENCE = 60.0
ARGUMENTS = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
    # Less to copy: a cluster of the default size begins with 16 MB of log.
    "--wal-segsize=1",
)


def fill(
    data: Path,
    installed: Installed,
    runs_as: RunsAs,
    keeper: Keeper,
    environment: Mapping[str, str],
) -> None:
    """Make the folder `data`, with the files of an empty cluster; its parent is that user's.

    They come from the user's cache; where it has none, initdb makes them, which takes a second.
    DatabaseUnavailable where it does not.
    """
    name = f"postgresql-{_fingerprint(installed)}"
    cache = _cache(environment)
    if cache is not None and (cache.folder / name / "PG_VERSION").is_file():
        shutil.copytree(cache.folder / name, data)
        runs_as.own(data)
        return
    _make(data, installed, runs_as, keeper, environment)
    if cache is not None:
        _keep(data, cache, name, keeper)


def _cache(environment: Mapping[str, str]) -> Cache | None:
    try:
        return Cache.of(environment)
    except BrokerUnavailable:  # a user without a home has none
        return None


def _keep(data: Path, cache: Cache, name: str, keeper: Keeper) -> None:
    """Keep a copy for the next run; where the cache cannot be written to, there is none."""
    try:
        scratch = cache.scratch(keeper)
    except OSError:
        return
    try:
        cache.keep(shutil.copytree(data, scratch / name), name)
    except OSError:
        return
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _make(
    data: Path,
    installed: Installed,
    runs_as: RunsAs,
    keeper: Keeper,
    environment: Mapping[str, str],
) -> None:
    secret = data.parent / "password"
    secret.write_text(f"{PASSWORD}\n", encoding="ascii")
    runs_as.own(data.parent)
    command = runs_as.command(installed.maker, *ARGUMENTS, f"--pwfile={secret}", f"--pgdata={data}")
    done = Commands("PostgreSQL", keeper, data.parent, environment).run("initdb", command, PATIENCE)
    if done.end.code != 0:
        raise DatabaseUnavailable(
            f"PostgreSQL's files cannot be made: initdb {done.end} and said: {reasons(done.said)}."
        )


def _fingerprint(installed: Installed) -> str:
    """What another version, or other arguments, have another of."""
    found = os.stat(installed.server)  # noqa: PTH116 - a Path's own follows links no further
    said = (str(installed.server), found.st_size, found.st_mtime_ns, *ARGUMENTS)
    return sha256(repr(said).encode()).hexdigest()[:16]
