"""A keeper for each test, and a folder for everything temporary, to look into."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evtbdd.keeper import Keeper


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """A keeper, and the promise that nothing of it is left after the test."""
    with Keeper.start() as started:
        yield started


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything temporary of this test is, so that it can be seen to be gone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
