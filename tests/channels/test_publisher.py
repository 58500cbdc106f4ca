"""What the publishing phrases put on a channel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from channels.conftest import events

from evtbdd.channels.declaration import Declaration
from evtbdd.channels.message import Draft
from evtbdd.channels.publisher import Publisher
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.errors import PhraseError, PublishRefused, UnknownName, UnsupportedCapability
from evtbdd.events import TOMBSTONE
from evtbdd.journal import Journal, Published
from evtbdd.phrases import Data, Row, Table
from evtbdd.values.store import Values

NOTHING = Data(None, None, ("a.feature", 7), None)


def text(said: str) -> Data:
    return Data(None, said, ("a.feature", 7), "")


def table(*rows: tuple[str, ...]) -> Data:
    heading, *below = rows
    return Data(
        Table(heading, tuple(Row(row, line) for line, row in enumerate(below, 8))),
        None,
        ("a.feature", 7),
        "",
    )


@pytest.fixture
def publisher(
    scenario: ScenarioChannels, journal: Journal, values: Values, tmp_path: Path
) -> Publisher:
    """It has two folders to look for files in."""
    for name, codec in (("texts", "text"), ("raw", "bytes")):
        scenario.declare(Declaration(name, codec=codec))
    scenario.begin()
    (tmp_path / "features").mkdir()
    return Publisher(scenario, journal, values, [tmp_path / "features", tmp_path])


def published(journal: Journal) -> list[Published]:
    return [noted.entry for noted in journal.since() if isinstance(noted.entry, Published)]


def test_a_table_of_fields_is_one_event(publisher: Publisher, journal: Journal) -> None:
    """Its type goes into the header, its key and headers where they belong."""
    data = table(
        ("field", "value"),
        ("orderId", "ORD-1"),
        ("items[0].sku", "tea"),
        ("total", "20"),
        ("@key", "ORD-1"),
        ("@header.trace", "abc"),
    )
    publisher.event("orders", Draft("OrderPlaced"), data)
    (event,) = events(journal)
    assert event.payload == {"orderId": "ORD-1", "items": [{"sku": "tea"}], "total": 20}
    assert (event.type, event.key) == ("OrderPlaced", "ORD-1")
    assert (event.header("type"), event.header("trace")) == ("OrderPlaced", "abc")


def test_rows_are_events_of_their_own(publisher: Publisher, journal: Journal) -> None:
    """The counter tells them apart, and each is made afresh."""
    data = table(
        ("@key", "id", "uuid"), ("a", "${counter}", "${uuid}"), ("b", "${counter}", "${uuid}")
    )
    publisher.events("orders", Draft("OrderPlaced"), data)
    first, second = events(journal)
    assert [(e.key, e.payload["id"]) for e in (first, second)] == [("a", 1), ("b", 2)]  # type: ignore[index]
    assert first.payload["uuid"] != second.payload["uuid"]  # type: ignore[index]


def test_a_mistake_in_a_later_row_publishes_nothing(publisher: Publisher, journal: Journal) -> None:
    """The line of the row is told."""
    with pytest.raises(UnknownName) as raised:
        publisher.events("orders", Draft(), table(("id",), ("1",), ("${oops}",)))
    assert str(raised.value).startswith("a.feature:9: ${oops} is not known.")
    assert events(journal) == []


@pytest.mark.parametrize(
    ("channel", "said", "payload"),
    [
        ("orders", '{"a": "${env.COLOUR}"}', {"a": "blue"}),
        ("orders", "null", None),
        ("texts", "a ${env.COLOUR} day", "a blue day"),
        ("raw", "a ${env.COLOUR} day", b"a blue day"),
        ("raw", "${base64 AQID}", b"\x01\x02\x03"),
    ],
)
def test_a_docstring_is_a_payload_for_the_codec_of_its_channel(
    channel: str, said: str, payload: object, publisher: Publisher, journal: Journal
) -> None:
    """JSON, text or bytes, its placeholders replaced."""
    publisher.event(channel, Draft(), text(said))
    assert [event.payload for event in events(journal)] == [payload]


@pytest.mark.parametrize(("channel", "payload"), [("orders", {}), ("texts", ""), ("raw", b"")])
def test_an_event_of_which_nothing_is_said_is_empty(
    channel: str, payload: object, publisher: Publisher, journal: Journal
) -> None:
    """As its codec writes nothing."""
    publisher.event(channel, Draft(), NOTHING)
    assert [event.payload for event in events(journal)] == [payload]


def test_raw_texts_and_files_are_published_as_they_are(
    publisher: Publisher, journal: Journal, tmp_path: Path
) -> None:
    """Whatever the codec of the channel."""
    (tmp_path / "x.bin").write_bytes(b"\x00\xff")
    publisher.raw("orders", Draft(raw=b"not json"))
    publisher.text("orders", Draft(), text("nor ${env.COLOUR}"))
    publisher.bytes_of("orders", "x.bin", Draft())
    assert [event.record.value for event in events(journal)] == [
        b"not json",
        b"nor blue",
        b"\x00\xff",
    ]


def test_a_tombstone_has_no_payload(publisher: Publisher, journal: Journal) -> None:
    """It needs a key: without it the broker refuses."""
    publisher.raw("orders", Draft(key="ORD-1", tombstone=True))
    assert [(event.key, event.payload) for event in events(journal)] == [("ORD-1", TOMBSTONE)]
    with pytest.raises(PublishRefused):
        publisher.raw("orders", Draft(tombstone=True))


def test_many_are_counted(publisher: Publisher, journal: Journal) -> None:
    """Each with a number of its own."""
    publisher.many("orders", 3, Draft("A"), table(("field", "value"), ("id", "${counter}")), None)
    assert [event.payload for event in events(journal)] == [{"id": 1}, {"id": 2}, {"id": 3}]


def test_the_same_event_again_is_the_same_to_the_byte(
    publisher: Publisher, journal: Journal
) -> None:
    """The last one that was published, a fresh id included; history is not meant."""
    data = table(("field", "value"), ("id", "${uuid}"))
    publisher.event("orders", Draft("A", "k"), data)
    publisher.history("shipments", table(("id",), ("1",)))
    publisher.again(2)
    first, *copies = [event.record for event in events(journal) if event.channel == "orders"]
    assert [(c.value, c.key, c.headers) for c in copies] == [
        (first.value, first.key, first.headers)
    ] * 2


def test_there_is_no_same_event_before_the_first(publisher: Publisher) -> None:
    """History is none that a step has published."""
    with pytest.raises(PhraseError) as raised:
        publisher.again(1)
    assert str(raised.value) == (
        'No step of this scenario has published an event, so there is no "same event".'
    )


def test_what_is_published_stands_in_the_journal(publisher: Publisher, journal: Journal) -> None:
    """With its position, type and key; what a channel already holds is history."""
    publisher.history("orders", table(("@type", "@key"), ("Old", "o")))
    publisher.event("orders", Draft("New", "n"), NOTHING)
    old, new = published(journal)
    assert (old.channel, old.position.number, old.type, old.key, old.history) == (
        "orders",
        0,
        "Old",
        "o",
        True,
    )
    assert (new.position.number, new.type, new.key, new.history) == (1, "New", "n", False)


def test_services_begin_behind_what_a_channel_already_holds(
    publisher: Publisher, scenario: ScenarioChannels
) -> None:
    """The recorded positions move on with history, not with other events."""
    publisher.history("orders", table(("id",), ("1",), ("2",)))
    publisher.event("orders", Draft(), NOTHING)
    assert scenario.get("orders").recorded == {"0": 2}


WHOLE = '{"payload": {"id": 1}, "key": "k", "type": "A", "headers": {"trace": "t"}}'


def test_a_file_holds_an_event_or_its_payload(
    publisher: Publisher, journal: Journal, tmp_path: Path
) -> None:
    """Whole where it has a payload and nothing else than key, headers and type."""
    (tmp_path / "whole.json").write_text(WHOLE)
    (tmp_path / "payload.json").write_text('{"payload": 1, "other": 2}')
    publisher.file("orders", "whole.json", Draft())
    publisher.file("orders", "payload.json", Draft("B", "x"))
    whole, payload = events(journal)
    assert (whole.payload, whole.key, whole.type, whole.header("trace")) == (
        {"id": 1},
        "k",
        "A",
        "t",
    )
    assert (payload.payload, payload.key, payload.type) == ({"payload": 1, "other": 2}, "x", "B")


def test_a_file_beside_the_feature_wins_over_one_of_the_project(
    publisher: Publisher, journal: Journal, tmp_path: Path
) -> None:
    """What a step says wins over what is in it."""
    (tmp_path / "e.json").write_text('{"of": "project"}')
    (tmp_path / "features" / "e.json").write_text(WHOLE)
    publisher.file("orders", "e.json", Draft("B", "x"))
    (event,) = events(journal)
    assert (event.payload, event.key, event.type) == ({"id": 1}, "x", "B")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ('{\n "a": }', ":2:7: this is no JSON: expected a value."),
        ('{"a": "${oops}"}', ": ${oops} is not known."),
        ('{"payload": 1, "headers": {"a": 1}}', ": headers must be an object of texts."),
        ('{"payload": 1, "headers": []}', ": headers must be an object of texts."),
        ('{"payload": 1, "key": 1}', ": key and type must be texts."),
    ],
)
def test_a_file_that_cannot_be_meant_is_told_with_its_place(
    content: str, wrong: str, publisher: Publisher, tmp_path: Path
) -> None:
    """Line and column where it is no JSON."""
    path = tmp_path / "wrong.json"
    path.write_text(content)
    with pytest.raises((PhraseError, UnknownName)) as raised:
        publisher.file("orders", "wrong.json", Draft())
    assert str(raised.value).startswith(f"{path}{wrong}")


@pytest.mark.parametrize(
    ("field", "draft", "wrong"),
    [
        ("@type", Draft("A"), 'a.feature:8: @type is "x" here, and "A" in the step.'),
        ("@key", Draft(key="k"), 'a.feature:8: @key is "x" here, and "k" in the step.'),
        (
            "@offset",
            Draft(),
            "a.feature:8: @offset cannot be published; what can be given are @key, @type, "
            "@routing_key and @header.NAME.",
        ),
    ],
)
def test_a_table_that_contradicts_its_step_is_an_error(
    field: str, draft: Draft, wrong: str, publisher: Publisher
) -> None:
    """The line of the row is told."""
    with pytest.raises(PhraseError) as raised:
        publisher.event("orders", draft, table(("field", "value"), (field, "x")))
    assert str(raised.value) == wrong


def test_what_the_broker_has_not_is_an_error(publisher: Publisher) -> None:
    """Memory has no routing keys."""
    with pytest.raises(UnsupportedCapability):
        publisher.event("orders", Draft(routing_key="a.b"), NOTHING)


def test_what_the_codec_cannot_write_is_an_error(
    publisher: Publisher, scenario: ScenarioChannels
) -> None:
    """It names the channel, and says what its codec takes."""
    with pytest.raises(PhraseError) as raised:
        publisher.event("texts", Draft(), table(("field", "value"), ("a", "1")))
    assert str(raised.value) == (
        'This cannot be published to "texts": A channel whose codec is text takes text, and not '
        'an object; write the text in quotes, or set "codec = json" for the channel.'
    )


Saying = Callable[[Publisher], None]


@pytest.mark.parametrize(
    "saying",
    [
        lambda publisher: publisher.event("ordrs", Draft(), NOTHING),
        lambda publisher: publisher.events("ordrs", Draft(), NOTHING),
        lambda publisher: publisher.many("ordrs", 2, Draft(), NOTHING, None),
        lambda publisher: publisher.raw("ordrs", Draft(raw=b"")),
        lambda publisher: publisher.text("ordrs", Draft(), text("")),
        lambda publisher: publisher.history("ordrs", NOTHING),
    ],
)
def test_every_way_to_publish_refuses_an_unknown_channel(
    saying: Saying, publisher: Publisher
) -> None:
    """None of them creates it."""
    with pytest.raises(UnknownName, match=r"Did you mean \"orders\"\?"):
        saying(publisher)


def test_what_was_published_is_noted_as_the_channel_reads_it(
    publisher: Publisher, journal: Journal
) -> None:
    """It is the event that is seen there, before anybody has seen it."""
    data = table(("field", "value"), ("orderId", "ORD-1"), ("@key", "ORD-1"))
    publisher.event("orders", Draft("OrderPlaced"), data)
    publisher.raw("orders", Draft(key="ORD-1", tombstone=True))
    for noted, seen in zip(published(journal), events(journal), strict=True):
        assert noted.event is not None
        assert (noted.event.payload, noted.event.key, noted.event.type) == (
            seen.payload,
            seen.key,
            seen.type,
        )
        assert noted.event.record.position == seen.record.position
