"""Channels created and watched, unwatched and deleted: many in one call, whatever their scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, SettingsError
from evtbdd.isolation.modes import NAMES, SHARED
from evtbdd.offers import Adopting, WatchesNew
from evtbdd.ports import Broker, Ends
from evtbdd.words import counted, listed, quoted

Give = Callable[[], Deadline]
"""Gives one answer of a broker its time."""


def by_broker(channels: Iterable[Channel]) -> Sequence[Sequence[Channel]]:
    """The channels of each broker."""
    grouped: dict[str, list[Channel]] = {}
    for channel in channels:
        grouped.setdefault(channel.broker_name, []).append(channel)
    return list(grouped.values())


def in_calls(channels: Iterable[Channel]) -> Iterator[Sequence[Channel]]:
    """The channels of each broker, as many at a time as one call should create or delete."""
    for several in by_broker(channels):
        size = several[0].capabilities.at_once or len(several)
        for start in range(0, len(several), size):
            yield several[start : start + size]


def make(
    channels: Iterable[Channel],
    deadline: Give,
    created: Callable[[Channel], None],
    *,
    mode: str = NAMES,
) -> None:
    """Create and watch channels, those of one broker in few calls.

    `created` is called for each as soon as it is there, so that it is deleted also if watching
    should fail. Whatever is published after this returns will be seen. `mode` is that of their
    isolation: where others may use them too, those that are there are taken as they are. Raises
    BrokerError.
    """
    for several in in_calls(channels):
        broker = several[0].broker
        if mode == SHARED:
            _take_what_is_there(several, deadline())
            _adopt(several)
        if new := [each.plan for each in several if each.ours]:
            broker.create(new, deadline())
        for each in several:
            created(each)
        by_name = {each.physical: each for each in several if each.unwatchable is None}
        if by_name:
            ends = _watch(broker, mode)(
                list(by_name),
                lambda record, of=by_name: of[record.channel].hand_over(record),
                deadline(),
            )
            for physical, channel in by_name.items():
                channel.recorded = ends[physical]


def _watch(broker: Broker, mode: str) -> Callable[..., Mapping[str, Ends]]:
    """How channels are watched: a name of their own nobody can have used before."""
    reader = broker.reader()
    if mode == NAMES and isinstance(reader, WatchesNew):
        return reader.watch_new
    return reader.watch


def _take_what_is_there(channels: Sequence[Channel], deadline: Deadline) -> None:
    """Note which of the channels are not ours to make; SettingsError where one is another."""
    there = channels[0].broker.lanes([each.physical for each in channels], deadline)
    for each in channels:
        each.untouched = False  # others may be at work on it
        each.ours = each.physical not in there
        lanes = len(there.get(each.physical, ()))
        wanted = each.plan.partitions
        if not each.ours and wanted not in (1, lanes):
            raise SettingsError(
                f"The channel {quoted(each.name)} is to have {counted(wanted, 'partition')}, and "
                f"{each.where} is there already, with {lanes}. With isolation = shared what is "
                "there is used as it is: leave out its partitions."
            )


def _adopt(channels: Sequence[Channel]) -> None:
    """Tell the broker what those are that were there before us, where it must be told."""
    broker = channels[0].broker
    if isinstance(broker, Adopting):
        broker.adopt([each.plan for each in channels if not each.ours])


def unmake(channels: Iterable[Channel], deadline: Give) -> Sequence[str]:
    """Unwatch and delete channels; what could not be deleted, each in a sentence."""
    left = []
    for several in in_calls(channels):
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
