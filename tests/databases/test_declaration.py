"""What the settings can say of a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.databases.declaration import Declaration, declared
from evtbdd.errors import SettingsError
from evtbdd.sections import SECTIONS
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.settings.load import Settings


def settings(folder: Path, text: str) -> Settings:
    (folder / "evtbdd.cfg").write_text(text, encoding="utf-8")
    return Settings.load(folder, sections=SECTIONS, userdata={}, environ={})


def one(folder: Path, *lines: str) -> Declaration:
    text = "[evtbdd:database:shop]\n" + "\n".join(lines) + "\n"
    return declared(settings(folder, text), folder)["shop"]


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("postgresql+local://", True),
        ("postgresql+local://?wal_level=logical", True),
        ("sqlite:///${scenario.folder}/shop.db", True),
        ("sqlite:///shop.db", False),
        ("postgresql://ann:secret@db/shop", False),
    ],
)
def test_what_evtbdd_makes_may_be_written_to(tmp_path: Path, url: str, own: bool) -> None:
    """And nothing else, unless the settings say so."""
    assert one(tmp_path, f"url = {url}").is_own is own
    assert one(tmp_path, f"url = {url}").writable is own
    assert one(tmp_path, f"url = {url}", "writable = yes").writable
    assert not one(tmp_path, f"url = {url}", "writable = no").writable


def test_files_are_found_from_the_project(tmp_path: Path) -> None:
    """Wherever the tests are started."""
    found = one(tmp_path, "url = postgresql+local://", "prepare = a.sql, sql/b.sql")
    assert found.prepare == [tmp_path / "a.sql", tmp_path / "sql" / "b.sql"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["prepare = a.sql"],
            "[evtbdd:database:shop] has no url: evtbdd does not know where it is. A private one is "
            "url = postgresql+local://",
        ),
        (
            ["url = sqlite:///shop.db", "reset = a.sql"],
            "[evtbdd:database:shop] reset: SQL files may write, and evtbdd did not make this "
            "database: set writable = yes where that may be.",
        ),
        (
            ["url = postgresql+local://", "prepare = a.sql", "writable = no"],
            "[evtbdd:database:shop] prepare: SQL files may write: set writable = yes where that may "
            "be.",
        ),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, lines: list[str], said: str) -> None:
    """Told in sentences that name the section."""
    with pytest.raises(SettingsError) as raised:
        one(tmp_path, *lines)
    assert str(raised.value) == said


def services(folder: Path, scope: str, told: str) -> list[ServiceDeclaration]:
    text = f"[evtbdd:service:billing]\ncommand = bill {told}\nscope = {scope}\n"
    return [ServiceDeclaration.of_settings(settings(folder, text), "billing")]


@pytest.mark.parametrize("told", ["${database.shop}", "${database.shop.host}"])
def test_a_private_one_lives_as_long_as_who_is_told_of_it(tmp_path: Path, told: str) -> None:
    """A service of a feature goes on writing to it after the scenario."""
    found = one(tmp_path, "url = postgresql+local://")
    assert found.lives(services(tmp_path, "feature", told)) == "feature"
    assert found.lives(services(tmp_path, "feature", "${database.shopping}")) == "scenario"
    assert found.lives([]) == "scenario"


def test_one_of_somebody_elses_lives_for_the_run(tmp_path: Path) -> None:
    """Unless its URL is another one for each scenario."""
    assert one(tmp_path, "url = postgresql://db/shop").lives([]) == "run"
    assert one(tmp_path, "url = postgresql://db/shop_${scope.id}").lives([]) == "scenario"


def test_a_file_of_the_scenario_is_none_for_a_service_of_a_feature(tmp_path: Path) -> None:
    """The folder is gone with the scenario, and the service is not."""
    found = one(tmp_path, "url = sqlite:///${scenario.folder}/shop.db")
    with pytest.raises(SettingsError) as raised:
        found.lives(services(tmp_path, "feature", "${database.shop}"))
    assert str(raised.value) == (
        "[evtbdd:database:shop] is by its url another one for each scenario, and the service "
        '"billing", which is told of it, lives for the feature.'
    )
