"""The features of this project are green, whatever they lie on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THREE = [f"-Devtbdd.channel.{name}.partitions=3" for name in ("orders", "shipments", "rejected")]


def tour(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run all features of the project."""
    command = [sys.executable, "-m", "behave", "--no-color", "-f", "progress3", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("partitions", [[], THREE], ids=["one partition", "three partitions"])
def test_the_tour_is_green_on_the_embedded_kafka(partitions: list[str]) -> None:
    """On one partition and on three: every scenario passes."""
    run = tour(*partitions)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 features passed, 0 failed, 0 skipped" in run.stdout


def test_the_tour_is_green_on_a_real_kafka(real_kafka: str) -> None:
    """The same features, over Apache Kafka itself."""
    run = tour(f"-Devtbdd.broker.main.url=kafka://{real_kafka}")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 features passed, 0 failed, 0 skipped" in run.stdout
