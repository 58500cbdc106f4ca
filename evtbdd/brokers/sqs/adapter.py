"""SQS as a broker of evtbdd: queues, and the topics that feed them."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence

from evtbdd.brokers.security import Security
from evtbdd.brokers.sqs.address import Address
from evtbdd.brokers.sqs.clients import Clients, tls
from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.creation import Creation
from evtbdd.brokers.sqs.lookout import Lookout
from evtbdd.brokers.sqs.names import FIFO, ILLEGAL, TAPPED, name_fault
from evtbdd.brokers.sqs.outgoing import Outgoing
from evtbdd.brokers.sqs.peeks import Peeks
from evtbdd.brokers.sqs.publisher import Publisher
from evtbdd.brokers.sqs.queue import at_endpoint
from evtbdd.brokers.sqs.queues import Queues
from evtbdd.brokers.sqs.reader import SqsReader
from evtbdd.brokers.sqs.taps import Taps
from evtbdd.brokers.sqs.topics import Topics
from evtbdd.brokers.sqs.transport import Transport
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, PublishRefused
from evtbdd.events import Position, Record
from evtbdd.ports import (
    Capabilities,
    Capability,
    ChannelPlan,
    Message,
    NameRule,
    Subscriptions,
    Variant,
)
from evtbdd.words import listed, quoted

CAPABILITIES = Capabilities(
    broker="SQS",
    channel="queue",
    lane="queue",
    can=frozenset({Capability.KEYS, Capability.HEADERS}),
    largest_payload=1_048_576,
    options=frozenset({"delay", "fifo", "sns", "visibility timeout"}),
    names=NameRule(TAPPED, ILLEGAL),
    at_once=10,
    variants={
        ("fifo", "yes"): Variant(frozenset({Capability.ORDER}), ending=FIFO, lane="group"),
        ("sns", "yes"): Variant(frozenset({Capability.COPIES})),
    },
)


class SqsBroker:
    """The queues of one region, at one endpoint; reached when first needed.

    `patience` is how many seconds a single request of the reader's own may take.
    """

    capabilities = CAPABILITIES

    def __init__(
        self, where: Address, *, patience: float = 5.0, security: Security | None = None
    ) -> None:
        self._where = where
        context = tls(where, security)

        asking, looking = Transport(context), Transport(context)
        self._clients = Clients(where, security, asking)
        self._sqs = Connection("sqs", where.sqs, self._clients, asking)
        self._sns = Connection("sns", where.sns, self._clients, asking)
        topics = Topics(self._sns)
        self._queues = Queues(self._sqs, topics)
        self._creation = Creation(
            self._sqs, self._queues, topics, CAPABILITIES, samples=where.samples
        )
        # A connection of its own: closing it ends the looks that are under way.
        looked_by = Connection("sqs", where.sqs, Clients(where, security, looking), looking)
        lookout = Lookout(looked_by, patience, samples=where.samples)
        self._reader = SqsReader(lookout, self._queues, Taps(self._queues, topics), patience)
        self._peeks = Peeks(self._sqs, self._queues, samples=where.samples)
        self._publisher = Publisher(
            self._sqs, self._sns, self._queues, self._reader, Outgoing(CAPABILITIES)
        )

    @property
    def address(self) -> str:
        """The URL of the endpoint."""
        return self._where.sqs.url

    def facts(self) -> Mapping[str, str]:
        """`region`, and but for AWS the keys as `user` and `password`: a service needs the same.

        For AWS they are not told: a service finds them where evtbdd does, or has its own.
        """
        found = {"region": self._where.region}
        if not self._where.is_aws:
            keys = self._clients.keys
            found |= {"user": keys.access, "password": keys.secret}
        return found

    def channel_facts(self, channel: str, deadline: Deadline) -> Mapping[str, str]:
        """`url` and `arn` of a queue, and the `topic_arn` of its topic where it has one.

        The URL leads to the endpoint, wherever what is not AWS says that its queues are: that may be
        a name which only its own container knows (LocalStack, ElasticMQ).
        """
        queue = self._queues.get(channel, deadline)
        url = queue.url if self._where.is_aws else at_endpoint(queue.url, self._where.sqs.url)
        found = {"url": url, "arn": queue.arn}
        return found if queue.topic is None else {**found, "topic_arn": queue.topic}

    def ping(self, deadline: Deadline) -> None:
        """Have ListQueues answered, as only SQS answers it."""
        answer = self._sqs.ask(
            "list the queues", deadline, lambda sqs: sqs.list_queues(MaxResults=1)
        )
        kind = answer["ResponseMetadata"]["HTTPHeaders"].get("content-type", "")
        if "json" not in kind:
            raise BrokerUnavailable(
                f"SQS cannot be reached at {self._where.sqs}: something else answers there."
            )

    def name_fault(self, name: str) -> str | None:
        """Why SQS would refuse a queue of that name."""
        return name_fault(name)

    def unwatchable(self, channel: ChannelPlan) -> str | None:
        """A queue gives each event to one who receives it: none may be taken from a service."""
        fed = channel.options.get("sns") == "yes"
        if channel.watch == "none":
            return "its settings say watch = none"
        if channel.watch == "tap" and not fed:
            return "a queue has nothing to tap; give it sns = yes, and evtbdd taps its topic"
        if fed or channel.watch == "consume" or not channel.consumers:
            return None
        names = listed(map(quoted, sorted(channel.consumers)))
        return (
            f"{names} consume{'s' if len(channel.consumers) == 1 else ''} it, and what evtbdd "
            "received from the queue would be lost to them; give it sns = yes, and evtbdd taps its "
            "topic"
        )

    def create(self, channels: Sequence[ChannelPlan], deadline: Deadline) -> None:
        """Create queues, with their topics and redrive policies."""
        self._creation.create(channels, deadline)

    def delete(self, channels: Sequence[str], deadline: Deadline) -> None:
        """Delete queues, with their topics and what taps those."""
        self._queues.delete(channels, deadline)
        self._reader.forget(channels)

    def names(self, deadline: Deadline) -> Sequence[str]:
        """Every queue and every topic."""
        return self._queues.names(deadline)

    def lanes(self, channels: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        """The only lane of a queue; of a FIFO queue the message groups that were seen so far."""
        there = self._queues.existing(channels, deadline)
        return {name: self._reader.lanes(self._queues.get(name, deadline)) for name in there}

    def publish(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position]:
        """Publish in order, each with a request of its own."""
        return self._publisher.publish(channel, messages, deadline)

    def publish_batch(
        self, channel: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Position | PublishRefused]:
        """Publish up to ten with one request, of which each may be refused by itself."""
        return self._publisher.batch(channel, messages, deadline)

    def takes_from(self, channel: str) -> bool:
        """Whether the reader receives from the queue itself, not from a tap of its topic."""
        return self._reader.takes_from(channel)

    def peek(self, channel: str, deadline: Deadline) -> Sequence[Record]:
        """What is visible in a queue now, up to ten events; it stays visible."""
        return self._peeks.peek(channel, deadline)

    def hidden(self, channel: str, deadline: Deadline) -> int:
        """How many events of a queue are invisible now, as SQS estimates it."""
        return self._peeks.hidden(channel, deadline)

    def reader(self) -> SqsReader:
        """The one reader of this broker."""
        return self._reader

    def subscriptions(self) -> Subscriptions:
        """Refuse: SQS does not know who receives."""
        self.capabilities.require(Capability.SUBSCRIPTIONS)
        raise AssertionError("SQS does not claim to know subscriptions")

    def close(self) -> None:
        """Close what was opened."""
        self._reader.close()
        self._sqs.close()
        self._sns.close()


def connect(address: str, *, patience: float, security: Security | None = None) -> SqsBroker:
    """The SQS at `REGION?endpoint=URL`, or where the environment says; nothing is reached yet.

    SettingsError where that is none, or is AWS itself and nobody has allowed it.
    """
    for name in ("boto3", "botocore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            # behave would show each request that it logs; what goes wrong is raised in sentences.
            logger.setLevel(logging.CRITICAL)
    allowed = security is not None and security.allow_aws
    where = Address.parse(address, os.environ, allow_aws=allowed)
    return SqsBroker(where, patience=patience, security=security)
