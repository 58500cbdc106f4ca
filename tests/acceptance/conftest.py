"""Prints the table of red examples when all of them have run."""

from __future__ import annotations

from pathlib import Path

import pytest
from acceptance.project import Project
from acceptance.table import lines, table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests, so that it stands in the log of CI."""
    cells = terminalreporter.config.stash.get(table, [])
    if cells:
        terminalreporter.section("phrase, fault, verdict and first line")
        for line in lines(cells):
            terminalreporter.write_line(line)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project in a folder of its own."""
    return Project(tmp_path)
