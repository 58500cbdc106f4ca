"""What the settings, or a step, say of a channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.brokers.memory import adapter as memory
from evtbdd.brokers.sqs import adapter as sqs
from evtbdd.channels.declaration import Declaration
from evtbdd.errors import PhraseError, SettingsError, UnsupportedCapability
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.values.addresses import Address


def of_settings(text: str, folder: Path) -> Declaration:
    (folder / "evtbdd.cfg").write_text(f"[evtbdd:channel:orders]\n{text}", encoding="utf-8")
    settings = Settings.load(folder, sections=SECTIONS, userdata={}, environ={})
    return Declaration.of_settings(settings, "orders")


def test_a_name_is_enough(tmp_path: Path) -> None:
    """It is JSON, in one partition, on the only broker."""
    assert of_settings("", tmp_path) == Declaration("orders")


def test_settings_are_read(tmp_path: Path) -> None:
    """What is the broker's alone is handed on."""
    text = (
        "broker = main\ncodec = text\ntype = @header.kind\ntypes = A, B\npartitions = 3\n"
        "replication = 2\nconfig.retention.ms = 1000\n"
    )
    assert of_settings(text, tmp_path) == Declaration(
        "orders",
        broker="main",
        codec="text",
        type="@header.kind",
        types=frozenset({"A", "B"}),
        partitions=3,
        options={"replication": "2", "config.retention.ms": "1000"},
    )


def test_what_only_some_brokers_understand_is_handed_on_as_text(tmp_path: Path) -> None:
    """Durations in seconds, yes and no, lists by lines."""
    text = (
        "fifo = on\nvisibility timeout = 2 minutes\nbindings = orders.*, parcels: #\n"
        "queue arguments =\n    x-max-length = 3\ndead letter = dead\nattempts = 3\nwatch = tap\n"
    )
    declared = of_settings(text, tmp_path)
    assert declared.options == {
        "fifo": "yes",
        "visibility timeout": "120.0",
        "bindings": "orders.*\nparcels: #",
        "queue arguments": "x-max-length = 3",
    }
    assert (declared.dead_letter, declared.attempts, declared.watch) == ("dead", 3, "tap")


def test_what_the_settings_say_of_another_broker_is_not_for_this_one(tmp_path: Path) -> None:
    """One file serves several brokers, of which each takes what it understands."""
    text = "fifo = yes\nreplication = 2\nbindings = #\npartitions = 3\ncodec = text\n"
    there = of_settings(text, tmp_path).on(sqs.CAPABILITIES)
    assert there == Declaration("orders", codec="text", options={"fifo": "yes"})
    assert of_settings(text, tmp_path).on(memory.CAPABILITIES).partitions == 3


def test_a_broker_refuses_what_a_step_demands_and_it_does_not_understand() -> None:
    """Nothing that a scenario asks for is passed over."""
    demanded = Declaration.of_row("orders", {"fifo": "yes"}, None)
    with pytest.raises(UnsupportedCapability) as refused:
        demanded.on(memory.CAPABILITIES)
    assert str(refused.value) == (
        'The channel "orders" is to have fifo = yes, and memory knows no fifo; SQS does.'
    )


def test_partitions_that_a_step_demands_are_asked_of_every_broker() -> None:
    """So that one without partitions says so, as it does of all that it cannot do."""
    base = Declaration("orders", partitions=2)
    assert Declaration.of_row("orders", {"partitions": "3"}, base).on(sqs.CAPABILITIES) == (
        Declaration("orders", partitions=3)
    )
    assert Declaration.of_row("orders", {"codec": "text"}, base).on(sqs.CAPABILITIES) == (
        Declaration("orders", codec="text")
    )


def test_a_row_goes_on_top_of_what_is_declared() -> None:
    """An empty cell says nothing."""
    base = Declaration("orders", broker="main", partitions=3, options={"config.a": "1"})
    cells = {"partitions": "2", "broker": "", "types": "A", "config.b": "2"}
    assert Declaration.of_row("orders", cells, base) == Declaration(
        "orders",
        broker="main",
        partitions=2,
        types=frozenset({"A"}),
        options={"config.a": "1", "config.b": "2"},
    )
    assert Declaration.of_row("new", {}, None) == Declaration("new")


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"partitons": "3"}, 'No channel has a "partitons". Did you mean "partitions"?'),
        (
            {"partitions": "0"},
            'The channel "orders" cannot have partitions = 0: "0" is not 1 or more.',
        ),
        (
            {"partitions": "-1"},
            'The channel "orders" cannot have partitions = -1: "-1" is not a whole number.',
        ),
    ],
)
def test_a_row_that_cannot_be_meant_is_an_error(cells: dict[str, str], wrong: str) -> None:
    """It says what would be right."""
    with pytest.raises(PhraseError) as raised:
        Declaration.of_row("orders", cells, None)
    assert str(raised.value) == wrong


def test_a_codec_that_nobody_knows_is_told_with_its_section() -> None:
    """When the channel is opened."""
    with pytest.raises(SettingsError) as raised:
        Declaration("orders", codec="jsn").coded()
    assert str(raised.value).startswith("[evtbdd:channel:orders] codec: ")


def test_a_fixed_name_and_a_correlation_are_read(tmp_path: Path) -> None:
    """The address is one wherever an address can be written."""
    declared = of_settings("name = shop.orders\ncorrelation = data.order['the.id']\n", tmp_path)
    assert declared.fixed == "shop.orders"
    assert declared.correlation == Address.parse("data.order['the.id']")
    with pytest.raises(SettingsError) as raised:
        of_settings("correlation = @header.", tmp_path)
    assert str(raised.value) == (
        'The channel "orders" cannot have correlation = @header.: "@header." is no address: the '
        "name of a header is missing, as in @header.content-type."
    )


def test_a_step_can_declare_them_too() -> None:
    """On top of what the settings say."""
    base = Declaration("orders", fixed="shop.orders")
    declared = Declaration.of_row("orders", {"correlation": "@key"}, base)
    assert (declared.fixed, declared.correlation) == ("shop.orders", Address.parse("@key"))
    assert Declaration.of_row("orders", {"name": "other"}, base).fixed == "other"
