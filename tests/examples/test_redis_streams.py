"""The adapter that is an example, as a third party has it: a package of its own, and its own tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from brokers.promises import EXTENDING, of_lines

from evtbdd.brokers.registry import adapter, schemes
from evtbdd.conformance.table import NOT_ASKED

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "redis_streams"


@pytest.fixture(autouse=True)
def _installed() -> None:
    if not entry_points(group="evtbdd.brokers", name="redis"):
        pytest.skip("It is not installed: pip install --editable examples/redis_streams does it.")


def test_its_entry_point_is_all_that_it_takes() -> None:
    """evtbdd names the scheme, and finds the adapter, of a package that it knows nothing about."""
    assert "redis" in schemes()
    broker = adapter("redis")("127.0.0.1:6379", patience=1.0)
    assert broker.capabilities.broker == "Redis"
    broker.close()


def test_it_sees_of_evtbdd_what_is_public() -> None:
    """What people copy stands on the promises alone, not on what may change under them."""
    code = "\n".join(path.read_text() for path in EXAMPLE.glob("evtbdd_redis_streams/*.py"))
    seen = set(re.findall(r"^(?:from|import) evtbdd\.(\w+)", code, re.MULTILINE))
    assert seen == {"clock", "errors", "events", "ports"}


def test_its_own_tests_pass() -> None:
    """It keeps every promise on a real Redis, and is what a project's URL needs, as its README says."""
    if shutil.which("redis-server") is None:
        pytest.skip("There is no redis-server on the PATH.")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    run = subprocess.run(
        command, cwd=EXAMPLE, capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    print(run.stdout)
    kept, on_page = of_lines(run.stdout)["Redis"], of_lines(EXTENDING.text)["Redis"]
    assert {title: kept.get(title, NOT_ASKED) for title in on_page} == on_page
    last = run.stdout.splitlines()[-1]
    assert re.fullmatch(r"=+ \d+ passed in .+ =+", last), last
