"""A feature, or a scenario, can be for some brokers alone: on others it is skipped, with the reason."""

from __future__ import annotations

import pytest
from acceptance.project import Project
from acceptance.running import hook_errors

FEATURE = """\
Feature: Words that not every broker knows

  Scenario: for all
    Given the channel "orders" exists

  @use.with_broker=kafka @use.with_broker=memory
  Scenario: for two
    Given the channel "orders" exists

  @use.with_broker=rabbitmq
  Scenario: for one
    When an event is published to "orders" with routing key "eu"

  @not.with_broker=memory
  Scenario Outline: for all but this one
    When an event is published to "<channel>" with routing key "eu"

    Examples:
      | channel |
      | orders  |

  @use.with_browser=chrome
  Scenario: somebody else's tag
    Given the channel "orders" exists
"""
FOR_SQS = """\
@use.with_broker=sqs
Feature: Queues

  Scenario: of SQS
    When an event is published to "orders" with routing key "eu"
"""
SETTINGS = "[evtbdd:broker:main]\nurl = memory://\n[evtbdd:channel:orders]\n"


def test_what_is_for_other_brokers_is_skipped_and_the_reason_is_told(project: Project) -> None:
    """By the kind of the only broker; tags of other categories are not ours."""
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/words.feature", FEATURE)
    project.write("features/queues.feature", FOR_SQS)
    outcome = project.behave("--logging-level=WARNING")
    assert outcome.code == 0, outcome.output
    assert "1 feature passed, 0 failed, 1 skipped" in outcome.output
    assert "3 scenarios passed, 0 failed, 3 skipped" in outcome.output
    assert outcome.output.count("SKIP ") == 3
    for reason in (
        "SKIP feature Queues: it is tagged @use.with_broker=sqs, and broker is memory",
        "SKIP scenario for one: it is tagged @use.with_broker=rabbitmq, and broker is memory",
        "it is tagged @not.with_broker=memory, and broker is memory",
    ):
        assert reason in outcome.output


def test_a_tag_can_name_one_of_several_brokers(project: Project) -> None:
    """Each is of its own kind; without a name it is the one called main."""
    project.write(
        "evtbdd.cfg",
        f"{SETTINGS}broker = main\n[evtbdd:broker:audit]\nurl = kafka://127.0.0.1:1\n",
    )
    feature = (
        "Feature: Two\n\n"
        "  @use.with_broker.audit=kafka @use.with_broker=memory\n  Scenario: here\n"
        '    Given the channel "orders" exists\n\n'
        "  @use.with_broker.audit=rabbitmq\n  Scenario: there\n"
        '    Given the channel "orders" exists\n'
    )
    project.write("features/two.feature", feature)
    outcome = project.behave("--logging-level=WARNING")
    assert outcome.code == 0, outcome.output
    assert "1 scenario passed, 0 failed, 1 skipped" in outcome.output
    assert (
        "it is tagged @use.with_broker.audit=rabbitmq, and broker.audit is kafka" in outcome.output
    )


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        (
            "use.with_broker=kafak",
            'there is no kind of broker "kafak". Did you mean "kafka"?',
        ),
        (
            "not.with_broker.mian=kafka",
            'no broker is called "mian". Did you mean "main"?',
        ),
    ],
)
def test_a_tag_that_means_no_broker_is_an_error(project: Project, tag: str, said: str) -> None:
    """Else a slip of the pen would keep a scenario from ever being run."""
    project.write("evtbdd.cfg", SETTINGS)
    feature = f'@{tag}\nFeature: Slips\n\n  Scenario: a\n    Given the channel "orders" exists\n'
    project.write("features/slips.feature", feature)
    outcome = project.behave()
    assert outcome.code == 1
    assert hook_errors(outcome) == {"a": f"PhraseError: features/slips.feature:2: @{tag}: {said}"}
