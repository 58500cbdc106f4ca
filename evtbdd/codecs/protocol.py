"""What a codec promises."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from evtbdd.events import Headers


@runtime_checkable
class Codec(Protocol):
    """Turns payloads into what travels on a channel, and back."""

    def encode(self, value: object) -> bytes:
        """The bytes of a payload; PhraseError, a sentence, for one that it cannot encode."""

    def decode(self, data: bytes, headers: Headers) -> object:
        """The payload of an event; ValueError with a clause that says why there is none."""
