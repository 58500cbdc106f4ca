"""What `evtbdd doctor` tells of databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evtbdd.brokers.registry import Adapter, load
from evtbdd.databases.declaration import Declaration
from evtbdd.databases.facility import reached
from evtbdd.errors import EvtbddError
from evtbdd.settings.load import Settings
from evtbdd.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evtbdd.provisioning.local_postgresql.find import Installed

_FIND = Adapter(
    "evtbdd.provisioning.local_postgresql.find:find_postgresql",
    driver="psycopg",
    extra="postgresql",
)


def databases(settings: Settings, project: Path, wrong: list[str]) -> Iterator[str]:
    """A line for each; what is wrong is put into `wrong`, in sentences."""
    patience = settings.main["connect timeout"] * settings.main["timeout scale"]
    for name in settings.names("database"):
        try:
            declared = Declaration.of_settings(settings, name, project)
            yield f"database {quoted(name)}: {_found(declared, project, patience)}"
        except EvtbddError as error:
            yield f"database {quoted(name)}: cannot be had"
            wrong.append(str(error))
            continue
        for key, files in (("prepare", declared.prepare), ("reset", declared.reset)):
            wrong += [
                f"[evtbdd:database:{name}] {key}: there is no file {file}."
                for file in files
                if not file.is_file()
            ]


def _found(declared: Declaration, project: Path, patience: float) -> str:
    """What it is, and what may be done there."""
    may = "may be written to" if declared.writable else "is only read"
    if declared.is_local:
        find = cast("Callable[[Mapping[str, str]], Installed]", load(_FIND))
        return f"a private PostgreSQL ({find(os.environ).server}); {may}"
    if "${" in declared.url:
        return f"not looked at, for its url holds placeholders; {may}"
    with closing(reached(declared, declared.url, project, patience)) as database:
        return f"{database.where}; {may}"
