"""What a handler publishes by: as the service, to the channels that it says it publishes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.channels.channel import Channel
from evtbdd.channels.message import Draft, encode
from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError, UnknownName
from evtbdd.words import quoted, suggestion


class Publishing:
    """A `Publish`. What is published by it is seen as what any other service publishes.

    `fault` says, as a clause, what no handler may do: then nothing is proven by this one.
    """

    def __init__(
        self, service: str, channels: Mapping[str, Channel], deadline: Callable[[], Deadline]
    ) -> None:
        self.fault: str | None = None
        self._service = service
        self._channels = channels
        self._deadline = deadline
        self._open = True

    def __call__(
        self,
        channel: str,
        payload: object,
        *,
        type: str | None = None,
        key: str | bytes | None = None,
        headers: Mapping[str, str | bytes | None] | None = None,
    ) -> None:
        """Return when the event is stored. PhraseError where the codec cannot write the payload."""
        if not self._open:
            raise ServiceError(
                f"The service {quoted(self._service)} was ended, so its handler publishes nothing."
            )
        if channel not in self._channels:
            near = suggestion(channel, self._channels, "channels")
            self.fault = (
                f"it published to {quoted(channel)}, which [evtbdd:service:{self._service}] does "
                f"not name in publishes. {near}"
            )
            raise UnknownName(f"{self.fault[0].upper()}{self.fault[1:]}")
        to = self._channels[channel]
        draft = Draft(type, key, payload=payload, said_payload=True, headers=dict(headers or {}))
        draft.tombstone = payload is None
        to.publish([encode(draft, to)], self._deadline())

    def close(self) -> None:
        """Publish nothing more: a handler that hung may wake up in somebody else's scenario."""
        self._open = False
