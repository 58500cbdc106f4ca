"""Broker URLs: `scheme[+how]://address`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.words import quoted

SHAPE = re.compile(r"(?P<scheme>[a-z0-9]+)(?:\+(?P<how>[a-z0-9]+))?://(?P<address>\S*)")


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """`kafka+embedded://` is scheme `kafka`, how `embedded`; an external broker has no `how`."""

    scheme: str
    how: str
    address: str

    @property
    def is_own(self) -> bool:
        """Whether it means a broker that is this run's alone."""
        return self.scheme == "memory" or bool(self.how)

    @classmethod
    def parse(cls, text: str) -> BrokerUrl:
        """Read a URL; SettingsError where it is none."""
        found = SHAPE.fullmatch(text.strip())
        if found is None:
            raise SettingsError(
                f"{quoted(text)} is no URL of a broker; it is written like kafka://localhost:9092, "
                "kafka+embedded:// or memory://."
            )
        return cls(found["scheme"], found["how"] or "", found["address"].rstrip("/"))
