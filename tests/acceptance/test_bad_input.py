"""Steps and tables that cannot be meant: an error each, in a sentence that helps."""

from __future__ import annotations

import pytest
from acceptance.project import Outcome, Project
from acceptance.running import told, without

FEATURE = '''\
Feature: Bad input

  Scenario: an undeclared channel is published to
    When an event is published to "ordrs"

  Scenario: an undeclared channel is looked at
    Then an event arrives on "ordrs"

  Scenario: a misspelt placeholder in a table
    When an event is published to "orders":
      | field   | value   |
      | orderId | ${uiud} |

  Scenario: a misspelt placeholder in a step
    Given "order" is "ORD-1"
    When an event is published to "orders" with key "${ordr}"

  Scenario: a misspelt placeholder in a text
    Given "order" is "ORD-1"
    When this text is published to "orders":
      """
      ${ordr}
      """

  Scenario: a misspelt placeholder in a file
    When the event from "data/placeholder.json" is published to "orders"

  Scenario: a misspelt type
    When an "OrderPlaced" event is published to "orders"
    Then no "OrderPlacd" event arrives on "orders" during 50 ms

  Scenario: a docstring that is no JSON
    When an event is published to "orders":
      """
      {"orderId": "ORD-1",
       "total": 20,,}
      """

  Scenario: a docstring that is no JSON, with other quotes
    When an event is published to "orders":
        \'\'\'
        {"orderId": ORD-1}
        \'\'\'

  Scenario: a file that is no JSON
    When the event from "data/broken.json" is published to "orders"

  Scenario: a file that is no text
    When the event from "data/binary.json" is published to "orders"

  Scenario: a file that is not there
    When the event from "data/nothing.json" is published to "orders"

  Scenario: a misspelt heading
    When an event is published to "orders":
      | feild   | value |
      | orderId | ORD-1 |

  Scenario: two events for a step about one
    When an event is published to "orders":
      | @key | orderId | total |
      | 1    | ORD-1   | 20    |
      | 2    | ORD-2   | 20    |

  Scenario: no time at all
    Then an event arrives on "orders" within 0 seconds

  Scenario: an act under Then
    Then an event is published to "orders"

  Scenario: an act under And after Then
    When an event is published to "orders"
    Then an event arrives on "orders"
    And an event is published to "orders"

  Scenario: an act under But after Then
    Then no event arrives on "orders" during 10 ms
    But an event is published to "orders"

  Scenario: a colon without data
    When an event is published to "orders":

  Scenario: a table without a colon
    When an event is published to "orders"
      | field   | value |
      | orderId | ORD-1 |

  Scenario: a text without a colon
    When an event is published to "orders"
      """
      {}
      """

  Scenario: a table where none is taken
    When the text "x" is published to "orders"
      | field   | value |
      | orderId | ORD-1 |

  Scenario: a misspelt service
    Given the service "shiping" is running

  Scenario: a misspelt column of channels
    Given these channels exist:
      | channel | partitons |
      | returns | 3         |

  Scenario: a wrong number of partitions
    Given these channels exist:
      | channel | partitions |
      | returns | many       |

  Scenario: a table of channels without channels
    Given these channels exist:
      | name    | partitions |
      | returns | 3          |

  Scenario: a misspelt broker
    Given the channel "returns" exists on the broker "mian"

  Scenario: a channel declared in two ways
    Given the channel "returns" exists with 2 partitions
    And the channel "returns" exists with 3 partitions

  Scenario: a channel that is and is not there
    Given the channel "orders" does not exist
    When an event is published to "orders"

  Scenario: nothing to publish again
    When the same event is published again

  Scenario: a tombstone that is read by its fields
    When a tombstone is published to "orders" with key "ORD-1"
    Then no event arrives on "orders" during 50 ms with:
      | field   | value |
      | orderId | ORD-1 |

  Scenario: a key that is bytes where a name must be
    When an event is published to "${base64 AQ==}"
'''

