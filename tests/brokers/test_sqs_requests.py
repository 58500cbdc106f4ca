"""How many requests a queue costs: those of evtbdd take their turn before those of the services."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import pairwise
from threading import Condition

import pytest
from brokers.sqs_process import SqsProcess
from brokers.sqs_stub import Reply, Stub, messages, refusal, stubbed

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.brokers.sqs.address import Address
from evtbdd.brokers.sqs.clients import Clients, tls
from evtbdd.brokers.sqs.connection import Connection
from evtbdd.brokers.sqs.looks import Looks
from evtbdd.brokers.sqs.numbers import Numbers
from evtbdd.brokers.sqs.pace import SELDOM, Pace
from evtbdd.brokers.sqs.queue import Queue
from evtbdd.brokers.sqs.transport import Transport
from evtbdd.brokers.sqs.watched import NEVER, Watched
from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.making import make
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError
from evtbdd.isolation.modes import NAMES, NAMESPACE
from evtbdd.ports import ChannelPlan, Message

MISSING = refusal("AWS.SimpleQueueService.NonExistentQueue")


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stubbed() as found:
        found.answers("GetQueueUrl", MISSING)
        yield found


@pytest.fixture
def broker(stub: Stub) -> Iterator[SqsBroker]:
    found = connect(stub.address, patience=5.0)
    yield found
    found.close()


def plans(number: int) -> list[ChannelPlan]:
    return [ChannelPlan(f"evtbdd-s{each}-orders") for each in range(number)]


def test_several_queues_are_looked_for_with_one_request(stub: Stub, broker: SqsBroker) -> None:
    """Before they are created; a list of those whose names begin alike tells of all of them."""
    broker.create(plans(20), soon())
    assert (stub.count("ListQueues"), stub.count("GetQueueUrl")) == (1, 0)
    (asked,) = [fields for action, fields in stub.asked if action == "ListQueues"]
    assert asked["QueueNamePrefix"] == "evtbdd-s"
    assert stub.count("CreateQueue") == 20


def test_one_of_several_that_is_there_already_is_told(stub: Stub, broker: SqsBroker) -> None:
    """And none is created: SQS itself would take it for the new one."""
    url = f"{stub.endpoint}/0/"
    stub.answers(
        "ListQueues", Reply({"QueueUrls": [f"{url}evtbdd-s1-orders-too", f"{url}evtbdd-s2-orders"]})
    )
    with pytest.raises(BrokerError) as raised:
        broker.create(plans(3), soon())
    assert str(raised.value) == f'The queue "evtbdd-s2-orders" exists already at {stub.endpoint}.'
    assert stub.count("CreateQueue") == 0


def test_where_a_list_is_long_each_queue_is_asked_for(stub: Stub, broker: SqsBroker) -> None:
    """An account can have any number of queues; what is asked for does not grow with them."""
    stub.answers("ListQueues", Reply({"QueueUrls": [], "NextToken": "more"}))
    broker.create(plans(3), soon())
    assert (stub.count("ListQueues"), stub.count("GetQueueUrl")) == (1, 3)


def test_where_sqs_is_many_machines_each_queue_is_asked_for(stub: Stub) -> None:
    """There a list tells late of a queue that is new."""
    broker = connect(f"{stub.address}&looks=long", patience=5.0)
    there = [Reply({"QueueUrl": f"{stub.endpoint}/0/{each.name}"}) for each in plans(2)]
    stub.answers("GetQueueUrl", MISSING, MISSING, *there)
    broker.create(plans(2), soon())
    assert (stub.count("ListQueues"), stub.count("GetQueueUrl")) == (0, 4)
    broker.close()


@pytest.mark.parametrize(("mode", "looks"), [(NAMES, 0), (NAMESPACE, 2)])
def test_what_nobody_can_have_used_is_not_emptied(
    stub: Stub, broker: SqsBroker, mode: str, looks: int
) -> None:
    """A name that somebody may know is: what lies in it is none of the scenario's."""
    channels = [Channel(Declaration(each.name), each, "main", broker) for each in plans(2)]
    made: list[Channel] = []
    make(channels, soon, made.append, mode=mode)
    assert made == channels
    assert stub.count("ReceiveMessage") == looks
    assert [each.recorded for each in channels] == [{"queue": 0}, {"queue": 0}]


