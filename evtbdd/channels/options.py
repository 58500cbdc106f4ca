"""The keys of a channel that only some brokers understand: each is handed on to its broker as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtbdd.brokers.bindings import elsewhere, renamed
from evtbdd.errors import UnsupportedCapability
from evtbdd.ports import Capabilities
from evtbdd.settings import kinds
from evtbdd.settings.schema import Key
from evtbdd.words import quoted

BINDINGS = "bindings"

_OF_BROKERS: Mapping[str, tuple[Key, ...]] = {
    "Kafka": (
        Key("replication", kinds.count, None, "on how many brokers each partition is stored"),
        Key("config.NAME", kinds.text, None, "a configuration of the topic"),
    ),
    "RabbitMQ": (
        Key(
            "kind",
            kinds.choice("exchange and queue", "exchange", "queue"),
            None,
            "exchange and queue, exchange, or queue",
            otherwise="exchange and queue",
        ),
        Key(
            "exchange type",
            kinds.choice("topic", "direct", "fanout", "headers"),
            None,
            "topic, direct, fanout or headers",
            otherwise="topic",
        ),
        Key(
            BINDINGS,
            kinds.comma_list,
            None,
            "routing keys of its own exchange, or CHANNEL: KEY of another channel's",
            otherwise="#",
        ),
        Key("queue arguments", kinds.names_and_values, None, "lines NAME = value of its queue"),
        Key("durable", kinds.yes_no, None, "whether it outlives the broker's end", otherwise="yes"),
        Key(
            "routing key",
            kinds.text,
            None,
            "the routing key where a step gives none",
            otherwise="the event's type, else the channel's name",
        ),
    ),
    "SQS": (
        Key("fifo", kinds.yes_no, None, "a FIFO queue", otherwise="no"),
        Key(
            "visibility timeout",
            kinds.duration,
            None,
            "how long a received event stays invisible",
            otherwise="30 seconds",
        ),
        Key("delay", kinds.duration, None, "how late events become visible", otherwise="none"),
        Key("sns", kinds.yes_no, None, "a topic of SNS with the queue subscribed", otherwise="no"),
    ),
}

KEYS = tuple(
    Key(key.name, key.kind, key.default, f"{broker}: {key.help}", otherwise=key.otherwise)
    for broker, keys in _OF_BROKERS.items()
    for key in keys
)


def of_given(given: Mapping[str, object]) -> Mapping[str, str]:
    """Those that are given, as text: `yes` and `no`, durations in seconds, lists and lines by lines."""
    fitting = {name: value for name, value in given.items() if any(key.fits(name) for key in KEYS)}
    return {name: _text(value) for name, value in fitting.items() if value not in (None, (), {})}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {each}" for name, each in value.items())
    if isinstance(value, tuple | list):
        return "\n".join(map(str, value))
    return str(value)


def others(options: Mapping[str, str]) -> Sequence[str]:
    """The channels whose exchanges its queue is bound to."""
    found = [elsewhere(line) for line in options.get(BINDINGS, "").splitlines()]
    return [each[0] for each in found if each is not None]


def with_physical(options: Mapping[str, str], names: Mapping[str, str]) -> Mapping[str, str]:
    """The same options, other channels being called in them what their broker calls them."""
    if BINDINGS not in options:
        return options
    lines = [renamed(each, names.__getitem__) for each in options[BINDINGS].splitlines()]
    return {**options, BINDINGS: "\n".join(lines)}


def foreign(options: Iterable[str], broker: Capabilities) -> Mapping[str, str]:
    """Those of the keys that a broker does not understand, each with who does."""
    found = {}
    for name in options:
        key = next(key for key in KEYS if key.fits(name))
        if key.name not in broker.options:
            found[name] = key.help.partition(":")[0]
    return found


def require_known(channel: str, options: Mapping[str, str], broker: Capabilities) -> None:
    """Raise UnsupportedCapability for an option that a broker does not understand."""
    for name, who in foreign(options, broker).items():
        raise UnsupportedCapability(
            f"The channel {quoted(channel)} is to have {name} = {options[name]}, and "
            f"{broker.broker} knows no {name}; {who} does."
        )
