"""Settings that cannot be meant, and brokers that are not there: an error in every scenario."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import hook_errors

FEATURE = """\
Feature: Orders

  Scenario: one
    Given the channel "orders" exists
    When an event is published to "orders"

  Scenario: two
    Given the channel "orders" exists
    Then no event arrives on "orders" during 10 ms
"""
BROKER = "[evtbdd:broker:main]\nurl = {}\n"
SETTINGS = {
    "unknown scheme": (
        BROKER.format("kafak://localhost:9092"),
        'SettingsError: The broker "main" (kafak://localhost:9092): No broker is known by the '
        'scheme "kafak". Did you mean "kafka"?',
    ),
    "no URL": (
        BROKER.format("localhost:9092"),
        'SettingsError: The broker "main" (localhost:9092): "localhost:9092" is no URL of a '
        "broker; it is written like kafka://localhost:9092, kafka+embedded:// or memory://.",
    ),
    "no port": (
        BROKER.format("kafka://localhost"),
        'SettingsError: The broker "main" (kafka://localhost): "localhost" is no address of a '
        "Kafka broker; it is written host:port, as in kafka://localhost:9092.",
    ),
    "no such way": (
        BROKER.format("kafka+embeded://"),
        'SettingsError: The broker "main" (kafka+embeded://): "kafka+embeded://": no way to get a '
        'broker is called "embeded". Did you mean "embedded"?',
    ),
    "misspelt keys": (
        "[evtbdd]\ntimout = 3 seconds\n[evtbdd:channel:orders]\npartitons = 2\n",
        "SettingsError: 2 mistakes in the settings:\n"
        '  evtbdd.cfg line 2: [evtbdd] has no key "timout". Did you mean "timeout", "timeout scale" '
        'or "proof timeout"?\n'
        '  evtbdd.cfg line 4: [evtbdd:channel:orders] has no key "partitons". Did you mean '
        '"partitions"?',
    ),
    "which of two brokers": (
        "[evtbdd:broker:a]\n[evtbdd:broker:b]\n[evtbdd:channel:orders]\n",
        'SettingsError: The channel "orders" does not say on which broker it lies, and there are '
        'several: "a" and "b". Write broker = … in [evtbdd:channel:orders].',
    ),
    "unknown codec": (
        "[evtbdd:channel:orders]\ncodec = jsn\n",
        'SettingsError: [evtbdd:channel:orders] codec: There is no codec "jsn". Did you mean '
        '"json"? One of your own is written package.module:object.',
    ),
    "unknown need": (
        "[evtbdd:service:a]\ncommand = a\nneeds = bb\n[evtbdd:service:b]\ncommand = b\n",
        'SettingsError: [evtbdd:service:a] needs: no service is called "bb". Did you mean "b"?',
    ),
    "needs in a circle": (
        "[evtbdd:service:a]\ncommand = a\nneeds = b\n[evtbdd:service:b]\ncommand = b\nneeds = a\n",
        'SettingsError: The services "a" and "b" need each other: none can be first.',
    ),
    "no readiness": (
        "[evtbdd:service:a]\ncommand = a\nready = redy\n",
        'SettingsError: [evtbdd:service:a] ready: "redy" is no readiness; it is written '
        'subscribed, port ${port}, get URL [STATUS], log "TEXT", exit 0, or started.',
    ),
    "no command": (
        "[evtbdd:service:a]\n",
        "SettingsError: [evtbdd:service:a] has no command: evtbdd does not know how to start it.",
    ),
}


def run(folder: Path, settings: str, *arguments: str, **environment: str) -> Outcome:
    project = Project(folder)
    project.write("evtbdd.cfg", settings)
    project.write("features/orders.feature", FEATURE)
    return project.behave(*arguments, timeout=60, **environment)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_scenario_tells_what_is_wrong_with_the_settings(name: str, tmp_path: Path) -> None:
    """The same sentence is the error of each scenario; the run is red, without a traceback."""
    settings, sentence = SETTINGS[name]
    outcome = run(tmp_path, settings)
    assert hook_errors(outcome) == {"one": sentence, "two": sentence}
    assert outcome.code == 1
    assert "Traceback" not in outcome.output


def test_a_driver_that_is_missing_is_told_by_its_extra(tmp_path: Path) -> None:
    """What must be installed stands in the error, not Python's ModuleNotFoundError."""
    stub = tmp_path / "stub" / "kafka"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'kafka'\", name='kafka')\n"
    )
    settings = BROKER.format("kafka://127.0.0.1:1")
    outcome = run(tmp_path, settings, PYTHONPATH=str(tmp_path / "stub"))
    sentence = (
        'SettingsError: The broker "main" (kafka://127.0.0.1:1): The driver "kafka" is not '
        'installed: pip install "evtbdd[kafka]" brings it.'
    ).replace("127.0.0.1:1", "HOST:PORT")
    assert hook_errors(outcome) == {"one": sentence, "two": sentence}
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)


