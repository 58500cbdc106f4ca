"""Which PostgreSQL is taken, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.errors import DatabaseUnavailable
from evtbdd.provisioning.local_postgresql.find import find_postgresql


def installed_in(folder: Path) -> Path:
    """A folder with the programs of a PostgreSQL."""
    (folder / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        (folder / "bin" / program).touch(mode=0o755)
    return folder


def test_the_newest_of_the_packages(tmp_path: Path) -> None:
    """By its number, not by its spelling."""
    for version in ("9.6", "15", "9"):
        installed_in(tmp_path / version)
    assert find_postgresql({}, tmp_path).server == tmp_path / "15" / "bin" / "postgres"


def test_one_that_a_variable_names_goes_before(tmp_path: Path) -> None:
    """Somebody has a reason to name it."""
    installed_in(tmp_path / "packaged" / "15")
    mine = installed_in(tmp_path / "mine")
    found = find_postgresql({"POSTGRESQL_HOME": str(mine)}, tmp_path / "packaged")
    assert found.maker == mine / "bin" / "initdb"


def test_one_on_the_path(tmp_path: Path) -> None:
    """As other systems install it; a link is followed to where the other programs are."""
    mine = installed_in(tmp_path / "mine")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "postgres").symlink_to(mine / "bin" / "postgres")
    assert find_postgresql({"PATH": str(linked)}, tmp_path).server.parent == mine / "bin"


def test_a_client_alone_is_none(tmp_path: Path) -> None:
    """What is there of a version without its server does not count."""
    installed_in(tmp_path / "14")
    (tmp_path / "15" / "bin").mkdir(parents=True)
    assert find_postgresql({}, tmp_path).server == tmp_path / "14" / "bin" / "postgres"


def test_there_is_none(tmp_path: Path) -> None:
    """The sentence says what would help."""
    with pytest.raises(DatabaseUnavailable) as raised:
        find_postgresql({}, tmp_path)
    assert str(raised.value) == (
        "There is no PostgreSQL on this machine. Install the package postgresql, or name the folder "
        "of its programs by POSTGRESQL_HOME; or name a PostgreSQL that runs: "
        "postgresql://host:port/name."
    )


def test_a_variable_that_leads_nowhere(tmp_path: Path) -> None:
    """Another one is not taken instead."""
    installed_in(tmp_path / "15")
    with pytest.raises(
        DatabaseUnavailable, match=r"^POSTGRESQL_HOME is /nowhere, but there is no "
    ):
        find_postgresql({"POSTGRESQL_HOME": "/nowhere"}, tmp_path)
