"""The list of all phrases."""

from __future__ import annotations

import json

import pytest

from evtbdd.phrases import step
from evtbdd.phrases.catalogue import ambiguities, as_json, registered, text


@pytest.fixture
def phrases(registry):
    @step('the channel "{name}" exists', section="Channels", keyword="Given")
    def channel(stage, *, name):
        """A channel of that name is there.

        More about it.
        """

    @step(
        'a[n] "{type}" event is published to "{channel}" [with routing key "{routing_key}"] [:]',
        section="Publishing",
        act=True,
        example='an "OrderPlaced" event is published to "orders"',
        names={"routing_key": "RK"},
    )
    def publish(stage, *, type, channel, routing_key, data):
        pass

    @step("{n:Number} partition[s]", section="Channels")
    def partitions(stage, *, n):
        pass

    @registry.make_decorator("step")("a step of somebody else")
    def other(context):
        pass

    return registered()


def test_the_text(phrases) -> None:
    """The catalogue is printed by section, with help and example."""
    assert text(phrases) == (
        "Channels\n"
        '  Given the channel "NAME" exists\n'
        "      A channel of that name is there.\n"
        "  Then N partition[s]\n"
        "\n"
        "Publishing\n"
        '  When a[n] "TYPE" event is published to "CHANNEL" [with routing key "RK"] [:]\n'
        '      When an "OrderPlaced" event is published to "orders"\n'
    )


def test_an_empty_catalogue_is_an_empty_text(registry) -> None:
    """No phrases, no text."""
    assert text(registered()) == ""


def test_the_json(phrases) -> None:
    """The catalogue as data holds the same."""
    assert json.loads(as_json(phrases))[2] == {
        "section": "Publishing",
        "keyword": "When",
        "phrase": 'a[n] "TYPE" event is published to "CHANNEL" [with routing key "RK"] [:]',
        "pattern": 'a[n] "{type}" event is published to "{channel}" '
        '[with routing key "{routing_key}"] [:]',
        "data": "optional",
        "values": ["type", "channel", "routing_key"],
        "example": 'an "OrderPlaced" event is published to "orders"',
        "help": "",
    }


def test_two_phrases_for_one_sentence(registry) -> None:
    """A sentence that two phrases fit is found, though behave takes both."""
    step("go [far]", section="S")(lambda stage: None)
    step("go {how=far|fast}", section="S")(lambda stage, *, how: None)
    expected = "go far\n    is both: {}\n    and:     {}"
    one, other = "Then go [far]", "Then go (far|fast)"
    assert ambiguities(registered()) == [expected.format(one, other), expected.format(other, one)]
