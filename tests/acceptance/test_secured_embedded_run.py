"""A run on an embedded Kafka that asks for a user and speaks TLS, with services that are told how."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import trustme
from acceptance.middle import in_the_middle
from acceptance.project import Project, settings_of_shop
from acceptance.running import everything

PASSWORD = "wonderland-4711"
FEATURE = """\
Feature: Orders

  Scenario: An order that is placed is shipped
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value |
      | orderId  | ORD-1 |
      | customer | ann   |
      | items    | []    |
      | total    | 20.0  |
    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1"
"""
SHIPPED = "An order that is placed is shipped"
RIGHT = {
    "KAFKA_USER": "${broker.main.user}",
    "KAFKA_PASSWORD": "${broker.main.password}",
    "KAFKA_CA": "${broker.main.ca}",
}


def settings(**different: str) -> str:
    """Those of the shop, on a Kafka that asks who is calling; `different` is what services are told."""
    told = {**RIGHT, **different}
    lines = "".join(f"    {name} = {value}\n" for name, value in told.items() if value)
    secured = f"security username = alice\nsecurity password = {PASSWORD}\nsecurity tls = yes\n"
    text = settings_of_shop()
    for line, more in {
        "url = kafka+embedded://\n": secured,
        "    BROKER = ${broker.main}\n": lines,
        "[evtbdd:service:shipping]\n": "start timeout = 3 seconds\n",
    }.items():
        text = text.replace(line, line + more)
    return text


@pytest.fixture
def project(project: Project) -> Project:
    """A project with that feature, and a folder of its own for what is temporary."""
    project.write("features/orders.feature", FEATURE)
    (project.folder / "tmp").mkdir()
    return project


def test_a_service_that_is_told_how_is_let_in(project: Project) -> None:
    """By `${broker.main.user}`, `.password` and `.ca`; nothing is left, and no password is printed."""
    project.write("evtbdd.cfg", settings())
    temporary = project.folder / "tmp"
    outcome = project.behave("--junit", "--verbose", TMPDIR=str(temporary))
    assert outcome.code == 0, outcome.output
    assert "1 scenario passed, 0 failed, 0 skipped" in outcome.output
    assert "Left behind" not in outcome.output
    assert list(temporary.iterdir()) == []
    assert PASSWORD not in everything(project, outcome)


@pytest.mark.parametrize(
    ("different", "log"),
    [
        (
            {"KAFKA_PASSWORD": "looking-glass"},
            "SASL authentication error: Authentication failed: Invalid username or password",
        ),
        ({"KAFKA_USER": "bob"}, "Authentication failed: Invalid username or password"),
        ({"KAFKA_USER": ""}, "Disconnected: SSL connection closed by peer"),
        ({"KAFKA_CA": "stranger.pem"}, "broker certificate could not be verified"),
        ({"KAFKA_CA": ""}, "Disconnected: connection closed by peer"),
    ],
    ids=["password", "user", "no user", "authority", "no TLS"],
)
def test_a_service_that_is_not_let_in_is_told_with_what_it_says(
    project: Project, different: dict[str, str], log: str
) -> None:
    """Its start does not outlast its patience, and the error shows what its client logged."""
    project.write("evtbdd.cfg", settings(**different))
    trustme.CA().cert_pem.write_to_path(str(project.folder / "stranger.pem"))
    outcome = project.behave("--junit", timeout=60)
    verdict = outcome.verdicts[SHIPPED]
    assert verdict.status == "error"
    assert 'The service "shipping" was not ready (subscribed) within 3 seconds: ' in verdict.text
    assert log in verdict.text
    assert "Traceback" not in outcome.output
    assert PASSWORD not in everything(project, outcome)


def test_a_killed_run_leaves_no_file_of_an_authority(tmp_path: Path) -> None:
    """Where the run cannot remove it any more, the keeper does."""
    with in_the_middle(tmp_path, "", settings=settings()) as middle:
        assert [each.name for each in middle.temporary.glob("evtbdd-tls-*/*")] == ["ca.pem"]
        middle.process.send_signal(signal.SIGKILL)
        middle.ends()
        assert list(middle.temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (
            "security ca = ca.pem",
            '"kafka+embedded://" makes an authority of its own, which security ca cannot name: '
            "write security tls = yes instead. Services find its file by ${broker.NAME.ca}.",
        ),
        (
            "security mechanism = SCRAM-SHA-512",
            '"kafka+embedded://" takes passwords by PLAIN alone, and security mechanism is '
            "SCRAM-SHA-512; remove that, or name a broker that runs.",
        ),
    ],
)
def test_what_an_embedded_broker_cannot_demand(project: Project, more: str, wrong: str) -> None:
    """Nothing that stands in the settings is passed over."""
    text = settings().replace("security tls = yes\n", f"{more}\n")
    project.write("evtbdd.cfg", text)
    outcome = project.behave()
    said = f'SettingsError: The broker "main" (kafka+embedded://): {wrong}'
    assert said in outcome.output
    assert "Traceback" not in outcome.output
