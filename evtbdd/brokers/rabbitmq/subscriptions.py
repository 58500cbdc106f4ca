"""Who consumes from a RabbitMQ: there are no groups, so a service is known by its consumers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from pika import exceptions as driver

from evtbdd.brokers.rabbitmq.errors import code
from evtbdd.brokers.rabbitmq.layout import Layout
from evtbdd.brokers.rabbitmq.management import Management, of_vhost
from evtbdd.brokers.rabbitmq.names import TAP
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.taps import Taps
from evtbdd.brokers.rabbitmq.topology import NOT_FOUND, Topology
from evtbdd.clock import Deadline
from evtbdd.ports import Ends, SubscriptionState
from evtbdd.words import counted, quoted


class RabbitSubscriptions:
    """The Subscriptions of a RabbitBroker; a group is a word to it that changes nothing."""

    def __init__(
        self, session: Session, topology: Topology, taps: Taps, management: Management
    ) -> None:
        self._session = session
        self._topology = topology
        self._taps = taps
        self._management = management
        self._consumers: dict[str, list[str]] = {}
        self._turns = count(1)

    def begin_at(
        self,
        group: str,
        ends: Mapping[str, Ends],
        deadline: Deadline,
    ) -> None:
        """Nothing: a queue holds what its consumers have not had, and an exchange holds nothing."""

    def state(self, group: str, channels: Sequence[str], deadline: Deadline) -> SubscriptionState:
        """Ready when there is somebody who consumes each channel.

        That is a consumer of its queue besides evtbdd; of an exchange alone, one of a queue that is
        bound to it, which takes the management API.
        """
        del group
        told = [self._consumers_of(name, deadline) for name in channels]
        return SubscriptionState(
            all(members for members, _ in told) and bool(told),
            frozenset().union(*(members for members, _ in told)),
            "; ".join(words for _, words in told),
        )

    def _consumers_of(self, name: str, deadline: Deadline) -> tuple[frozenset[str], str]:
        layout = self._session.run(
            f"look at the channel {quoted(name)}",
            deadline,
            lambda: self._topology.layout(name),
            repeat=True,
        )
        if layout is None:
            return frozenset(), f"there is no channel {quoted(name)}"
        if layout.queue:
            return self._of_queue(layout, deadline)
        return self._of_exchange(name, deadline)

    def _of_queue(self, layout: Layout, deadline: Deadline) -> tuple[frozenset[str], str]:
        name = layout.name
        number = self._session.run(
            f"count the consumers of the queue {quoted(name)}",
            deadline,
            lambda: self._count(name),
            repeat=True,
        )
        if number is None:
            self._topology.forget(name)
            return frozenset(), f"there is no queue {quoted(name)}"
        ours = 1 if layout.consumed and self._taps.get(name) is not None else 0
        return frozenset(self._known(name, max(0, number - ours))), (
            f"the queue {quoted(name)} has {counted(number - ours, 'consumer')}"
        )

    async def _count(self, queue: str) -> int | None:
        try:
            async with self._session.asking.lent() as channel:
                found = await channel.ask("queue_declare", queue, passive=True)
        except driver.ChannelClosedByBroker as error:
            if code(error) == NOT_FOUND:
                return None
            raise
        return int(found.consumer_count)

    def _known(self, queue: str, number: int) -> Sequence[str]:
        """A name for each consumer, which RabbitMQ only counts: those that go are the oldest."""
        known = self._consumers.setdefault(queue, [])
        del known[: len(known) - number]
        known += [f"{queue} consumer {next(self._turns)}" for _ in range(number - len(known))]
        return known

    def _of_exchange(self, name: str, deadline: Deadline) -> tuple[frozenset[str], str]:
        vhost = self._session.address.vhost
        path = f"{of_vhost('exchanges', vhost, name)}/bindings/source"
        bound = {
            each["destination"]
            for each in self._management.get(path, deadline) or ()
            if each["destination_type"] == "queue" and not each["destination"].startswith(TAP)
        }
        consumers = [
            each
            for each in self._management.get(of_vhost("consumers", vhost), deadline) or ()
            # A consumer is listed a moment before it is known on which channel of AMQP it is.
            if each["queue"]["name"] in bound and each["channel_details"]
        ]
        return frozenset(
            f"{each['channel_details']['name']} {each['consumer_tag']}" for each in consumers
        ), (
            f"{counted(len(bound), 'queue')} {'is' if len(bound) == 1 else 'are'} bound to the "
            f"exchange {quoted(name)}, with {counted(len(consumers), 'consumer')}"
        )

    def expel(
        self,
        group: str,
        members: Sequence[str],
        deadline: Deadline,
    ) -> None:
        """Nothing: a consumer is gone as soon as its connection is."""

    def forget(self, groups: Sequence[str], deadline: Deadline) -> None:
        """Nothing: there are no groups."""

    def groups(self, deadline: Deadline) -> Mapping[str, bool]:  # noqa: ARG002
        """None."""
        self._session.require_open()
        return {}
