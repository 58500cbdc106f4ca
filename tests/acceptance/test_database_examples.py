"""Every phrase about databases and files turns red by a fault, and an error where something is dead.

On SQLite and on a real PostgreSQL, with the same texts but for where the database is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from acceptance.database_examples import EXAMPLES, LedgerExample
from acceptance.expected import expected_texts
from acceptance.project import ROOT, Outcome, Project, normal

from evtbdd.errors import DatabaseUnavailable
from evtbdd.provisioning.local_postgresql.find import find_postgresql

LEDGER = ROOT / "tests" / "systems" / "ledger" / "ledger.py"
OF_DATABASES = [each for each in EXAMPLES if not each.of_a_file]
SCHEMA = "CREATE TABLE bookings (order_id TEXT, status TEXT, total NUMERIC(10, 2));\n"
SETTINGS = f"""\
[evtbdd:broker:main]
url = kafka+embedded://

[evtbdd:channel:orders]

[evtbdd:service:ledger]
command = python {LEDGER}
consumes = orders
group = ledger-${{scope.id}}
environment =
    KAFKA = ${{broker.main}}
    GROUP = ledger-${{scope.id}}
    ORDERS = ${{channel.orders}}
    LEDGER = ${{database.ledger}}
    REPORT = ${{scenario.folder}}/report.csv

"""
STEPS = """
from behave import when

from evtbdd.clock import Deadline


@when('the service "{name}" has died')
def service_has_died(context, name):
    service = context.evtbdd.services.get(name)
    assert service.require_started().wait(Deadline.after(10)) is not None


@when('the server of the database "{name}" is gone')
def server_is_gone(context, name):
    databases = context.evtbdd.facilities.get("databases")._databases
    databases._servers[databases.declared[name].url]._server.stop()
"""


def section(name: str, url: str) -> str:
    return f"[evtbdd:database:{name}]\nurl = {url}\nprepare = schema.sql\n\n"


def run(folder: Path, scenarios: Sequence[str], settings: str) -> Outcome:
    project = Project(folder)
    project.write("schema.sql", SCHEMA)
    project.write("evtbdd.cfg", settings)
    project.write("steps/ledger_steps.py", STEPS)
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    return project.behave()


@pytest.fixture(scope="module")
def postgresql() -> None:
    """A PostgreSQL is installed here."""
    try:
        find_postgresql(os.environ)
    except DatabaseUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> str:
    """Where the database comes from: each verdict is the same on each."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql")
        return SETTINGS + section("ledger", "postgresql+local://")
    return SETTINGS + section("ledger", "sqlite:///${scenario.folder}/ledger.db")


@pytest.fixture(scope="module")
def with_faults(settings: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with its own fault."""
    folder = tmp_path_factory.mktemp("faults")
    return run(folder, [each.scenario() for each in EXAMPLES], settings)


@pytest.fixture(scope="module")
def without_faults(settings: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that does what it should."""
    folder = tmp_path_factory.mktemp("right")
    return run(folder, [each.scenario_without_fault() for each in EXAMPLES], settings)


@pytest.fixture(scope="module")
def on_dead_service(settings: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that dies at the first order."""
    folder = tmp_path_factory.mktemp("service")
    return run(folder, [each.scenario_on_dead_service() for each in EXAMPLES], settings)


@pytest.fixture(scope="module")
def on_dead_database(postgresql: None, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example on a server that is gone, a server for each."""
    names = [f"doomed-{number}" for number in range(len(OF_DATABASES))]
    scenarios = [
        each.scenario_on_dead_database(name) for each, name in zip(OF_DATABASES, names, strict=True)
    ]
    sections = [
        # Servers are the same where their URLs are.
        section(name, f"postgresql+local://?work_mem={number + 4}MB")
        for number, name in enumerate(names)
    ]
    return run(tmp_path_factory.mktemp("database"), scenarios, "".join(sections))


def told(outcome: Outcome, example: LedgerExample) -> tuple[str, str]:
    """The verdict, with what differs from run to run made alike."""
    assert example.name in outcome.verdicts, outcome.output
    found = outcome.verdicts[example.name]
    text = re.sub(r"/\S*/(report\.csv|ledger\.db)", r"FOLDER/\1", normal(found.text))
    text = re.sub(r"\((?:sqlite|postgresql) [^()]*\)", "(WHERE)", text)
    # PostgreSQL knows decimals, and shows them as they are declared.
    return found.status, text.replace("20.50", "20.5").replace("0.00}", "0}")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: LedgerExample, with_faults: Outcome
) -> None:
    """The verdict is "failed", and its text is the expected one."""
    expected = expected_texts("databases")[example.name]
    assert told(with_faults, example) == ("failed", expected)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_without_a_fault_it_holds(example: LedgerExample, without_faults: Outcome) -> None:
    """So it is the fault alone that turns it red."""
    assert told(without_faults, example) == ("passed", "")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(example: LedgerExample, on_dead_service: Outcome) -> None:
    """Whatever is there or not: the error names the service and how it ended, before all else."""
    status, text = told(on_dead_service, example)
    assert status == "error"
    assert text.startswith('ServiceError: The service "ledger" ended with exit code 1 at +T s, so ')


@pytest.mark.parametrize("example", OF_DATABASES, ids=lambda each: each.name)
def test_a_dead_database_is_an_error(example: LedgerExample, on_dead_database: Outcome) -> None:
    """Whatever the phrase: the error names the database and where it was."""
    status, text = told(on_dead_database, example)
    assert status == "error"
    assert re.match(
        r'DatabaseUnavailable: The database "doomed-\d" cannot be reached any more \(WHERE\): .*'
        "Connection refused",
        text,
    )