ORDRS = (
    'UnknownName: No channel is called "ordrs". Did you mean "orders"? A channel is declared by a '
    "section [evtbdd:channel:ordrs] of the settings, or by the step "
    'Given the channel "ordrs" exists.'
)
ACTS = (
    "PhraseError: This step acts, and Then only looks: write When before it (And and But go on "
    "with the keyword before them)."
)
EXPECTED = {
    "an undeclared channel is published to": ORDRS,
    "an undeclared channel is looked at": ORDRS,
    "a misspelt placeholder in a table": (
        "UnknownName: features/bad.feature:12: ${uiud} is not known. "
        'Did you mean "uuid" or "run.id"?'
    ),
    "a misspelt placeholder in a step": (
        'UnknownName: ${ordr} is not known. Did you mean "order"?'
    ),
    "a misspelt placeholder in a text": (
        'UnknownName: features/bad.feature:21: ${ordr} is not known. Did you mean "order"?'
    ),
    "a misspelt placeholder in a file": (
        "UnknownName: FOLDER/data/placeholder.json: ${uiud} is not known. "
        'Did you mean "uuid" or "run.id"?'
    ),
    "a misspelt type": (
        'Unproven: Nothing has contradicted this: on "orders" no "OrderPlacd" event. But no event '
        'of the type "OrderPlacd" was ever seen, so it may be misspelt. Did you mean '
        '"OrderPlaced"? If it is right, declare it: types = OrderPlacd in [evtbdd:channel:orders].'
    ),
    "a docstring that is no JSON": (
        "PhraseError: features/bad.feature:36:20: this is no JSON: expected a name in double "
        "quotes."
    ),
    "a docstring that is no JSON, with other quotes": (
        "PhraseError: features/bad.feature:42:21: this is no JSON: expected a value."
    ),
    "a file that is no JSON": (
        "PhraseError: FOLDER/data/broken.json:2:7: this is no JSON: expected a value."
    ),
    "a file that is no text": (
        "PhraseError: FOLDER/data/binary.json: this is no text in UTF-8: invalid start byte."
    ),
    "a file that is not there": (
        'PhraseError: There is no file "data/nothing.json": looked for '
        "FOLDER/features/data/nothing.json or FOLDER/data/nothing.json."
    ),
    "a misspelt heading": (
        "PhraseError: features/bad.feature:56: the table is headed feild | value; a table for one "
        "event is headed field | value."
    ),
    "two events for a step about one": (
        "PhraseError: features/bad.feature:61: the step speaks of one event, and the table "
        "describes 2 events. A table for one event is headed field | value, with a row for each "
        "field."
    ),
    "no time at all": "PhraseError: within 0 seconds: a time must be more than zero",
    "an act under Then": ACTS,
    "an act under And after Then": ACTS,
    "an act under But after Then": ACTS,
    "a colon without data": (
        'PhraseError: features/bad.feature:81: an event is published to "orders":\n'
        "  The step ends in a colon, and nothing stands below it: add the table or the text, or "
        "write the step without data."
    ),
    "a table without a colon": (
        'PhraseError: features/bad.feature:84: an event is published to "orders"\n'
        "  There is a table below this step, and no colon at its end: write a colon at its end, or "
        "remove the table."
    ),
    "a text without a colon": (
        'PhraseError: features/bad.feature:89: an event is published to "orders"\n'
        "  There is a text below this step, and no colon at its end: write a colon at its end, or "
        "remove the text."
    ),
    "a table where none is taken": (
        'PhraseError: features/bad.feature:95: the text "x" is published to "orders"\n'
        "  There is a table below this step, which takes no data: remove the table."
    ),
    "a misspelt service": (
        'UnknownName: No service is called "shiping". Did you mean "shipping"? A service is '
        "declared by a section [evtbdd:service:shiping] of the settings."
    ),
    "a misspelt column of channels": (
        'PhraseError: features/bad.feature:105: No channel has a "partitons". Did you mean '
        '"partitions"?'
    ),
    "a wrong number of partitions": (
        'PhraseError: features/bad.feature:110: The channel "returns" cannot have partitions = '
        'many: "many" is not a whole number.'
    ),
    "a table of channels without channels": (
        "PhraseError: features/bad.feature:114: the step needs a table with a column channel, and "
        "the keys of its settings as further columns."
    ),
    "a misspelt broker": (
        'UnknownName: Of the channel "returns": No broker is called "mian". Did you mean "main"?'
    ),
    "a channel declared in two ways": (
        'PhraseError: The channel "returns" is there already, and not with partitions = 2. A '
        "channel is created once, as it was declared then; this one lives for the scenario."
    ),
    "a channel that is and is not there": (
        'PhraseError: The channel "orders" is not there: a step of this scenario says that it '
        "does not exist."
    ),
    "nothing to publish again": (
        'PhraseError: No step of this scenario has published an event, so there is no "same event".'
    ),
    "a key that is bytes where a name must be": (
        'PhraseError: "${base64 AQ==}" stands for bytes, and only a key can be bytes: the channel '
        "must be text"
    ),
}
BY_HOOK = {"a misspelt broker"}
SETTINGS = """\
[evtbdd:channel:orders]
[evtbdd:service:shipping]
command = sleep 60
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All of the scenarios, in one run."""
    project = Project(tmp_path_factory.mktemp("bad"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("data/broken.json", '{"orderId": 1,\n "b": }')
    project.write("data/placeholder.json", '{"orderId": "${uiud}"}')
    (project.folder / "data" / "binary.json").write_bytes(b"\xff\xfe")
    project.write("features/bad.feature", FEATURE)
    return without(project.folder, project.behave(timeout=60))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_cannot_be_meant_is_an_error_with_a_sentence(name: str, outcome: Outcome) -> None:
    """The verdict is an error, and its text is the expected one."""
    expected = "hook_error" if name in BY_HOOK else "error"
    assert told(outcome, name) == (expected, EXPECTED[name])


def test_a_tombstone_has_no_fields_and_is_not_in_doubt(outcome: Outcome) -> None:
    """An event without a payload is not one that has a field, and that can be said of it."""
    assert told(outcome, "a tombstone that is read by its fields") == ("passed", "")


def test_bad_input_makes_the_run_red_and_shows_no_traceback(outcome: Outcome) -> None:
    """The exit code is 1, and nothing that is printed is Python's."""
    assert outcome.code == 1
    assert "Traceback" not in outcome.output


def test_every_scenario_was_looked_at(outcome: Outcome) -> None:
    """No scenario of the feature is left out of the comparison."""
    passed = {"a tombstone that is read by its fields"}
    assert set(outcome.verdicts) == EXPECTED.keys() | passed


OUTLINE = '''\
Feature: Outline

  Scenario Outline: an order of <total>
    When an event is published to "orders":
      """
      {"orderId": "ORD-1",
       "total": <total>}
      """

    Examples:
      | total |
      | 20    |
      | lots  |
'''


@pytest.fixture(scope="module")
def outline(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A docstring that is filled in from a table, with a value that is no JSON."""
    project = Project(tmp_path_factory.mktemp("outline"))
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/outline.feature", OUTLINE)
    return project.behave(timeout=60)


def test_a_filled_in_docstring_that_is_no_json_is_told_by_its_line(outline: Outcome) -> None:
    """The line is that of the feature file, where the placeholder of the outline stands."""
    verdict = outline.verdicts["an order of lots -- @1.2 "]
    assert verdict.status == "error"
    assert verdict.text.startswith("PhraseError: features/outline.feature:7:")
    assert verdict.text.endswith(": this is no JSON: expected a value.")
    assert "Traceback" not in outline.output


def test_a_filled_in_docstring_that_is_no_json_is_told_by_its_column(outline: Outcome) -> None:
    """The column is that where the placeholder of the outline stands."""
    assert outline.verdicts["an order of lots -- @1.2 "].text == (
        "PhraseError: features/outline.feature:7:17: this is no JSON: expected a value."
    )


def test_a_misspelt_step_is_explained_at_the_end(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The nearest phrase is told, instead of the Python that behave proposes."""
    project = Project(tmp_path_factory.mktemp("undefined"))
    project.write(
        "features/misspelt.feature",
        'Feature: Misspelt\n\n  Scenario: a\n    Given the channl "orders" exists\n',
    )
    outcome = project.behave(timeout=60)
    assert outcome.code == 1
    assert "Traceback" not in outcome.output
    assert "@given" not in outcome.output
    _, _, end = outcome.output.partition("\n\n\n")
    assert end.partition("\n\nErrored scenarios:")[0] == (
        "features/misspelt.feature:4:\n"
        'No phrase fits:  Given the channl "orders" exists\n'
        'nearest:         Given the channel "CHANNEL" exists [on the broker "BROKER"]\n'
        "they part at:    channl (the phrase has: channel)\n"
        'so perhaps:      Given the channel "orders" exists'
    )