def test_what_comes_to_a_new_queue_is_seen(sqs: SqsProcess) -> None:
    """From its first event on, by whomever it is sent, before anybody attends to it."""
    broker, service = (connect(sqs.address, patience=10.0) for _ in range(2))
    name, sink = f"q{uuid.uuid4().hex[:12]}", Collected()
    broker.create([ChannelPlan(name)], soon())
    ends = broker.reader().watch_new([name], sink, soon())
    service.publish(name, [Message(b"theirs")], soon())
    (position,) = broker.publish(name, [Message(b"ours")], soon())
    broker.reader().read_to(broker.reader().ends([name], soon()), soon())
    assert sorted(sink.values(), key=str) == [b"ours", b"theirs"]
    assert position in sink.positions()
    assert ends == {name: {"queue": 0}}
    assert sorted(each.number for each in sink.positions()) == [0, 1]
    broker.delete([name], soon())
    for each in (service, broker):
        each.close()


def looked(stub: Stub, watched: Watched, *, looks: str = "short") -> list[str]:
    """What one look at a queue asks."""
    where = Address.parse(f"{stub.address}&looks={looks}", {}, allow_aws=False)
    transport = Transport(tls(where, None))
    connection = Connection("sqs", where.sqs, Clients(where, None, transport), transport)
    stub.asked.clear()
    Looks(connection, Condition(), 5.0, samples=where.samples).look(watched)
    connection.close()
    return [action for action, _ in stub.asked]


def watched(stub: Stub, name: str = "orders", *, draining: bool = False) -> Watched:
    queue = Queue(name, f"{stub.endpoint}/0/{name}", f"arn:aws:sqs:us-east-1:0:{name}")
    return Watched(queue, Numbers("queue"), Collected(), draining=draining)


FOUND = ["ReceiveMessage", "DeleteMessageBatch"]


def test_what_was_found_is_deleted_and_no_more_is_asked_for(stub: Stub) -> None:
    """Nobody waits for more; the next look would find it. Of the queue nothing is said."""
    stub.answers("ReceiveMessage", messages("a"), Reply())
    queue = watched(stub)
    assert looked(stub, queue) == FOUND
    assert queue.undeleted == []
    assert queue.looked == NEVER


def test_who_waits_for_more_has_it_asked_for(stub: Stub) -> None:
    """Such as for what a proof of absence is made of: a look that has found nothing."""
    stub.answers("ReceiveMessage", messages("a"), Reply())
    queue = watched(stub)
    queue.waiting.append(lambda: queue.was_seen_since(0.0))
    assert looked(stub, queue) == [*FOUND, "ReceiveMessage"]
    assert queue.looked > 0


def test_who_has_what_he_waited_for_needs_no_more(stub: Stub) -> None:
    """Whoever has published waits for the position of that event alone."""
    stub.answers("ReceiveMessage", messages("a"), Reply())
    queue = watched(stub)
    queue.waiting.append(lambda: queue.numbers.given("a") is not None)
    assert looked(stub, queue) == FOUND


@pytest.mark.parametrize(
    ("name", "number", "draining", "looks"),
    [
        ("orders.fifo", 1, False, "short"),
        ("orders", 10, False, "short"),
        ("orders", 1, True, "short"),
        ("orders", 1, False, "long"),
    ],
    ids=["a group may hold more back", "as many as there can be", "emptied", "many machines"],
)
def test_where_more_may_be_there_it_is_asked_for(
    stub: Stub, name: str, number: int, draining: bool, looks: str
) -> None:
    """Until a receive has found nothing."""
    stub.answers("ReceiveMessage", messages(*map(str, range(number))), Reply())
    queue = watched(stub, name, draining=draining)
    assert looked(stub, queue, looks=looks) == [*FOUND, "ReceiveMessage"]
    assert not queue.draining


def test_queues_that_nobody_has_asked_for_are_looked_at_by_and_by(
    stub: Stub, broker: SqsBroker
) -> None:
    """Those that were made together are not all due at the same moment."""
    lookout = broker.reader()._lookout
    several = [watched(stub, f"orders-{number}") for number in range(5)]
    lookout.add(several, soon())
    due = [each.due for each in several]
    assert all(later - earlier >= SELDOM for earlier, later in pairwise(due))


def test_a_queue_that_is_waited_for_is_looked_at_whoever_lets_go_of_it(
    stub: Stub, broker: SqsBroker
) -> None:
    """The end of a scenario holds up nobody who has asked before it."""
    lookout, queue = broker.reader()._lookout, watched(stub)
    lookout.add([queue], soon())
    with lookout.changed:
        now = Pace.of(samples=False).next(queue, [queue])
        queue.ask(now - 1.0)
        queue.waiting.append(lambda: False)
        due = queue.due
        lookout.disregard([queue.name])
        assert queue.due == due
        queue.waiting.clear()
        lookout.disregard([queue.name])
        assert queue.due > due
