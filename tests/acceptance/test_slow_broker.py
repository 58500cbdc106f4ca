"""A broker answers late, or not for a while: no verdict is false for that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Timer

import pytest
from acceptance.examples import EXAMPLES, ORDER
from acceptance.expected import expected_texts
from acceptance.orders import Orders
from acceptance.project import Outcome, Project, normal, settings_of_shop
from acceptance.relay import Relay
from acceptance.running import told
from brokers.node import Node, node

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.ports import Message

LONG = 20.0
DELAY = 0.3
"""Seconds that every answer is late."""
HELD = 2.0
"""Seconds for which there is no answer; the broker is waited for longer (connect timeout)."""
SOON = 0.2
NAMES = {"arrives typed, with a wrong status", "exactly, dropped", "none arrives, one does"}
RED = [each for each in EXAMPLES if each.name in NAMES]
LATE = f"""\
Feature: Every answer is late

  Scenario: green
    Given the service "shipping" is running
{ORDER}    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1" with:
      | field  | value   |
      | status | shipped |
    And no event arrives on "shipments" with key "ORD-2" during 300 ms

"""
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


class Slow:
    """A real Kafka, and the relay through which its clients reach it."""

    def __init__(self, relay: Relay, kafka: Node) -> None:
        self.relay = relay
        self._kafka = kafka

    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What a run may ask for."""
        return {
            "let go": lambda _: self.relay.let_go(),
            "silent": lambda _: self.relay.hold(),
            "silent for a while": lambda _: self._silent_for_a_while(),
            "store": self._store,
            "store later": lambda what: _later(SOON, self._silent_and_store, what),
        }

    def _silent_for_a_while(self) -> None:
        self.relay.hold()
        _later(HELD, self.relay.let_go)

    def _silent_and_store(self, what: str) -> None:
        self._silent_for_a_while()
        self._store(what)

    def _store(self, what: str) -> None:
        """Return when it is stored; past the relay."""
        channel, _, text = what.partition(" ")
        broker = KafkaBroker(self._kafka.direct)
        try:
            broker.publish(channel, [Message(text.encode())], Deadline.after(LONG))
        finally:
            broker.close()


def _later(seconds: float, act: Callable[..., None], *arguments: str) -> None:
    timer = Timer(seconds, act, arguments)
    timer.daemon = True
    timer.start()


@pytest.fixture(scope="module")
def slow() -> Iterator[Slow]:
    """In front of it nothing is slow yet."""
    with Relay() as relay:
        found = node(advertised=relay.port)
        try:
            kafka = found.__enter__()
        except BrokerUnavailable as error:
            pytest.skip(str(error))
        relay.target = int(kafka.address.rpartition(":")[2])
        yield Slow(relay, kafka)
        found.__exit__(None, None, None)


def test_a_late_answer_changes_no_verdict(slow: Slow, tmp_path: Path) -> None:
    """Neither green nor red, nor the text of what is red."""
    slow.relay.delay = DELAY
    project = Project(tmp_path)
    project.write("evtbdd.cfg", settings_of_shop(f"kafka://{slow.relay.address}"))
    project.write("features/late.feature", LATE + "\n".join(each.scenario() for each in RED))
    outcome = project.behave()
    slow.relay.delay = 0.0
    found = {name: (each.status, normal(each.text)) for name, each in outcome.verdicts.items()}
    wanted = {each.name: ("failed", expected_texts("failed")[each.name]) for each in RED}
    assert found == {"green": ("passed", ""), **wanted}, outcome.output


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
    slow.relay.let_go()
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_silence_makes_no_verdict_false(name: str, outcome: Outcome) -> None:
    """What was stored is read before anything is said of it; where it cannot be, that is an error."""
    status, text = told(outcome, name)
    assert status.removeprefix("hook_") == EXPECTED[name], outcome.output
    if EXPECTED[name] == "error":
        assert text.startswith("BrokerUnavailable: Kafka ")
