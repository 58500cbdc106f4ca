"""Projects, a slow Kafka, and the table of red examples when all of them have run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from acceptance.project import Project
from acceptance.slow import Slow, slow_kafka
from acceptance.table import lines, table
from acceptance.where import Where

from evtbdd.errors import BrokerUnavailable


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


@pytest.fixture(scope="module")
def slow() -> Iterator[Slow]:
    """A real Kafka behind a relay that can be slow, and is not yet."""
    with ExitStack() as given_back:
        try:
            kafka = given_back.enter_context(slow_kafka())
        except BrokerUnavailable as error:
            pytest.skip(str(error))
        yield kafka


def reached(where: Where, request: pytest.FixtureRequest) -> Where:
    """The same with its address, where a fixture knows that."""
    fixtures = re.findall(r"{(\w+)}", where.url)
    addresses = {each: request.getfixturevalue(each) for each in fixtures}
    return replace(where, url=where.url.format(**addresses))
