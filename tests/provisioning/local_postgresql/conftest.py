"""A keeper for each test, folders to look into, and a PostgreSQL that is installed here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evtbdd.errors import DatabaseUnavailable
from evtbdd.keeper import Keeper
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
from evtbdd.provisioning.local_postgresql.find import find_postgresql

Make = Callable[..., LocalPostgreSQL]


@pytest.fixture
def installed() -> None:
    """What these tests need is installed here."""
    try:
        find_postgresql(os.environ)
    except DatabaseUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where everything temporary of this test is, so that it can be seen to be gone.

    Not below pytest's own folder, which only its owner may enter: the superuser's PostgreSQL runs
    as somebody else.
    """
    folder = Path(tempfile.mkdtemp(prefix="evtbdd-test-"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def postgresql(installed: None, temporary: Path, keeper: Keeper) -> Iterator[Make]:
    """Make one that is not started yet; stopped at the end."""
    made: list[LocalPostgreSQL] = []

    def make(**settings: object) -> LocalPostgreSQL:
        made.append(LocalPostgreSQL(lambda: keeper, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.stop()
