"""What a channel is on RabbitMQ: an exchange, a queue, or both, and what is bound to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from evtbdd.brokers.bindings import elsewhere
from evtbdd.errors import BrokerError, UnsupportedCapability
from evtbdd.ports import WHO_CAN, Capability, ChannelPlan
from evtbdd.words import quoted

OPTIONS = frozenset(
    {
        "bindings",
        "durable",
        "exchange type",
        "kind",
        "queue arguments",
        "routing key",
    }
)
EVERY_KEY = "#"
QUORUM = "quorum"
UNKNOWN = "unknown"
"""The type of an exchange of somebody else's that RabbitMQ does not tell this user."""


Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Binding:
    """What the exchange hands on to a queue: `key` as the exchange's type understands it."""

    exchange: str
    key: str


@dataclass(frozen=True, slots=True)
class Layout:
    """One channel; `exchange` is the type of its exchange, None where it is a queue alone.

    `keys` are bound on its own exchange, `others` on those of other channels; `routing_key` is the
    one of the settings. `consumed`: evtbdd looks on by consuming the queue, not by a tap.
    """

    name: str
    exchange: str | None = "topic"
    queue: bool = True
    durable: bool = True
    keys: Sequence[str] = (EVERY_KEY,)
    others: Sequence[Binding] = ()
    arguments: Arguments = field(default_factory=dict)
    dead_letter: str | None = None
    routing_key: str | None = None
    consumed: bool = False

    @classmethod
    def of(cls, plan: ChannelPlan) -> Layout:
        """What is planned; BrokerError, naming the channel, where that cannot be."""
        if plan.partitions < 1:
            raise BrokerError(f"The channel {quoted(plan.name)} cannot have no partition.")
        if plan.partitions > 1:
            raise UnsupportedCapability(
                f"RabbitMQ has no {Capability.PARTITIONS.value}; {WHO_CAN[Capability.PARTITIONS]}."
            )
        options = plan.options
        kind = options.get("kind", "exchange and queue")
        exchange = None if kind == "queue" else options.get("exchange type", "topic")
        own, others = _bindings(options.get("bindings"))
        layout = cls(
            plan.name,
            exchange=exchange,
            queue=kind != "exchange",
            durable=options.get("durable", "yes") == "yes",
            keys=own,
            others=others,
            arguments=_arguments(plan),
            dead_letter=plan.dead_letter,
            routing_key=options.get("routing key"),
            consumed=kind == "queue" or plan.watch == "consume",
        )
        layout._check(given="bindings" in options, planned=plan)
        return layout

    def _check(self, *, given: bool, planned: ChannelPlan) -> None:
        name = quoted(self.name)
        needs_queue = [
            ("queue arguments", bool(self.arguments) and planned.attempts is None),
            ("dead letter", planned.dead_letter is not None),
            ("attempts", planned.attempts is not None),
            ("bindings", given),
        ]
        for key, has in needs_queue if not self.queue else ():
            # The keys of a direct exchange say what a tap is bound by.
            if has and not (key == "bindings" and self.exchange == "direct"):
                raise BrokerError(
                    f"The channel {name} has {key}, which only a queue has a use for, and it is an "
                    "exchange alone; leave out kind = exchange."
                )
        if self.exchange is None and given and self.keys:
            raise BrokerError(
                f"The channel {name} is a queue without an exchange, so its bindings must say "
                'whose: "CHANNEL: KEY".'
            )
        if self.exchange == "headers" and given and self.keys:
            raise BrokerError(
                f"The exchange {name} hands on by headers, and bindings can name routing keys "
                "alone; leave them out, and its queue gets everything."
            )
        if self.exchange == "direct" and self.queue and not given:
            raise BrokerError(
                f"The exchange {name} is to be direct, which hands on nothing but the routing keys "
                "that are bound: name them in bindings."
            )
        if planned.attempts is not None and not self.durable:
            raise BrokerError(
                f"The queue {name} is to count attempts, which only a quorum queue does, and that "
                "is always durable; remove durable = no."
            )

    def own_bindings(self) -> Sequence[Binding]:
        """How its queue is bound."""
        own = [Binding(self.name, each) for each in self.keys] if self.exchange is not None else []
        return [*own, *self.others]

    def tap_bindings(self) -> Sequence[Binding]:
        """How a queue of evtbdd's own is bound that is to see all that passes the channel."""
        keys = self.keys if self.exchange == "direct" else (EVERY_KEY,)
        return [*(Binding(self.name, each) for each in keys), *self.others]

    def target(self, given: str | None, otherwise: str | None) -> Binding:
        """The exchange that an event is published to, and its routing key."""
        if self.exchange is None:
            return Binding("", self.name)
        usual = self.routing_key or otherwise or self.name
        return Binding(self.name, usual if given is None else given)

    def is_tapped(self, key: str) -> bool:
        """Whether the tap sees what is published with that routing key."""
        return self.exchange != "direct" or key in self.keys

    def always_takes(self) -> bool:
        """Whether its own queue takes all that is published to it, whatever the routing key."""
        if not self.queue:
            return False
        return self.exchange in {None, "fanout", "headers"} or (
            self.exchange == "topic" and EVERY_KEY in self.keys
        )

    def with_dead_letters_to(self, has_exchange: bool) -> Layout:
        """The same, where it is known what the channel of its dead letters is."""
        if self.dead_letter is None:
            return self
        where = {"x-dead-letter-exchange": self.dead_letter}
        if not has_exchange:
            # A queue alone is reached through the exchange that has no name.
            where = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": self.dead_letter}
        return replace(self, arguments={**where, **self.arguments})