def test_wrong_settings_are_told_where_no_scenario_is_selected(tmp_path: Path) -> None:
    """A run of nothing does not hide that its settings are wrong."""
    settings, sentence = SETTINGS["misspelt keys"]
    outcome = run(tmp_path, settings, "--tags=nothing")
    assert f"HOOK-ERROR in after_all: {sentence}\n" in outcome.output
    assert outcome.code == 1


def test_a_password_in_the_url_of_a_broker_is_not_shown(tmp_path: Path) -> None:
    """An error that quotes the URL masks the password in it."""
    outcome = run(tmp_path, BROKER.format("kafak://ann:geheim@localhost:9092"))
    assert "(kafak://ann:***@localhost:9092)" in hook_errors(outcome)["one"]
    assert "geheim" not in outcome.output


@pytest.fixture(scope="module")
def silence() -> tuple[socket.socket, str]:
    """A socket that accepts connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    return listener, f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def unreachable(
    silence: tuple[socket.socket, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Outcome, ElementTree.Element, int]:
    """A run against it, its report for JUnit, and how often it was connected to."""
    folder = tmp_path_factory.mktemp("silence")
    listener, address = silence
    settings = "[evtbdd]\nconnect timeout = 500 ms\n" + BROKER.format(f"kafka://{address}")
    outcome = run(folder, settings, "--junit", "--junit-directory", "junit")
    (report,) = (folder / "junit").iterdir()
    return outcome, ElementTree.fromstring(report.read_text()), _connections(listener)


def _connections(listener: socket.socket) -> int:
    listener.setblocking(False)
    number = 0
    with listener:
        while True:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return number
            number += 1


UNREACHABLE = (
    'BrokerUnavailable: The broker "main" (kafka://HOST:PORT): Kafka cannot be reached at '
    "HOST:PORT: no answer in time (waited up to 500 ms)."
)


def test_a_broker_that_does_not_answer_is_an_error_of_every_scenario(
    unreachable: tuple[Outcome, ElementTree.Element, int],
) -> None:
    """The error names the broker, its address and the cause."""
    outcome, _, _ = unreachable
    assert hook_errors(outcome) == {"one": UNREACHABLE, "two": UNREACHABLE}
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)


def test_a_broker_that_does_not_answer_is_waited_for_once_a_run(
    unreachable: tuple[Outcome, ElementTree.Element, int],
) -> None:
    """The second scenario does not connect again."""
    assert unreachable[2] == 1


def test_a_broker_that_does_not_answer_is_an_error_in_junit(
    unreachable: tuple[Outcome, ElementTree.Element, int],
) -> None:
    """Not a skipped test: CI counts errors, and shows the sentence."""
    _, suite, _ = unreachable
    counts: Mapping[str, str] = suite.attrib
    told = [error.attrib for error in suite.iter("error")]
    assert [counts[each] for each in ("tests", "errors", "failures", "skipped")] == list("2200")
    assert [each["type"] for each in told] == ["BrokerUnavailable"] * 2
    assert all("Kafka cannot be reached at 127.0.0.1" in each["message"] for each in told)
    assert "environment.py" not in ElementTree.tostring(suite, encoding="unicode")


def test_a_broker_that_refuses_connections_is_an_error_at_once(tmp_path: Path) -> None:
    """That nobody listens is said, and not waited for."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    outcome = run(tmp_path, BROKER.format(f"kafka://{address}"))
    assert hook_errors(outcome)["two"] == (
        'BrokerUnavailable: The broker "main" (kafka://HOST:PORT): Kafka cannot be reached at '
        "HOST:PORT: nothing listens there (connection refused) (waited up to 5 seconds)."
    )
