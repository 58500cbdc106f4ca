"""Channels created and watched, unwatched and deleted: many in one call, whatever their scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.words import listed

Give = Callable[[], Deadline]
"""Gives one answer of a broker its time."""


def by_broker(channels: Iterable[Channel]) -> Sequence[Sequence[Channel]]:
    """The channels of each broker."""
    grouped: dict[str, list[Channel]] = {}
    for channel in channels:
        grouped.setdefault(channel.broker_name, []).append(channel)
    return list(grouped.values())


def make(channels: Iterable[Channel], deadline: Give, created: Callable[[Channel], None]) -> None:
    """Create and watch channels, those of one broker in one call.

    `created` is called for each as soon as it is there, so that it is deleted also if watching
    should fail. Whatever is published after this returns will be seen. Raises BrokerError.
    """
    for several in by_broker(channels):
        broker = several[0].broker
        broker.create([each.plan for each in several], deadline())
        for each in several:
            created(each)
        by_name = {each.physical: each for each in several if each.unwatchable is None}
        if by_name:
            ends = broker.reader().watch(
                list(by_name),
                lambda record, of=by_name: of[record.channel].hand_over(record),  # type: ignore[misc]
                deadline(),
            )
            for physical, channel in by_name.items():
                channel.recorded = ends[physical]


def unmake(channels: Iterable[Channel], deadline: Give) -> Sequence[str]:
    """Unwatch and delete channels; what could not be deleted, each in a sentence."""
    left = []
    for several in by_broker(channels):
        try:
            unwatch(several)
            several[0].broker.delete([each.physical for each in several], deadline())
        except BrokerError as error:
            names = listed(each.physical for each in several)
            left.append(f"{names} could not be deleted: {error}")
    return left


def unwatch(channels: Iterable[Channel]) -> None:
    """Have nothing more handed over of these channels. Raises BrokerError."""
    for several in by_broker(channels):
        several[0].broker.reader().unwatch(
            [each.physical for each in several if each.unwatchable is None]
        )
