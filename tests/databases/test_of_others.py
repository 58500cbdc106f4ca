"""Databases of somebody else's, and what keeps one from being reached."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from databases.below import NOTHING, databases, number, put, table

from evtbdd.databases import expectations
from evtbdd.databases.expectations import Asked
from evtbdd.errors import DatabaseUnavailable, PhraseError, SettingsError, UnknownName
from evtbdd.plan import Plan
from evtbdd.world import World

Worlds = Callable[[str], World]
SCHEMA = "CREATE TABLE orders (id text);\nINSERT INTO orders VALUES ('prepared');\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """What the settings of these tests name."""
    (tmp_path / "reset.sql").write_text("DELETE FROM orders;", encoding="utf-8")


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
