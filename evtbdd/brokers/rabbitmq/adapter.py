"""RabbitMQ as a broker of evtbdd: a few connections, for a whole run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evtbdd.brokers.rabbitmq.access import Access
from evtbdd.brokers.rabbitmq.address import Address
from evtbdd.brokers.rabbitmq.depths import Depths
from evtbdd.brokers.rabbitmq.layout import OPTIONS, unwatchable
from evtbdd.brokers.rabbitmq.locks import hold
from evtbdd.brokers.rabbitmq.management import Management, of_vhost
from evtbdd.brokers.rabbitmq.names import is_own, name_fault
from evtbdd.brokers.rabbitmq.publisher import Publisher, unroutable
from evtbdd.brokers.rabbitmq.reader import RabbitReader
from evtbdd.brokers.rabbitmq.records import PROPERTIES
from evtbdd.brokers.rabbitmq.routes import Routes
from evtbdd.brokers.rabbitmq.session import Session
from evtbdd.brokers.rabbitmq.subscriptions import RabbitSubscriptions
from evtbdd.brokers.rabbitmq.topology import Topology
from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.events import Position
from evtbdd.offers import Depth, Lock
from evtbdd.ports import Capabilities, Capability, ChannelPlan, Message
from evtbdd.words import quoted

CAPABILITIES = Capabilities(
    broker="RabbitMQ",
    channel="channel",
    lane="queue",
    can=frozenset(
        {
            Capability.ANY_BYTES,
            Capability.ANY_HEADERS,
            Capability.COPIES,
            Capability.EXACT_END,
            Capability.HEADERS,
            Capability.KEYS,
            Capability.ORDER,
            Capability.ROUTING_KEYS,
            Capability.SUBSCRIPTIONS,
        }
    ),
    options=OPTIONS,
    properties=frozenset(PROPERTIES.values()),
)


class RabbitBroker:
    """A virtual host of a RabbitMQ; reached when first needed.

    `patience` is how many seconds the opening of a connection may take; a deadline may allow less.
    """

    capabilities = CAPABILITIES

    def __init__(self, address: Address, access: Access, *, patience: float = 5.0) -> None:
        self._session = Session(address, access, patience)
        self._topology = Topology(self._session)
        self._reader = RabbitReader(self._session, self._topology)
        self._publisher = Publisher(
            self._session, self._topology, self._reader.taps, self.capabilities
        )
        self.management = Management(self._session)
        self._routes = Routes(self.management, address.vhost)
        self._subscriptions = RabbitSubscriptions(
            self._session, self._topology, self._reader.taps, self.management
        )
        self._depths = Depths(self._session, self._reader.taps, self.management)
        self._namespaces: dict[str, RabbitBroker] = {}

    @property
    def address(self) -> str:
        """`host:port/vhost`, without the vhost where it is the default one."""
        return self._session.shown

    @property
    def url(self) -> str:
        """`amqp://user:password@host:port/vhost`."""
        access = self._session.access
        return self._session.address.url(access.scheme, access.username, access.password)

    def facts(self) -> Mapping[str, str]:
        """What services are handed: `url`, `host`, `port`, `user`, `password`, `vhost`."""
        address, access = self._session.address, self._session.access
        return {
            "url": self.url,
            "host": address.host,
            "port": str(address.port),
            "user": access.username,
            "password": access.password,
            "vhost": address.vhost,
        }

    def ping(self, deadline: Deadline) -> None:
        """Open a connection, where there is none, and have something answered on it."""

        async def answered() -> None:
            async with self._session.asking.lent() as channel:
                await channel.ask("basic_qos", prefetch_count=0)

        self._session.run("answer", deadline, answered, repeat=True)

    def name_fault(self, name: str) -> str | None:
        """Why RabbitMQ would refuse an exchange or a queue of that name."""
        return name_fault(name)

    def unwatchable(self, channel: ChannelPlan) -> str | None:
        """Why a channel so planned could not be watched."""
        return unwatchable(channel)

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create exchanges and queues; return when all are bound."""
        self._session.require_open()
        if channels:
            self._topology.create(channels, deadline)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete exchanges and queues, with all that the queues hold."""
        self._session.require_open()
        if channels:
            self._topology.delete(channels, deadline)
            self._reader.bury(channels)

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every exchange and queue of the vhost, but for RabbitMQ's own; by the management API."""
        self._session.require_open()
        vhost = self._session.address.vhost
        found = dict.fromkeys(
            each["name"]
            for kind in ("exchanges", "queues")
            for each in self.management.get(f"{of_vhost(kind, vhost)}?columns=name", deadline) or ()
        )
        return [name for name in found if not is_own(name)]

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The one lane of those that exist."""
        self._session.require_open()
        return self._topology.lanes(channels, deadline) if channels else {}

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, each confirmed, and refused where no queue takes it."""
        self._session.require_open()
        for message in messages:
            self._publisher.require(message)
        layout = self._publisher.layout(channel, deadline)
        positions = []
        for message in messages:
            target = self._publisher.target(layout, message)
            # Where nobody taps it RabbitMQ itself returns what no queue takes.
            tapped = self._reader.taps.get(channel) is not None
            if tapped and self._routes.takes(layout, target, message, deadline) is False:
                raise unroutable(self.address, layout, target)
            positions.append(self._publisher.publish(layout, target, message, deadline))
        return positions

    def reader(self) -> RabbitReader:
        """The one reader of this broker."""
        return self._reader

    def subscriptions(self) -> RabbitSubscriptions:
        """What RabbitMQ knows of consumers."""
        return self._subscriptions

    def depth(self, queue: str, deadline: Deadline) -> Depth:
        """What a queue of the vhost holds."""
        self._session.require_open()
        return self._depths.depth(queue, deadline)

    def adopt(self, channels: Sequence[ChannelPlan]) -> None:
        """Take channels that are there already for what is planned, and leave them as they are."""
        self._topology.adopt(channels)

    def hold(self, channels: Sequence[str], holder: str, deadline: Deadline) -> Lock:
        """Hold channels: nobody else gets them until they are released, or this process has ended."""
        return hold(self._session, self.management, channels, holder, deadline)

    def open_namespace(self, name: str, deadline: Deadline) -> RabbitBroker:
        """A virtual host of its own, made now, with all rights of the user; by the management API.

        Raises BrokerError where it cannot be made, or is there already.
        """
        self._session.require_open()
        vhost, user = of_vhost("vhosts", name), self._session.access.username
        if self.management.get(vhost, deadline) is not None:
            raise BrokerError(f"RabbitMQ at {self.address} has a vhost {quoted(name)} already.")
        self.management.put(vhost, {}, deadline)
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        self.management.put(of_vhost("permissions", name, user), rights, deadline)
        session = self._session
        opened = RabbitBroker(
            session.address.in_vhost(name), session.access, patience=session.patience
        )
        self._namespaces[name] = opened
        return opened

    def close_namespace(self, name: str, deadline: Deadline) -> None:
        """Remove a virtual host with all that is in it, and close the broker that it was."""
        self._session.require_open()
        opened = self._namespaces.pop(name, None)
        if opened is not None:
            opened.close()
        self.management.delete(of_vhost("vhosts", name), deadline)

    def close(self) -> None:
        """Close the connections."""
        for opened in self._namespaces.values():
            opened.close()
        self._publisher.close()
        self._session.close()


def connect(address: str, *, patience: float, security: Security | None = None) -> RabbitBroker:
    """The RabbitMQ at `user:password@host:port/vhost`; nothing is opened yet.

    SettingsError where that cannot be meant, or a file of certificates cannot be read, or is none.
    """
    return _connected(address, patience, security or Security())


def connect_tls(address: str, *, patience: float, security: Security | None = None) -> RabbitBroker:
    """As `connect`, by TLS (`amqps://`)."""
    return _connected(address, patience, replace(security or Security(), tls=True))


def _connected(address: str, patience: float, security: Security) -> RabbitBroker:
    driver = logging.getLogger("pika")
    if driver.level == logging.NOTSET:
        # behave would show each connection that it logs; what goes wrong is raised in sentences.
        driver.setLevel(logging.CRITICAL + 1)
    where = Address.parse(address, tls=security.tls)
    return RabbitBroker(where, Access.of(where, security), patience=patience)
