"""What a channel of the settings is on RabbitMQ, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from evtbdd.brokers.rabbitmq.layout import Binding, Layout, unwatchable
from evtbdd.errors import BrokerError, UnsupportedCapability
from evtbdd.ports import ChannelPlan


def plan(options: dict[str, str] | None = None, **given: Any) -> ChannelPlan:
    return ChannelPlan("orders", options=options or {}, **given)


def test_a_channel_is_an_exchange_and_its_queue() -> None:
    """A topic exchange whose queue of the same name gets everything, and outlives the broker."""
    layout = Layout.of(plan())
    assert (layout.exchange, layout.queue, layout.durable) == ("topic", True, True)
    assert layout.own_bindings() == [Binding("orders", "#")]
    assert layout.arguments == {}


def test_bindings_of_its_own_and_of_other_exchanges() -> None:
    """A key of another channel's exchange stands behind that channel; a tap is bound there too."""
    layout = Layout.of(plan({"bindings": "eu.#\nurn:us\npayments: paid.*\nrefunds:"}))
    others = [Binding("payments", "paid.*"), Binding("refunds", "")]
    own = [Binding("orders", "eu.#"), Binding("orders", "urn:us")]
    assert layout.own_bindings() == [*own, *others]
    assert layout.tap_bindings() == [Binding("orders", "#"), *others]


def test_a_direct_exchange_is_tapped_by_its_keys() -> None:
    """Nothing else can be asked of it: a direct exchange knows no key that means all."""
    layout = Layout.of(plan({"exchange type": "direct", "bindings": "created\npacked"}))
    assert layout.tap_bindings() == [Binding("orders", "created"), Binding("orders", "packed")]
    assert layout.is_tapped("packed")
    assert not layout.is_tapped("lost")


@pytest.mark.parametrize(
    ("options", "given", "otherwise", "target"),
    [
        ({}, "eu.orders", "OrderPlaced", Binding("orders", "eu.orders")),
        ({}, "", "OrderPlaced", Binding("orders", "")),
        ({}, None, "OrderPlaced", Binding("orders", "OrderPlaced")),
        ({}, None, None, Binding("orders", "orders")),
        ({"routing key": "eu"}, None, None, Binding("orders", "eu")),
        ({"kind": "queue"}, None, "OrderPlaced", Binding("", "orders")),
    ],
)
def test_where_an_event_goes(
    options: dict[str, str], given: str | None, otherwise: str | None, target: Binding
) -> None:
    """By the routing key that is given, else that of the settings or the type, else the name."""
    assert Layout.of(plan(options)).target(given, otherwise) == target


def test_arguments_are_numbers_and_truths_where_they_are_written_so() -> None:
    """As values in cells are: JSON where it is JSON, else text."""
    text = 'x-message-ttl = 60000\nx-single-active-consumer = true\nx-overflow = reject-publish\na = "1"'
    assert Layout.of(plan({"queue arguments": text})).arguments == {
        "x-message-ttl": 60000,
        "x-single-active-consumer": True,
        "x-overflow": "reject-publish",
        "a": "1",
    }


