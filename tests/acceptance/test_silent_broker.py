"""A broker does not answer for a while: no verdict is false for that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from acceptance.orders import Orders
from acceptance.project import Outcome, Project
from acceptance.running import told
from acceptance.slow import Slow

HOOKS = """\
import os

from acceptance.orders import order

from evtbdd.environment import *


def before_feature(context, feature):
    order(os.environ["FOLDER"], "let go")
"""
STEPS = """\
import os

from acceptance.orders import order
from behave import when

FOLDER = os.environ["FOLDER"]


@when("the broker is silent for two seconds")
def silent_for_two_seconds(context):
    order(FOLDER, "silent for a while")


@when("the broker falls silent")
def silent(context):
    order(FOLDER, "silent")


@when('the text "{text}" is stored on "{channel}" by somebody else')
def store(context, text, channel):
    order(FOLDER, "store", f"{context.evtbdd.channels.physical(channel)} {text}")


@when('soon the broker is silent for two seconds, and the text "{text}" is stored on "{channel}"')
def store_later(context, text, channel):
    order(FOLDER, "store later", f"{context.evtbdd.channels.physical(channel)} {text}")
"""
SETTINGS = """\
[evtbdd:broker:main]
url = kafka://{}
[evtbdd:channel:news]
codec = text
"""
FEATURES = """\
Feature: Silent for a while

  Scenario: what was stored in time is found
    Given the channel "news" exists
    When the broker is silent for two seconds
    And the text "extra" is stored on "news" by somebody else
    Then the text "extra" arrives on "news" within 300 ms

  Scenario: what was stored contradicts that nothing comes
    Given the channel "news" exists
    When the broker is silent for two seconds
    And the text "extra" is stored on "news" by somebody else
    Then no event arrives on "news" during 300 ms

  Scenario: what was stored contradicts the number
    Given the channel "news" exists
    When the broker is silent for two seconds
    And the text "one" is stored on "news" by somebody else
    And the text "two" is stored on "news" by somebody else
    Then exactly 1 event arrives on "news" during 300 ms

  Scenario: nothing comes
    Given the channel "news" exists
    When the broker is silent for two seconds
    Then no event arrives on "news" during 300 ms

  Scenario: what is stored in the middle of the wait is found
    Given the channel "news" exists
    When soon the broker is silent for two seconds, and the text "extra" is stored on "news"
    Then the text "extra" arrives on "news" within 10 seconds

  Scenario: what is stored in the middle of the watch contradicts
    Given the channel "news" exists
    When soon the broker is silent for two seconds, and the text "extra" is stored on "news"
    Then no event arrives on "news" during 1 second
===
Feature: Silent when something is waited for

  Scenario: an event is waited for in silence
    Given the channel "news" exists
    When the broker falls silent
    Then an event arrives on "news" within 300 ms

  Scenario: begun in silence
    Given the channel "news" exists
    Then no event arrives on "news" during 300 ms
===
Feature: Silent when something must not come

  Scenario: nothing must come in silence
    Given the channel "news" exists
    When the broker falls silent
    Then no event arrives on "news" during 300 ms
===
Feature: Silent when something is published

  Scenario: published into silence
    Given the channel "news" exists
    When the broker falls silent
    And the text "extra" is published to "news"
===
Feature: It answers again

  Scenario: at last
    When the text "extra" is published to "news"
    Then the text "extra" arrives on "news"
    And exactly 1 event arrives on "news" during 300 ms
"""
EXPECTED = {
    "what was stored in time is found": "passed",
    "what was stored contradicts that nothing comes": "failed",
    "what was stored contradicts the number": "failed",
    "nothing comes": "passed",
    "what is stored in the middle of the wait is found": "passed",
    "what is stored in the middle of the watch contradicts": "failed",
    "an event is waited for in silence": "error",
    "begun in silence": "error",
    "nothing must come in silence": "error",
    "published into silence": "error",
    "at last": "passed",
}


@pytest.fixture(scope="module")
def outcome(slow: Slow, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run with a broker that is silent at times."""
    folder = tmp_path_factory.mktemp("silent")
    project = Project(folder)
    project.write("evtbdd.cfg", SETTINGS.format(slow.relay.address))
    project.write("environment.py", HOOKS)
    project.write("steps/silence_steps.py", STEPS)
    for number, feature in enumerate(FEATURES.split("===\n")):
        project.write(f"features/{number}.feature", feature)
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[1])]
    with Orders(folder, slow.acts()):
        found = project.behave(
            FOLDER=str(folder), PYTHONPATH=os.pathsep.join(path for path in paths if path)
        )
    slow.let_go()
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_silence_makes_no_verdict_false(name: str, outcome: Outcome) -> None:
    """What was stored is read before anything is said of it; where it cannot be, that is an error."""
    status, text = told(outcome, name)
    assert status.removeprefix("hook_") == EXPECTED[name], outcome.output
    if EXPECTED[name] == "error":
        assert text.startswith("BrokerUnavailable: Kafka ")
