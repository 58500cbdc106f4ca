"""`evtbdd doctor` tells which databases can be had, and what is wrong with the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evtbdd.cli.main import main
from evtbdd.errors import DatabaseUnavailable
from evtbdd.provisioning.local_postgresql.find import find_postgresql

SETTINGS = """\
[evtbdd]
connect timeout = 100 ms
[evtbdd:database:own]
url = sqlite:///${scenario.folder}/own.db
prepare = schema.sql
[evtbdd:database:theirs]
url = sqlite:///theirs.db
[evtbdd:database:gone]
url = postgresql://ann:secret@127.0.0.1:1/gone
[evtbdd:database:odd]
prepare = schema.sql
"""


def told(
    settings: str, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> tuple[list[str], str]:
    """The lines about databases, and the errors."""
    (folder / "evtbdd.cfg").write_text(settings, encoding="utf-8")
    patch.chdir(folder)
    main(["doctor"])
    said, error = capture.readouterr()
    return [line for line in said.split("\n") if line.startswith("database ")], error


def test_each_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what may be done there; a file that is named must be there."""
    (tmp_path / "theirs.db").touch()
    lines, error = told(SETTINGS, tmp_path, monkeypatch, capsys)
    assert lines == [
        'database "own": not looked at, for its url holds placeholders; may be written to',
        f'database "theirs": sqlite {tmp_path}/theirs.db; is only read',
        'database "gone": cannot be had',
        'database "odd": cannot be had',
    ]
    assert f"[evtbdd:database:own] prepare: there is no file {tmp_path}/schema.sql." in error
    assert (
        'The database "gone" cannot be reached (postgresql 127.0.0.1:1, database gone): ' in error
    )
    assert "[evtbdd:database:odd] has no url: " in error
    assert "secret" not in error


def test_a_private_one_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is enough to know that there is one."""
    settings = "[evtbdd:database:shop]\nurl = postgresql+local://\n"
    try:
        server = find_postgresql(os.environ).server
    except DatabaseUnavailable as missing:
        pytest.skip(str(missing))
    lines, error = told(settings, tmp_path, monkeypatch, capsys)
    assert lines == [f'database "shop": a private PostgreSQL ({server}); may be written to']
    assert error == ""
    monkeypatch.setenv("POSTGRESQL_HOME", "/nowhere")
    lines, error = told(settings, tmp_path, monkeypatch, capsys)
    assert lines == ['database "shop": cannot be had']
    assert "POSTGRESQL_HOME is /nowhere, but there is no /nowhere/bin/postgres." in error
