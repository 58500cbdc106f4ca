"""What the phrases say of a service's consumer group on one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtbdd.channels.channel import Channel
from evtbdd.clock import Deadline, looks
from evtbdd.errors import ExpectationFailed, ServiceError, UnsupportedCapability
from evtbdd.offers import Acknowledgements, Assignments, Resets
from evtbdd.ports import Capability, Ends, Subscriptions
from evtbdd.services.claims import end_of_log, lost
from evtbdd.services.served import Served
from evtbdd.words import counted, duration, listed, quoted

Ask = Callable[[], Deadline]
"""Gives one answer of the broker its time."""


def committed_is(
    service: Served, channel: Channel, number: int, patience: Deadline, ask: Ask
) -> None:
    """Wait until the offset that the group has committed is that one.

    UnsupportedCapability for a channel of several lanes, of which each has an offset of its own.
    """
    told = _subscriptions(channel)
    group, lanes = _group(service), sorted(channel.recorded)
    if not isinstance(told, Acknowledgements):
        raise _cannot(channel, "tells no committed offset")
    if len(lanes) != 1:
        lane = channel.broker.capabilities.lane
        raise UnsupportedCapability(
            f"The channel {quoted(channel.name)} has {counted(len(lanes), lane)}, and each has a "
            f"committed offset of its own. Declare it with one {lane} to speak of the offset."
        )
    found: Mapping[str, Ends] = {}
    for _ in looks(patience):
        found = told.committed(group, {channel.physical: lanes}, ask())
        if found.get(channel.physical, {}).get(lanes[0]) == number:
            return
    there = found.get(channel.physical, {}).get(lanes[0])
    raise _missed(
        service,
        f"Expected the committed offset of the service {quoted(service.declaration.name)} on "
        f"{quoted(channel.name)} to be {number} within {duration(patience.seconds)}\n"
        + ("but it has committed none" if there is None else f"but it is {there}")
        + f" (group {group})",
    )


def shared_by(service: Served, channel: Channel, number: int, patience: Deadline, ask: Ask) -> None:
    """Wait until that many members of the group have lanes of the channel, and all lanes are had."""
    told = _subscriptions(channel)
    group, lanes = _group(service), frozenset(channel.recorded)
    if not isinstance(told, Assignments):
        raise _cannot(channel, "assigns nothing to members of a group")
    shares: Mapping[str, object] = {}
    for _ in looks(patience):
        found = told.assigned(group, channel.physical, ask())
        shares = found
        if len(found) == number and lanes == {lane for of in found.values() for lane in of}:
            return
    lane = channel.broker.capabilities.lane
    had = [f"{member}: {listed(sorted(of))}" for member, of in sorted(found.items())]
    raise _missed(
        service,
        f"Expected the {lane}s of {quoted(channel.name)} to be shared by "
        f"{counted(number, 'instance')} of the service {quoted(service.declaration.name)} within "
        f"{duration(patience.seconds)}\nbut of {counted(len(lanes), lane)} "
        f"{counted(len(shares), 'member')} {'has' if len(shares) == 1 else 'have'} any "
        f"(group {group})" + "".join(f"\n    {each}" for each in had),
    )


def reset(service: Served, channel: Channel, where: str, ask: Ask) -> None:
    """Make the group go on at the `beginning` or the `end` of the channel.

    BrokerError where somebody is in the group still.
    """
    told = _subscriptions(channel)
    if not isinstance(told, Resets):
        raise _cannot(channel, "lets no group begin elsewhere")
    told.reset(_group(service), channel.physical, where, ask())


def _subscriptions(channel: Channel) -> Subscriptions:
    """What its broker knows of groups. UnsupportedCapability where there are none."""
    channel.capabilities.require(Capability.GROUPS)
    return channel.broker.subscriptions()


def _group(service: Served) -> str:
    if service.group is None:
        raise ServiceError(
            f"The service {quoted(service.declaration.name)} has no group, or was not started: "
            f"write group = … in [evtbdd:service:{service.declaration.name}], and start it."
        )
    return service.group


def _cannot(channel: Channel, lacks: str) -> UnsupportedCapability:
    broker = channel.broker.capabilities.broker
    return UnsupportedCapability(
        f"The channel {quoted(channel.name)} lies on {broker}, which {lacks}; Kafka does."
    )


def _missed(service: Served, problem: str) -> ExpectationFailed | ServiceError:
    if lost(service):
        return ServiceError(
            f"The service {quoted(service.declaration.name)} {service.end}, so nothing can be said "
            f"of what was expected.\n{problem}.{end_of_log(service)}"
        )
    return ExpectationFailed(f"{problem}.")
