"""An event as one window sees it."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.events import Event
from evtbdd.values.render import show


@dataclass(frozen=True, slots=True)
class Sighting:
    """The `number`th event (from 1) on its channel inside a window, seconds after it began."""

    number: int
    seconds: float
    event: Event

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def moment(self) -> str:
        """`+0.41 s`, counted from the beginning of the window."""
        return f"{round(self.seconds, 2) or 0.0:+.2f} s"

    @property
    def with_key(self) -> str:
        """`#2 (key "42")`; without a key only its number."""
        key = self.event.key
        return str(self) if key is None else f"{self} (key {show(key, 40)})"