def test_attempts_are_counted_by_a_quorum_queue() -> None:
    """Its limit is of those deliveries that come after the first."""
    layout = Layout.of(plan(dead_letter="dead", attempts=3))
    assert layout.arguments == {"x-queue-type": "quorum", "x-delivery-limit": 2}
    assert layout.with_dead_letters_to(has_exchange=True).arguments == {
        "x-dead-letter-exchange": "dead",
        "x-queue-type": "quorum",
        "x-delivery-limit": 2,
    }
    assert Layout.of(plan(dead_letter="dead")).with_dead_letters_to(
        has_exchange=False
    ).arguments == {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (
            plan({"kind": "exchange", "queue arguments": "x-max-length = 1"}),
            'The channel "orders" has queue arguments, which only a queue has a use for, and it is '
            "an exchange alone; leave out kind = exchange.",
        ),
        (
            plan({"kind": "exchange"}, dead_letter="dead"),
            'The channel "orders" has dead letter, which only a queue has a use for, and it is an '
            "exchange alone; leave out kind = exchange.",
        ),
        (
            plan({"kind": "exchange"}, attempts=2),
            'The channel "orders" has attempts, which only a queue has a use for, and it is an '
            "exchange alone; leave out kind = exchange.",
        ),
        (
            plan({"kind": "exchange", "bindings": "eu.#"}),
            'The channel "orders" has bindings, which only a queue has a use for, and it is an '
            "exchange alone; leave out kind = exchange.",
        ),
        (
            plan({"kind": "queue", "bindings": "eu.#"}),
            'The channel "orders" is a queue without an exchange, so its bindings must say whose: '
            '"CHANNEL: KEY".',
        ),
        (
            plan({"exchange type": "headers", "bindings": "eu.#"}),
            'The exchange "orders" hands on by headers, and bindings can name routing keys alone; '
            "leave them out, and its queue gets everything.",
        ),
        (
            plan({"exchange type": "direct"}),
            'The exchange "orders" is to be direct, which hands on nothing but the routing keys '
            "that are bound: name them in bindings.",
        ),
        (
            plan({"durable": "no"}, attempts=2),
            'The queue "orders" is to count attempts, which only a quorum queue does, and that is '
            "always durable; remove durable = no.",
        ),
        (
            plan({"queue arguments": "x-queue-type = classic"}, attempts=2),
            'The queue "orders" is to count attempts, which only a quorum queue does; remove '
            "x-queue-type from its queue arguments.",
        ),
        (
            plan({"queue arguments": "x-max-length = 1.5"}),
            'The queue "orders" cannot have x-max-length = 1.5: an argument is a whole number, '
            "true, false, or a text.",
        ),
        (plan(partitions=0), 'The channel "orders" cannot have no partition.'),
    ],
)
def test_what_cannot_be_meant(wrong: ChannelPlan, text: str) -> None:
    """Each contradiction is said in a sentence that names the channel and what would be right."""
    with pytest.raises(BrokerError) as raised:
        Layout.of(wrong)
    assert str(raised.value) == text


def test_there_are_no_partitions() -> None:
    """It is said who has them."""
    with pytest.raises(UnsupportedCapability) as raised:
        Layout.of(plan(partitions=2))
    assert str(raised.value) == "RabbitMQ has no partitions; memory and Kafka have them."


SHIPPING = frozenset({"shipping"})


@pytest.mark.parametrize(
    "watchable",
    [
        plan(consumers=SHIPPING),
        plan({"kind": "exchange"}, consumers=SHIPPING),
        plan({"kind": "queue"}),
        plan(watch="consume"),
        plan(watch="tap"),
        plan({"kind": "exchange", "exchange type": "direct", "bindings": "created"}),
    ],
)
def test_what_can_be_watched(watchable: ChannelPlan) -> None:
    """An exchange whoever consumes from it; a queue alone where nobody does."""
    assert unwatchable(watchable) is None


@pytest.mark.parametrize(
    ("planned", "clause"),
    [
        (
            plan({"kind": "queue"}, consumers=SHIPPING),
            'the service "shipping" consumes its queue, and what evtbdd took it would not get; '
            "declare its exchange (leave out kind), and evtbdd taps the exchange",
        ),
        (
            plan(watch="consume", consumers=SHIPPING | {"billing"}),
            'the service "billing" and the service "shipping" consume its queue, and what evtbdd '
            "took they would not get; leave out watch, and evtbdd taps the exchange",
        ),
        (
            plan({"kind": "queue"}, watch="tap"),
            "a queue without an exchange cannot be tapped; kind = exchange and queue gives it one",
        ),
        (
            plan({"kind": "exchange"}, watch="consume"),
            "an exchange holds nothing that could be consumed; leave out watch, and it is tapped",
        ),
        (
            plan({"kind": "exchange", "exchange type": "direct"}),
            "a direct exchange hands on nothing but the routing keys that are bound; name those to "
            "be watched in bindings",
        ),
        (plan(watch="none"), "its settings say watch = none"),
    ],
)
def test_what_cannot_be_watched(planned: ChannelPlan, clause: str) -> None:
    """The clause says why, and what would be right."""
    assert unwatchable(planned) == clause
