"""The runs in which red examples turn red, and what behave says of each example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from acceptance.examples import (
    EXAMPLES,
    NEEDS_A_GROUP,
    NEEDS_NO_BROKER,
    NEEDS_NO_SERVICE,
    NOT_STARTED,
    UNPROVEN,
    RedExample,
)
from acceptance.project import Outcome, Project, Verdict, normal, settings_of_shop

ON_DEAD_SERVICE = [e for e in EXAMPLES if not e.phrase.startswith(NEEDS_NO_SERVICE)]
ON_DEAD_BROKER = [
    e for e in EXAMPLES if not e.phrase.startswith((*NEEDS_NO_BROKER, *NEEDS_A_GROUP))
]

BROKER_STEPS = """
from behave import when

from evtbdd.clock import Deadline


@when('the broker "{name}" is gone')
def broker_is_gone(context, name):
    context.evtbdd._lent.channels.brokers._places[name].provisioned.give_back.pop()()


@when('the service "{name}" has died')
def service_has_died(context, name):
    service = context.evtbdd.services.get(name)
    assert service.require_started().wait(Deadline.after(10)) is not None
"""


def _run(folder: Path, scenarios: Sequence[str], settings: str) -> Outcome:
    project = Project(folder)
    project.write("evtbdd.cfg", settings)
    project.write("steps/broker_steps.py", BROKER_STEPS)
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    return project.behave()


def run_with_faults(folder: Path, url: str) -> Outcome:
    """Each example with its own fault; and the services that never get ready."""
    scenarios = [each.scenario() for each in (*EXAMPLES, *UNPROVEN, *NOT_STARTED)]
    settings = settings_of_shop(url).replace(
        "consumes = orders", "consumes = orders\nstart timeout = 3 seconds"
    )
    return _run(folder, scenarios, settings)


def run_on_dead_service(folder: Path, url: str) -> Outcome:
    """Each example with a service that dies at the first event."""
    scenarios = [each.scenario_on_dead_service() for each in ON_DEAD_SERVICE]
    return _run(folder, scenarios, settings_of_shop(url))


def run_on_dead_broker(folder: Path) -> Outcome:
    """Each example about channels of a broker that is gone, a broker for each."""
    brokers = [f"doomed-{number}" for number in range(len(ON_DEAD_BROKER))]
    scenarios = [
        each.scenario_on_dead_broker(broker)
        for each, broker in zip(ON_DEAD_BROKER, brokers, strict=True)
    ]
    sections = [f"[evtbdd:broker:{broker}]\nurl = kafka+embedded://\n" for broker in brokers]
    settings = "[evtbdd]\nconnect timeout = 1 second\n" + "\n".join(sections)
    return _run(folder, scenarios, settings)


def verdict(outcome: Outcome, example: RedExample) -> Verdict:
    """The verdict of an example, with what differs from run to run made alike."""
    assert example.name in outcome.verdicts, outcome.output
    found = outcome.verdicts[example.name]
    text = normal(found.text)
    return Verdict(found.status, text if example.numbered else re.sub(r"#\d+", "#N", text))
