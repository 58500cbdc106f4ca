"""Several events that were published with one request, and what became of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, PublishRefused
from evtbdd.events import Position
from evtbdd.offers import Batches
from evtbdd.ports import Message
from evtbdd.words import counted


@dataclass(frozen=True, slots=True)
class Batch:
    """For each event where it was stored, or why it was refused."""

    where: str
    fates: Sequence[Position | PublishRefused]

    @classmethod
    def published(
        cls, channel: Channel, broker: Batches, messages: Sequence[Message], deadline: Deadline
    ) -> Batch:
        """Publish them; a batch that is refused as a whole is refused for each. BrokerUnavailable."""
        try:
            fates = broker.publish_batch(channel.physical, messages, deadline)
        except PublishRefused as error:
            fates = [error] * len(messages)
        return cls(channel.where, fates)


def require_fates(batch: Batch | None, accepted: int, refused: int) -> None:
    """Raise ExpectationFailed, with the reasons, unless so many were accepted and so many refused.

    PhraseError where no batch was published, or it was not of so many events.
    """
    if batch is None:
        raise PhraseError(
            "No step of this scenario has published a batch. One is published by: When these events "
            'are published to "CHANNEL" as one batch:'
        )
    size = len(batch.fates)
    if accepted + refused != size:
        raise PhraseError(
            f"{accepted} accepted and {refused} refused are {accepted + refused}, and the batch had "
            f"{counted(size, 'event')}."
        )
    reasons = [
        f"\n    #{number}: {fate}"
        for number, fate in enumerate(batch.fates, 1)
        if isinstance(fate, PublishRefused)
    ]
    if len(reasons) != refused:
        raise ExpectationFailed(
            f"Expected the broker to accept {accepted} and to refuse {refused} of the batch of "
            f"{counted(size, 'event')}\nbut it accepted {size - len(reasons)} and refused "
            f"{len(reasons)} ({batch.where})" + "".join(reasons)
        )
