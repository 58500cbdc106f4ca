"""An event as one window sees it."""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.events import Event


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
        return f"{self.seconds:+.2f} s"