def unwatchable(plan: ChannelPlan) -> str | None:
    """Why a channel so planned cannot be watched, as a clause; None where it can be."""
    kind = plan.options.get("kind", "exchange and queue")
    if plan.watch == "none":
        return "its settings say watch = none"
    consumes = plan.watch == "consume" or kind == "queue"
    if plan.watch == "tap" and kind == "queue":
        return (
            "a queue without an exchange cannot be tapped; kind = exchange and queue gives it one"
        )
    if plan.watch == "consume" and kind == "exchange":
        return "an exchange holds nothing that could be consumed; leave out watch, and it is tapped"
    if consumes and plan.consumers:
        who = " and ".join(f"the service {quoted(each)}" for each in sorted(plan.consumers))
        do, would = ("consumes", "it") if len(plan.consumers) == 1 else ("consume", "they")
        remedy = "leave out watch" if kind != "queue" else "declare its exchange (leave out kind)"
        return (
            f"{who} {do} its queue, and what evtbdd took {would} would not get; {remedy}, and evtbdd "
            "taps the exchange"
        )
    if kind == "exchange" and _is_direct(plan) and "bindings" not in plan.options:
        return (
            "a direct exchange hands on nothing but the routing keys that are bound; name those to "
            "be watched in bindings"
        )
    return None


def _is_direct(plan: ChannelPlan) -> bool:
    return plan.options.get("exchange type") == "direct"


def _bindings(text: str | None) -> tuple[Sequence[str], Sequence[Binding]]:
    """Routing keys of its own exchange, and those of the exchanges of other channels."""
    if text is None:
        return (EVERY_KEY,), ()
    own: list[str] = []
    others: list[Binding] = []
    for line in text.splitlines():
        found = elsewhere(line)
        if found is None:
            own.append(line)
        else:
            others.append(Binding(*found))
    return tuple(own), tuple(others)


def _arguments(plan: ChannelPlan) -> Arguments:
    """The queue's arguments, with those that attempts mean."""
    lines = plan.options.get("queue arguments", "").splitlines()
    pairs = [line.partition(" = ") for line in lines]
    given = {name: _value(plan.name, name, text) for name, _, text in pairs}
    if plan.attempts is None:
        return given
    if given.get("x-queue-type", QUORUM) != QUORUM:
        raise BrokerError(
            f"The queue {quoted(plan.name)} is to count attempts, which only a quorum queue does; "
            "remove x-queue-type from its queue arguments."
        )
    # The limit is of those deliveries that come after the first.
    return {"x-queue-type": QUORUM, "x-delivery-limit": plan.attempts - 1, **given}


def _value(channel: str, name: str, text: str) -> object:
    """JSON where it is JSON, else text; of what has parts RabbitMQ takes nothing here."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, bool | int | str):
        return value
    raise BrokerError(
        f"The queue {quoted(channel)} cannot have {name} = {text}: an argument is a whole number, "
        "true, false, or a text."
    )
