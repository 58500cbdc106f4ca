"""What keeps scenarios apart: databases of their own, or what is reset between them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import psycopg
import pytest
from databases.below import NOTHING, table

from evtbdd.databases import expectations
from evtbdd.databases.expectations import Asked
from evtbdd.databases.scenario import ScenarioDatabases
from evtbdd.errors import (
    DatabaseError,
    DatabaseUnavailable,
    PhraseError,
    SettingsError,
    UnknownName,
)
from evtbdd.plan import Plan
from evtbdd.provisioning.local_postgresql import LocalPostgreSQL
from evtbdd.scenario import Scenario
from evtbdd.world import World

Worlds = Callable[[str], World]
OWN = "[evtbdd:database:shop]\nurl = postgresql+local://\nprepare = schema.sql\n"
SCHEMA = "CREATE TABLE orders (id text);\nINSERT INTO orders VALUES ('prepared');\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """What the settings of these tests name."""
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "reset.sql").write_text("DELETE FROM orders;", encoding="utf-8")


def databases(scenario: Scenario) -> ScenarioDatabases:
    return cast(ScenarioDatabases, scenario.facilities.get("databases"))


def number(scenario: Scenario) -> int:
    """How many orders the scenario finds."""
    return len(databases(scenario).get("shop").rows("orders"))


def put(scenario: Scenario) -> None:
    expectations.holds(scenario, None, "orders", table("id", "ORD-1"))


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


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A database of somebody else's, with an order in it."""
    file = tmp_path / "shared.db"
    with closing(sqlite3.connect(file)) as link, link:
        link.executescript(SCHEMA)
    return file


def test_one_of_somebody_elses_is_only_read(shared: Path, worlds: Worlds, tmp_path: Path) -> None:
    """No fixture, and no statement but a query."""
    world = worlds("[evtbdd:database:shop]\nurl = sqlite:///shared.db\n")
    scenario = world.begin(Plan(), tmp_path, "s1")
    assert number(scenario) == 1
    with pytest.raises(SettingsError) as raised:
        put(scenario)
    assert str(raised.value) == (
        'Nothing is written to the database "shop", which evtbdd did not make: set writable = yes '
        "in [evtbdd:database:shop] where that may be."
    )
    with pytest.raises(PhraseError) as refused:
        expectations.returns(Asked(scenario, None), "PRAGMA user_version", table("n", "1"))
    assert str(refused.value) == (
        'The database "shop" was not made by evtbdd, so it is asked nothing but SELECT or WITH: '
        '"PRAGMA user_version"'
    )
    assert number(scenario) == 1


def test_one_that_may_be_written_to_is_reset_before_each_scenario(
    shared: Path, worlds: Worlds, tmp_path: Path
) -> None:
    """Also before the first: what a run that was killed has left is nobody's."""
    world = worlds(
        "[evtbdd:database:shop]\nurl = sqlite:///shared.db\nwritable = yes\nreset = reset.sql\n"
    )
    for scope in ("s1", "s2"):
        scenario = world.begin(Plan(), tmp_path, scope)
        assert number(scenario) == 0
        put(scenario)
        assert number(scenario) == 1
        world.end()


def test_it_is_reset_before_the_first_step(shared: Path, worlds: Worlds, tmp_path: Path) -> None:
    """A service that runs already may write before the first step that looks."""
    world = worlds(
        "[evtbdd:database:shop]\nurl = sqlite:///shared.db\nwritable = yes\nreset = reset.sql\n"
    )
    plan = Plan()
    plan.needs("databases", None)
    plan.needs("databases", "nosuch")
    scenario = world.begin(plan, tmp_path, "s1")
    with closing(sqlite3.connect(shared)) as service, service:
        service.execute("INSERT INTO orders VALUES ('ORD-1')")
    assert number(scenario) == 1


def test_one_that_is_not_reached_is_waited_for_once(worlds: Worlds, tmp_path: Path) -> None:
    """And told to every scenario alike, without its password."""
    world = worlds(
        "connect timeout = 100 ms\n[evtbdd:database:shop]\n"
        "url = postgresql://ann:secret@127.0.0.1:1/shop\n"
    )
    said = []
    for scope in ("s1", "s2"):
        scenario = world.begin(Plan(), tmp_path, scope)
        with pytest.raises(DatabaseUnavailable) as raised:
            expectations.has_none(Asked(scenario, None), "orders", NOTHING)
        said.append(raised.value)
        world.end()
    assert said[0] is said[1]
    assert str(said[0]).startswith(
        'The database "shop" cannot be reached (postgresql 127.0.0.1:1, database shop): connection '
    )
    assert "refused" in str(said[0])
    assert "secret" not in str(said[0])


def test_a_password_from_elsewhere_is_a_secret(
    worlds: Worlds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes known when the URL is read, and is masked from then on."""
    monkeypatch.setenv("SHOP_PASSWORD", "hush-hush")
    world = worlds(
        "connect timeout = 100 ms\n[evtbdd:database:shop]\n"
        "url = postgresql://ann:${env.SHOP_PASSWORD}@127.0.0.1:1/shop\n"
    )
    scenario = world.begin(Plan(), tmp_path, "s1")
    with pytest.raises(DatabaseUnavailable):
        databases(scenario).get("shop")
    assert world.secrets.mask("it said hush-hush") == "it said ***"


def test_none_is_declared(worlds: Worlds, tmp_path: Path) -> None:
    """The sentence says how it is done."""
    scenario = worlds("").begin(Plan(), tmp_path, "s1")
    with pytest.raises(UnknownName) as raised:
        databases(scenario).get(None)
    assert str(raised.value) == (
        "No database is declared; that is done by a section [evtbdd:database:NAME] of the settings."
    )


def test_one_of_several_must_be_said(worlds: Worlds, tmp_path: Path) -> None:
    """And spelt rightly."""
    sections = "".join(
        f"[evtbdd:database:{name}]\nurl = sqlite:///${{scenario.folder}}/{name}.db\n"
        for name in ("shop", "billing")
    )
    scenario = worlds(sections).begin(Plan(), tmp_path, "s1")
    with pytest.raises(PhraseError) as raised:
        databases(scenario).get(None)
    assert str(raised.value) == (
        'There are several databases: "shop" and "billing". Say which: of the database "shop".'
    )
    with pytest.raises(UnknownName) as unknown:
        databases(scenario).get("biling")
    assert str(unknown.value) == 'No database is called "biling". Did you mean "billing"?'


WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from evtbdd.cli.steps import load_libraries
from evtbdd.plan import Plan
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.world import World
load_libraries()
world = World(Settings.load(Path(), sections=SECTIONS, userdata={}, environ={}), Path())
try:
    world.begin(Plan(), Path(), "s1").facilities.get("databases").get("shop")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
world.close()
"""


@pytest.mark.parametrize(
    ("library", "url", "extra"),
    [
        ("sqlalchemy", "sqlite:///${scenario.folder}/shop.db", "databases"),
        ("psycopg", "postgresql+local://", "postgresql"),
    ],
)
def test_a_library_that_is_not_installed(
    library: str, url: str, extra: str, tmp_path: Path
) -> None:
    """Whoever needs no database needs none; who does is told which extra brings it."""
    (tmp_path / "evtbdd.cfg").write_text(f"[evtbdd:database:shop]\nurl = {url}\n", "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, library],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == (
        f'SettingsError: The driver "{library}" is not installed: pip install "evtbdd[{extra}]" '
        "brings it.\n"
    )
