"""A request that a webhook has received, as an event that expectations can look at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from evtbdd.events import Event, Headers, Position, Record
from evtbdd.expect.pattern import Pattern
from evtbdd.expect.source import Source
from evtbdd.http.bodies import reading
from evtbdd.values.addresses import Address
from evtbdd.values.render import show

METHOD, PATH = Address.parse("@method"), Address.parse("@path")


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it came: `target` is its path with its query, `size` that of all its body.

    `body` is no more of it than is kept.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    size: int

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


class Request(Event):
    """The `number`th request (from 0) to a webhook: `@method`, `@path`, `@query.NAME`."""

    @staticmethod
    def of(came: Came, source: Source, number: int, became: str = "") -> Request:
        """The request as an event; `became` says what was done about it."""
        query = dict(parse_qsl(came.target.partition("?")[2], keep_blank_values=True))
        facts: dict[str, object] = {"method": came.method, "path": came.path}
        record = Record(
            channel=str(source),
            key=None,
            value=came.body,
            headers=came.headers,
            position=Position("", number),
            timestamp=time.time(),
            where=became,
            facts={**facts, **{f"query.{name}": value for name, value in query.items()}},
        )
        return Request(record, source, reading(whole=len(came.body) == came.size))

    @property
    def title(self) -> str:
        """`POST /pay`."""
        return f"{self.record.facts['method']} {self.record.facts['path']}"

    def header(self, name: str) -> object:
        """The last header of that name, whatever its case."""
        return super().header(name.lower())


def pattern_of_request(method: str | None, path: str | None) -> Pattern:
    """A request as the words of a step describe it."""
    said = {METHOD: method, PATH: path}
    return Pattern(
        thing="request" if method is None else f"{method} request",
        told="" if path is None else f" to {show(path)}",
        named=tuple((at, value) for at, value in said.items() if value is not None),
    )
