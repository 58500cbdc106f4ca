"""The features of this project are green, whatever broker they lie on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from acceptance.conftest import reached
from acceptance.where import ALL, Where
from docs.page import Page

ROOT = Path(__file__).resolve().parents[2]
FEATURES = ROOT / "features"
THREE = [f"-Devtbdd.channel.{name}.partitions=3" for name in ("orders", "shipments", "rejected")]
COUNT = re.compile(r"^(\d+) (feature|scenario|step)s? passed, 0 failed", re.MULTILINE)


def tour(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run all features of the project."""
    command = [sys.executable, "-m", "behave", "--no-color", "-f", "progress3", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def passed(run: subprocess.CompletedProcess[str]) -> Mapping[str, int]:
    """How many features, scenarios and steps have passed, where nothing else was not skipped."""
    assert run.returncode == 0, run.stdout + run.stderr
    return {noun: int(number) for number, noun in COUNT.findall(run.stdout)}


def table() -> Mapping[str, Mapping[str, int]]:
    """What the README says of each broker."""
    return {
        name: dict(zip(("feature", "scenario", "step"), map(int, numbers), strict=True))
        for name, _, *numbers in Page(ROOT / "README.md").table("tour")
    }


@pytest.mark.parametrize("name", ALL)
def test_the_tour_is_green_on(name: str, request: pytest.FixtureRequest) -> None:
    """As much of it as the README says, by changing one URL."""
    assert_green(reached(ALL[name], request))


def assert_green(where: Where) -> None:
    """The tour has passed there, as far as the README says."""
    assert passed(tour(f"-Devtbdd.broker.main.url={where.url}")) == table()[where.name]


def test_the_tour_is_green_on_three_partitions() -> None:
    """What a feature says of order it says of one key."""
    assert passed(tour(*THREE)) == table()["embedded Kafka"]


@pytest.mark.parametrize("url", ["rabbitmq+local://", "sqs+embedded://"])
def test_three_partitions_in_the_settings_are_for_kafka(url: str) -> None:
    """The others have none, and do not look at what is not for them."""
    run = tour(*THREE, f"-Devtbdd.broker.main.url={url}", str(FEATURES / "5_channels.feature"))
    assert passed(run)["scenario"] == 5


def test_what_is_only_one_broker_s_has_a_folder_and_a_tag_of_its_own() -> None:
    """A feature beside the folders is for all brokers, but for scenarios that say otherwise."""
    folders = [path for path in FEATURES.iterdir() if path.is_dir() and path.name != "data"]
    assert {path.name for path in folders} <= {where.kind for where in ALL.values()}
    for path in FEATURES.rglob("*.feature"):
        tags, _, rest = path.read_text(encoding="utf-8").partition("Feature:")
        own = path.parent != FEATURES
        assert tags.split() == ([f"@use.with_broker={path.parent.name}"] if own else []), path
        assert not (own and "with_broker" in rest), path
