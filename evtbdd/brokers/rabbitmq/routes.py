"""Who takes an event: told from the bindings, because the tap takes every one of them.

Where evtbdd has a queue of its own on an exchange, RabbitMQ returns nothing as unroutable any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evtbdd.brokers.rabbitmq.layout import Binding, Layout
from evtbdd.brokers.rabbitmq.management import Management, of_vhost
from evtbdd.brokers.rabbitmq.names import TAP
from evtbdd.brokers.rabbitmq.records import KEY
from evtbdd.clock import Deadline
from evtbdd.ports import Message

Bindings = Sequence[Mapping[str, Any]]


class Routes:
    """The bindings of a virtual host, as the management API has them at the moment."""

    def __init__(self, management: Management, vhost: str) -> None:
        self._management = management
        self._vhost = vhost

    def takes(
        self, layout: Layout, target: Binding, message: Message, deadline: Deadline
    ) -> bool | None:
        """Whether a queue other than a tap takes an event; None where that cannot be told."""
        if layout.exchange is None or layout.always_takes():
            return True
        if not self._management.is_there(deadline):
            return None

        def bindings(exchange: str) -> Bindings:
            path = of_vhost("exchanges", self._vhost, exchange)
            return self._management.get(f"{path}/bindings/source", deadline) or ()

        def kind(exchange: str) -> str:
            found = self._management.get(of_vhost("exchanges", self._vhost, exchange), deadline)
            return str(found["type"]) if found else ""

        headers = dict(message.headers)
        if message.key is not None:
            headers[KEY] = message.key
        return takes(target, headers, bindings, kind)


def takes(
    target: Binding,
    headers: Mapping[str, bytes | None],
    bindings: Callable[[str], Bindings],
    kind: Callable[[str], str],
) -> bool | None:
    """Whether some queue is reached from an exchange; None where a type of exchange is unknown."""
    seen: set[str] = set()
    waiting, unknown = [target.exchange], False
    while waiting:
        exchange = waiting.pop()
        if exchange in seen:
            continue
        seen.add(exchange)
        found = [each for each in bindings(exchange) if not each["destination"].startswith(TAP)]
        how = kind(exchange) if found else ""
        for each in found:
            fits = matches(how, each["routing_key"], each["arguments"], target.key, headers)
            unknown = unknown or fits is None
            if fits and each["destination_type"] == "queue":
                return True
            if fits:
                waiting.append(each["destination"])
    return None if unknown else False


def matches(
    kind: str,
    bound: str,
    arguments: Mapping[str, object],
    key: str,
    headers: Mapping[str, bytes | None],
) -> bool | None:
    """Whether a binding lets an event pass; None for a type of exchange that a plugin brings."""
    if kind == "fanout":
        return True
    if kind == "direct":
        return bound == key
    if kind == "topic":
        return _fits(_words(bound), _words(key))
    if kind == "headers":
        return _headers(arguments, headers)
    return None


def _words(text: str) -> Sequence[str]:
    """The words of a topic, between dots; the empty text has none."""
    return text.split(".") if text else ()


def _fits(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Whether words fit a pattern, in which `*` is one word, and `#` none or more."""
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(_fits(rest, words[taken:]) for taken in range(len(words) + 1))
    return bool(words) and first in {"*", words[0]} and _fits(rest, words[1:])


def _headers(arguments: Mapping[str, object], headers: Mapping[str, bytes | None]) -> bool:
    """`x-match` all (the usual) or any; those named `x-…` count only with all-with-x, any-with-x."""
    how = str(arguments.get("x-match", "all"))
    wanted = {
        name: value
        for name, value in arguments.items()
        if name != "x-match" and (how.endswith("-with-x") or not name.startswith("x-"))
    }
    each = [
        name in headers and (value is None or _text(headers[name]) == value)
        for name, value in wanted.items()
    ]
    return any(each) if how.startswith("any") else all(each)


def _text(value: bytes | None) -> object:
    return None if value is None else value.decode("utf-8", "replace")
