"""A run on a Kafka with users and certificates: it passes, and nothing that it says holds a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from acceptance.project import Project, normal
from acceptance.running import everything, hook_errors
from brokers.secured import PASSWORD, USER, Secured

FEATURE = """\
Feature: Orders

  Scenario: published and seen
    When an event is published to "orders":
      | field | value |
      | total | 3     |
    Then an event arrives on "orders" with:
      | field | value |
      | total | 3     |

  Scenario: not what was expected
    When an event is published to "orders":
      | field  | value                               |
      | secret | it is ${broker.main.password}       |
    Then an event arrives on "orders" within 100 ms with:
      | field  | value |
      | secret | tea   |

  Scenario: a service that tells
    Given the service "leaky" is running
"""
SETTINGS = """\
[evtbdd:broker:main]
url = kafka://{address}
security username = alice
security mechanism = SCRAM-SHA-512
security ca = {ca}
{password}
[evtbdd:channel:orders]
[evtbdd:service:leaky]
command = sh -c "echo connecting as $WHO with $SECRET; exit 3"
ready = log "connected"
environment =
    WHO = ${{broker.main.user}}
    SECRET = ${{broker.main.password}}
"""
VARIABLE = "EVTBDD_BROKER_MAIN_SECURITY_PASSWORD"
GIVEN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "in the settings": (f"security password = {PASSWORD}", {}),
    "in a file": ("security password file = password.txt", {}),
    "in the environment": ("", {VARIABLE: PASSWORD}),
}


def prepared(project: Project, kafka: Secured, password: str) -> None:
    """Write what the project consists of."""
    ca = kafka.certificates / "ca.pem"
    text = SETTINGS.format(address=kafka.addresses["sasltls"], ca=ca, password=password)
    project.write("evtbdd.cfg", text)
    project.write("password.txt", f"{PASSWORD}\n")
    project.write("features/orders.feature", FEATURE)


@pytest.mark.parametrize("where", GIVEN)
@pytest.mark.parametrize("more", [(), ("--verbose",)], ids=["", "verbose"])
def test_the_password_is_in_nothing_that_is_said(
    project: Project, secured: Secured, where: str, more: tuple[str, ...]
) -> None:
    """It stands as *** in a failure, in an error that shows a log, in JUnit and in JSON."""
    line, environment = GIVEN[where]
    prepared(project, secured, line)
    reports = ("--junit", "-f", "json.pretty", "-o", "out.json")
    outcome = project.behave(*reports, *more, **environment)
    statuses = {name: each.status for name, each in outcome.verdicts.items()}
    assert statuses == {
        "published and seen": "passed",
        "not what was expected": "failed",
        "a service that tells": "error",
    }
    assert '"it is ***"' in outcome.verdicts["not what was expected"].text
    assert f"connecting as {USER} with ***" in outcome.verdicts["a service that tells"].text
    (junit,) = (project.folder / "reports").iterdir()
    assert f"connecting as {USER} with ***" in junit.read_text(encoding="utf-8")
    assert PASSWORD not in everything(project, outcome)


def test_a_wrong_password_is_told_by_every_scenario(project: Project, secured: Secured) -> None:
    """With the broker and its address, and without the password."""
    prepared(project, secured, "security password = looking-glass")
    outcome = project.behave("--junit")
    said = (
        'BrokerUnavailable: The broker "main" (kafka://HOST:PORT): Kafka cannot be reached at '
        'HOST:PORT: it refuses the user "alice" or the password (waited up to 5 seconds).'
    )
    assert {name: normal(text) for name, text in hook_errors(outcome).items()} == {
        "published and seen": said,
        "not what was expected": said,
    }
    assert "looking-glass" not in everything(project, outcome)


@pytest.mark.parametrize("where", GIVEN)
def test_the_settings_are_printed_without_it(
    project: Project, secured: Secured, where: str
) -> None:
    """`evtbdd settings` shows that it was given, and where."""
    line, environment = GIVEN[where]
    prepared(project, secured, line)
    run = subprocess.run(
        [sys.executable, "-m", "evtbdd.cli.main", "settings"],
        cwd=project.folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "      main = alice  (evtbdd.cfg line 3)\n" in run.stdout
    assert PASSWORD not in run.stdout + run.stderr
