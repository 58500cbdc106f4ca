"""The URLs of databases, and what services are told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.databases.urls import facts, parsed, where
from evtbdd.errors import SettingsError


def test_a_service_is_told_a_url_without_our_driver() -> None:
    """Its own driver may be another one."""
    url = parsed("shop", "postgresql://ann:p%40ss@db/shop", Path("/project"))
    assert url.drivername == "postgresql+psycopg"
    assert facts(url) == {
        "": "postgresql://ann:p%40ss@db/shop",
        "host": "db",
        "port": "5432",
        "name": "shop",
        "user": "ann",
        "password": "p@ss",
    }


def test_where_it_is_holds_no_password() -> None:
    """It stands in failures."""
    url = parsed("shop", "mysql+pymysql://ann:secret@db:3307/shop", Path("/project"))
    assert where(url) == "mysql db:3307, database shop"


def test_a_file_is_found_from_the_project() -> None:
    """And services are told where it really is."""
    url = parsed("shop", "sqlite:///data/shop.db", Path("/project"))
    assert facts(url) == {"": "sqlite:////project/data/shop.db", "name": "/project/data/shop.db"}
    assert where(url) == "sqlite /project/data/shop.db"


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_shared_with_nobody(text: str) -> None:
    """A service would write to another one."""
    with pytest.raises(SettingsError) as raised:
        parsed("shop", text, Path("/project"))
    assert str(raised.value) == (
        f'[evtbdd:database:shop] url: "{text}" is in the memory of one process, so no service could '
        "share it; name a file: sqlite:///${scenario.folder}/orders.db"
    )


@pytest.mark.parametrize("text", ["shop", "postgresql://db:port/shop"])
def test_what_is_no_url(text: str) -> None:
    """The sentence shows what one is like, and not what was written: it may hold a password."""
    with pytest.raises(SettingsError) as raised:
        parsed("shop", text, Path("/project"))
    assert str(raised.value) == (
        "[evtbdd:database:shop] url: this is no URL of a database; it is written like "
        "postgresql://host:port/name, sqlite:///${scenario.folder}/orders.db or "
        "postgresql+local://."
    )
