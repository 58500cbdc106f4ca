"""What keeps scenarios apart: databases of their own, or what is reset between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from databases.below import databases, number, put

from evtbdd.errors import (
    DatabaseError,
    SettingsError,
    UnknownName,
)
from evtbdd.plan import Plan
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
from evtbdd.world import World

Worlds = Callable[[str], World]
OWN = "[evtbdd:database:shop]\nurl = postgresql+local://\nprepare = schema.sql\n"
SCHEMA = "CREATE TABLE orders (id text);\nINSERT INTO orders VALUES ('prepared');\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """What the settings of these tests name."""
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "reset.sql").write_text("DELETE FROM orders;", encoding="utf-8")


def names(server: str) -> set[str]:
    with psycopg.connect(server) as link:
        found = link.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    return {name for (name,) in found} - {"postgres"}


def test_a_private_one_is_new_for_each_scenario(
    server: LocalPostgreSQL, worlds: Worlds, tmp_path: Path
) -> None:
    """Prepared once, and gone with the next scenario; the server is gone with the run."""
    world = worlds(OWN)
    url = ""
    for scope in ("s1", "s2", "s3"):
        scenario = world.begin(Plan(), tmp_path, scope)
        assert number(scenario) == 1
        put(scenario)
        assert number(scenario) == 2
        url = scenario.values.text("${database.shop}")
        assert url.endswith(f"/shop_{scope}")
        assert names(url) == {"shop_template", f"shop_{scope}"}
        world.end()
    world.close()
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        psycopg.connect(url)


def test_one_that_a_service_of_a_feature_knows_lives_for_it(
    server: LocalPostgreSQL, worlds: Worlds, tmp_path: Path
) -> None:
    """It goes on writing; `reset` cleans up between the scenarios."""
    service = "[evtbdd:service:billing]\ncommand = bill ${database.shop}\nscope = feature\n"
    world = worlds(f"{OWN}reset = reset.sql\n{service}")
    found = []
    for scope in ("s1", "s2", "s3"):
        scenario = world.begin(Plan(), tmp_path, scope)
        found.append((scenario.values.text("${database.shop.name}"), number(scenario)))
        put(scenario)
        world.end()
        if scope == "s2":
            world.end_feature()
    assert found == [("shop_f1", 1), ("shop_f1", 0), ("shop_f2", 1)]


def test_the_parts_of_a_url(server: LocalPostgreSQL, worlds: Worlds, tmp_path: Path) -> None:
    """For services that are told them one by one."""
    values = worlds(OWN).begin(Plan(), tmp_path, "s1").values
    parts = [values.text(f"${{database.shop.{fact}}}") for fact in ("user", "password", "host")]
    assert parts == ["evtbdd", "evtbdd", "127.0.0.1"]
    port = values.text("${database.shop.port}")
    assert values.text("${database.shop}") == f"postgresql://evtbdd:evtbdd@127.0.0.1:{port}/shop_s1"
    with pytest.raises(UnknownName) as raised:
        values.text("${database.shop.prot}")
    assert str(raised.value) == (
        '${database.shop.prot} is not known. Did you mean "database.shop.port", "database.shop.host" or "database.shop"?'
    )


def test_a_file_that_prepares_wrongly(
    server: LocalPostgreSQL, worlds: Worlds, tmp_path: Path
) -> None:
    """Told to every scenario, in the server's words; it is tried once."""
    (tmp_path / "schema.sql").write_text("CREATE TABLE a (b int); CREAT", encoding="utf-8")
    world = worlds(OWN)
    for scope in ("s1", "s2"):
        scenario = world.begin(Plan(), tmp_path, scope)
        with pytest.raises(DatabaseError) as raised:
            databases(scenario).get("shop")
        assert str(raised.value) == (
            f'The database "shop" refuses the statements of {tmp_path}/schema.sql: syntax error at '
            'or near "CREAT".'
        )
        world.end()


def test_a_url_that_cannot_be_meant(worlds: Worlds, tmp_path: Path) -> None:
    """What stands behind a private one are options of its server."""
    scenario = worlds("[evtbdd:database:shop]\nurl = postgresql+local://shop\n").begin(
        Plan(), tmp_path, "s1"
    )
    with pytest.raises(SettingsError, match=r'^"postgresql\+local://shop" cannot be meant: '):
        databases(scenario).get("shop")
