"""What Kafka takes and what it does not, and events that are not what was expected."""

from __future__ import annotations

import json
import re

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import told

FEATURE = f"""\
Feature: Kafka

  Scenario: a name with a space
    Given the channel "my orders" exists

  Scenario: a name that is too long
    Given the channel "{"x" * 300}" exists

  Scenario: a dot for a name
    Given the channel "." exists
    When an event is published to "."
    Then an event arrives on "."

  Scenario: a name in a placeholder
    Given "colour" is "orders"
    When an event is published to "${{colour}}"
    Then exactly 1 event arrives on "${{colour}}" during 50 ms

  Scenario: a name that is only known when it runs
    Given the channel "${{env.COLOUR}}-orders" exists with 2 partitions
    When 4 events are published to "blue-orders"
    Then exactly 4 events arrive on "blue-orders" during 50 ms
    And an event arrives on "${{env.COLOUR}}-orders" with:
      | field      | value |
      | @partition | 1     |

  Scenario Outline: a name of an outline
    Given the channel "<colour>-orders" exists
    When an event is published to "<colour>-orders"
    Then exactly 1 event arrives on "<colour>-orders" during 50 ms

    Examples:
      | colour |
      | red    |

  Scenario: as many partitions as were said
    Given the channel "orders" exists with 3 partitions
    When 6 events are published to "orders"
    Then exactly 6 events arrive on "orders" during 50 ms
    And an event arrives on "orders" with:
      | field      | value |
      | @partition | 2     |

  Scenario: other events among those expected
    When the text "not json" is published to "orders" with key "a"
    And a tombstone is published to "orders" with key "b"
    And this text is published to "orders" with key "c":
      \"\"\"
      null
      \"\"\"
    And this text is published to "orders" with key "d":
      \"\"\"
      [1, "two"]
      \"\"\"
    And the bytes from "bytes.bin" are published to "orders" with key "e"
    And an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then an "OrderPlaced" event arrives on "orders" with:
      | field   | value |
      | orderId | ORD-1 |
    And exactly 1 "OrderPlaced" event arrives on "orders" with key "ORD-1" during 50 ms
    And no "OrderPlaced" event arrives on "orders" with key "ORD-2" during 50 ms
    And the last "OrderPlaced" event on "orders" has:
      | field   | value |
      | orderId | ORD-1 |
    And a tombstone arrives on "orders" with key "b"
    And the text "not json" arrives on "orders" with key "a"
    And exactly 6 events arrive on "orders" during 50 ms

  Scenario: an event of 900 kB
    When the event from "large.json" is published to "orders"
    Then an event arrives on "orders" with:
      | field   | value                  |
      | orderId | ORD-1                  |
      | items   | ${{matching ^x{{900000}}$}} |

  Scenario: an event that is larger than Kafka takes
    When the event from "too_large.json" is published to "orders"
"""
EXPECTED = {
    "a name with a space": (
        "hook_error",
        'PhraseError: The channel "my orders" cannot be a topic of Kafka: its name there would be '
        '"TOPIC-my orders", and it holds a space, and Kafka takes only letters, digits, and . _ -.',
    ),
    "a name that is too long": (
        "hook_error",
        f'PhraseError: The channel "{"x" * 300}" cannot be a topic of Kafka: its name there would '
        f'be "TOPIC-{"x" * 300}", and it has N characters, and Kafka takes 249.',
    ),
    "an event that is larger than Kafka takes": (
        "error",
        'PublishRefused: Kafka at HOST:PORT could not publish to the topic "TOPIC-orders": the '
        "event is larger than the topic takes",
    ),
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All of the scenarios, in one run on an embedded Kafka."""
    project = Project(tmp_path_factory.mktemp("kafka"))
    project.write(
        "evtbdd.cfg", "[evtbdd:broker:main]\nurl = kafka+embedded://\n[evtbdd:channel:orders]\n"
    )
    project.write("large.json", json.dumps({"orderId": "ORD-1", "items": "x" * 900_000}))
    project.write("too_large.json", json.dumps({"items": "x" * 1_200_000}))
    (project.folder / "bytes.bin").write_bytes(b"\x00\xff\x01")
    project.write("features/kafka.feature", FEATURE)
    return project.behave(timeout=60, COLOUR="blue")


@pytest.mark.parametrize("name", EXPECTED)
def test_what_kafka_does_not_take_is_told(name: str, outcome: Outcome) -> None:
    """The error names the channel, and what Kafka would have taken."""
    status, text = told(outcome, name)
    text = re.sub(r"evtbdd-[0-9a-z]+-s\d+-(my orders)-[0-9a-z]{4}", r"TOPIC-\1", text)
    text = re.sub(r"it has \d+ characters", "it has N characters", text)
    said, _, _ = text.partition(" ([Error")
    assert (status, said) == EXPECTED[name]


@pytest.mark.parametrize(
    "name",
    [
        "a dot for a name",
        "a name in a placeholder",
        "a name that is only known when it runs",
        "a name of an outline -- @1.1 ",
        "as many partitions as were said",
        "other events among those expected",
        "an event of 900 kB",
    ],
)
def test_what_is_unusual_is_no_error(name: str, outcome: Outcome) -> None:
    """Odd names, odd payloads and large ones pass."""
    assert told(outcome, name) == ("passed", "")


def test_nothing_of_it_shows_a_traceback(outcome: Outcome) -> None:
    """Not even of what the driver refused."""
    assert (outcome.code, "Traceback" in outcome.output) == (1, False)
