"""Channels that live as long as one scope does: created, watched and deleted together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.options import require_known
from evtbdd.channels.pool import Brokers
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, PhraseError, SettingsError, UnknownName
from evtbdd.isolation.names import Names
from evtbdd.ports import ChannelPlan
from evtbdd.words import listed, quoted


class ChannelScope:
    """The channels of one scope, `s12` for the twelfth scenario, `f3` for a feature, or `run`.

    `deadline` gives each answer of a broker its time.
    """

    def __init__(
        self, scope: str, names: Names, brokers: Brokers, deadline: Callable[[], Deadline]
    ) -> None:
        self.scope = scope
        self.channels: dict[str, Channel] = {}
        self._names = names
        self._brokers = brokers
        self._deadline = deadline

    def plan(self, declaration: Declaration) -> Channel:
        """A channel with its physical name, not created yet. Reaches its broker."""
        broker_name = declaration.broker or self._brokers.only()
        if broker_name is None:
            raise SettingsError(
                f"The channel {quoted(declaration.name)} does not say on which broker it lies, and "
                f"there are several: {listed(map(quoted, self._brokers.names))}. Write broker = … "
                f"in [evtbdd:channel:{declaration.name}]."
            )
        try:
            broker = self._brokers.get(broker_name)
        except UnknownName as error:
            raise UnknownName(f"Of the channel {quoted(declaration.name)}: {error}") from error
        require_known(declaration.name, declaration.options, broker.capabilities)
        physical = self._names.channel(self.scope, declaration.name)
        if (fault := broker.name_fault(physical)) is not None:
            raise PhraseError(
                f"The channel {quoted(declaration.name)} cannot be a {broker.capabilities.channel} "
                f"of {broker.capabilities.broker}: its name there would be {quoted(physical)}, and "
                f"{fault}."
            )
        return Channel(declaration, physical, broker_name, broker)

    def open(self, declarations: Iterable[Declaration]) -> Sequence[Channel]:
        """Create and watch channels; those that are there already are left as they are.

        All of one broker are created in one call. Whatever is published after it returns will be
        seen; each new channel's `recorded` is where it ended then.
        """
        new = [self.plan(each) for each in declarations if each.name not in self.channels]
        for channels in by_broker(new):
            self._open_on_one(channels)
        return new

    def _open_on_one(self, channels: Sequence[Channel]) -> None:
        broker = channels[0].broker
        deadline = self._deadline()
        broker.create(
            [
                ChannelPlan(each.physical, each.declaration.partitions, each.declaration.options)
                for each in channels
            ],
            deadline,
        )
        # Noted before they are watched, so that they are deleted also if that should fail.
        self.channels.update({each.name: each for each in channels})
        by_name = {each.physical: each for each in channels}
        ends = broker.reader().watch(
            list(by_name), lambda record: by_name[record.channel].hand_over(record), deadline
        )
        for physical, channel in by_name.items():
            channel.recorded = ends[physical]

    def close(self) -> Sequence[str]:
        """Unwatch and delete them; what could not be deleted, each in a sentence."""
        channels = list(self.channels.values())
        self.channels.clear()
        left = []
        for several in by_broker(channels):
            try:
                self._delete(several)
            except BrokerError as error:
                names = listed(each.physical for each in several)
                left.append(f"{names} could not be deleted: {error}")
        return left

    def remove(self, name: str) -> None:
        """Unwatch and delete one of them; nothing where it is not there."""
        channel = self.channels.pop(name, None)
        if channel is not None:
            self._delete([channel])

    def _delete(self, channels: Sequence[Channel]) -> None:
        broker, physical = channels[0].broker, [each.physical for each in channels]
        try:
            broker.reader().unwatch(physical)
        finally:
            broker.delete(physical, self._deadline())


def by_broker(channels: Iterable[Channel]) -> Sequence[Sequence[Channel]]:
    """The channels of each broker."""
    grouped: dict[str, list[Channel]] = {}
    for channel in channels:
        grouped.setdefault(channel.broker_name, []).append(channel)
    return list(grouped.values())
