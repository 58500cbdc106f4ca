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
from acceptance.project import ROOT, Outcome, Project, Verdict, settings_of_shop
from acceptance.running import told

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


RELAYS = """
from brokers.relay import Relay

PORT, DOOMED = {port}, {names}
relays = {{name: Relay(PORT) for name in DOOMED}}
"""
"""On a broker that takes long to start each example has a way of its own, which ends there."""

RELAYED = """
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from relays import relays

for name, relay in relays.items():
    variable = name.upper().replace("-", "_")
    os.environ[f"EVTBDD_BROKER_{variable}_URL"] = os.environ["BEHIND"].format(port=relay.port)
from evtbdd.environment import *


def after_feature(context, feature):
    for relay in relays.values():
        relay.stop()
"""
RELAY_STEPS = BROKER_STEPS.replace(
    "context.evtbdd._lent.channels.brokers._places[name].provisioned.give_back.pop()()",
    "__import__('relays').relays[name].stop()",
)


def _run(
    folder: Path,
    scenarios: Sequence[str],
    settings: str,
    steps: str = BROKER_STEPS,
    **environment: str,
) -> Outcome:
    project = Project(folder)
    if environment:
        project.write("environment.py", RELAYED)
    project.write("evtbdd.cfg", settings)
    project.write("steps/broker_steps.py", steps)
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    return project.behave(timeout=600, **environment)


def run_with_faults(folder: Path, url: str) -> Outcome:
    """Each example with its own fault; and the services that never get ready."""
    scenarios = [each.scenario() for each in (*EXAMPLES, *UNPROVEN, *NOT_STARTED)]
    settings = settings_of_shop(url).replace(
        "consumes = orders", "consumes = orders\nstart timeout = 3 seconds"
    )
    return _run(folder, scenarios, settings)


def run_without_readiness(folder: Path, url: str) -> Outcome:
    """Services that never get ready, by settings that name nothing else than being subscribed."""
    settings = settings_of_shop(url).replace(", else port ${port}", "")
    return _run(folder, [each.scenario() for each in NOT_STARTED], settings)


def run_on_dead_service(folder: Path, url: str) -> Outcome:
    """Each example with a service that dies at the first event."""
    scenarios = [each.scenario_on_dead_service() for each in ON_DEAD_SERVICE]
    return _run(folder, scenarios, settings_of_shop(url))


def run_on_dead_broker(
    folder: Path, url: str, examples: Sequence[RedExample] = ON_DEAD_BROKER
) -> Outcome:
    """Each example about channels of a broker that is gone, a broker for each.

    Of one that is there already each has a way of its own, which ends.
    """
    brokers = [f"doomed-{number}" for number in range(len(examples))]
    scenarios = [
        each.scenario_on_dead_broker(broker) for each, broker in zip(examples, brokers, strict=True)
    ]
    is_own = url.endswith("://")
    sections = [
        f"[evtbdd:broker:{broker}]\nurl = {url if is_own else 'memory://'}\n" for broker in brokers
    ]
    channels = [
        f"[evtbdd:channel:{channel}]\nfifo = yes\n"
        for channel in ("orders", "shipments", "rejected")
    ]
    # A broker that is gone refuses at once; one that is there may have to wait for its turn.
    settings = "[evtbdd]\nconnect timeout = 5 seconds\n" + "\n".join([*sections, *channels])
    if is_own:
        return _run(folder, scenarios, settings)
    before, port, behind = re.split(r":(\d+)(?=\?|$)", url, maxsplit=1)
    Project(folder).write("relays.py", RELAYS.format(port=port, names=brokers))
    environment = {"BEHIND": f"{before}:{{port}}{behind}", "PYTHONPATH": str(ROOT / "tests")}
    return _run(folder, scenarios, settings, RELAY_STEPS, **environment)


def verdict(outcome: Outcome, example: RedExample) -> Verdict:
    """The verdict of an example, with what differs from run to run made alike."""
    assert example.name in outcome.verdicts, outcome.output
    status, text = told(outcome, example.name)
    return Verdict(status, text if example.numbered else re.sub(r"#\d+", "#N", text))
