"""Every Then-phrase turns red by the fault it is about, with exactly the text that is expected.

And it is an error, never green and never a failure, where the service or the broker is dead. What
behave says stands word for word in expected/; moments, addresses, names and ids are made alike.
"""

from __future__ import annotations

import pytest
from acceptance.database_examples import EXAMPLES as OF_DATABASES
from acceptance.examples import EXAMPLES, NOT_STARTED, UNPROVEN, RedExample
from acceptance.expected import expected_texts
from acceptance.observability_examples import OBSERVED
from acceptance.own_words import OWN_WORDS
from acceptance.project import Outcome
from acceptance.red import (
    ON_DEAD_BROKER,
    ON_DEAD_SERVICE,
    run_on_dead_broker,
    run_on_dead_service,
    run_with_faults,
    verdict,
)
from acceptance.table import Cell, table
from acceptance.web_examples import WEB_EXAMPLES

from evtbdd.cli.steps import load_libraries
from evtbdd.phrases.catalogue import registered


@pytest.fixture(scope="module", params=["embedded", "real"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the broker comes from: each verdict is the same on each."""
    if request.param == "embedded":
        return "kafka+embedded://"
    return f"kafka://{request.getfixturevalue('real_kafka')}"


@pytest.fixture(scope="module")
def with_faults(url: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with its own fault; and the services that never get ready."""
    return run_with_faults(tmp_path_factory.mktemp("faults"), url)


@pytest.fixture(scope="module")
def on_dead_service(url: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that dies at the first event."""
    return run_on_dead_service(tmp_path_factory.mktemp("service"), url)


@pytest.fixture(scope="module")
def on_dead_broker(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example about channels of a broker that is gone, a broker for each."""
    return run_on_dead_broker(tmp_path_factory.mktemp("broker"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: RedExample, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "failed", and its text is the expected one."""
    found = verdict(with_faults, example)
    red_table.append(Cell(example.phrase, example.fault, found.status, found.text))
    assert (found.status, found.text) == ("failed", expected_texts("failed")[example.name])


@pytest.mark.parametrize("example", [*UNPROVEN, *NOT_STARTED], ids=lambda each: each.name)
def test_what_cannot_be_said_is_an_error_with_the_expected_text(
    example: RedExample, with_faults: Outcome, red_table: list[Cell]
) -> None:
    """The verdict is "error", and its text is the expected one."""
    found = verdict(with_faults, example)
    phrase = example.phrase or 'the service "NAME" is running'
    red_table.append(Cell(phrase, example.fault, found.status, found.text))
    assert (found.status, found.text) == ("error", expected_texts("error")[example.name])


@pytest.mark.parametrize("example", ON_DEAD_SERVICE, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(
    example: RedExample, on_dead_service: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the service and how it ended, before all else."""
    found = verdict(on_dead_service, example)
    red_table.append(Cell(example.phrase, "dead service", found.status, found.text))
    if example.name == "log does not contain, it does":
        # What contradicts a claim does so whether or not the service lives on.
        assert found.status == "failed"
        return
    assert found.status == "error"
    assert "ended with exit code 1" in found.text.split("\n")[0]


@pytest.mark.parametrize("example", ON_DEAD_BROKER, ids=lambda each: each.name)
def test_a_dead_broker_is_an_error(
    example: RedExample, on_dead_broker: Outcome, red_table: list[Cell]
) -> None:
    """Whatever the phrase: the error names the broker and its address."""
    found = verdict(on_dead_broker, example)
    red_table.append(Cell(example.phrase, "dead broker", found.status, found.text))
    assert found.status == "error"
    assert found.text.startswith(
        "BrokerUnavailable: Kafka cannot be reached at HOST:PORT: "
        "nothing listens there (connection refused)"
    )


def test_every_then_phrase_has_its_red_example() -> None:
    """No phrase of the catalogue is without a fault that turns it red."""
    load_libraries()
    phrases = [each.printed for each in registered() if each.keyword == "Then"]
    shown = [phrase.removeprefix("Then ") for phrase in phrases]
    examples = [
        each.phrase for each in (*EXAMPLES, *OBSERVED, *OF_DATABASES, *OWN_WORDS, *WEB_EXAMPLES)
    ]
    without = [p for p in shown if not any(map(p.startswith, examples))]
    assert without == []


@pytest.fixture(scope="module")
def red_table(request: pytest.FixtureRequest) -> list[Cell]:
    """Collects the cells of the table that is printed when all are done."""
    cells: list[Cell] = []
    request.config.stash[table] = cells
    return cells
