"""An event is stored once, whatever happens to the answer."""

from __future__ import annotations

import struct
import threading
import uuid
from collections.abc import Iterator

import pytest

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.fields import Fields
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.producer import LAST, MANY, NOBODY, Identity, InitProducerId
from evtbdd.brokers.kafka.wire import Link
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerUnavailable, PublishRefused
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
PRODUCE = 0
PLACE = Partition("orders", 0)


def soon() -> Deadline:
    return Deadline.after(20)


class Lossy(Link):
    """A connection that breaks, each time that it is told to, once the node has answered a Produce."""

    losing = 0
    asked = -1

    def send(self, api: int, version: int, body: bytes, deadline: Deadline) -> None:
        self.asked = api
        super().send(api, version, body, deadline)

    def receive(self, deadline: Deadline) -> bytes:
        answer = super().receive(deadline)
        if self.asked == PRODUCE and Lossy.losing:
            Lossy.losing -= 1
            raise ConnectionResetError("the answer was lost")
        return answer


class LossyNodes(Nodes):
    """Nodes whose connections are lossy."""

    def open(self, node: int | None, deadline: Deadline) -> Link:
        link = super().open(node, deadline)
        link.__class__ = Lossy
        return link


@pytest.fixture
def lossy(kafka: KafkaBroker) -> KafkaBroker:
    """evtbdd's connection, over lossy links."""
    kafka._nodes.__class__ = LossyNodes
    return kafka


@pytest.fixture
def topic(kafka: KafkaBroker) -> Iterator[str]:
    name = f"evtbdd-publisher-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name)], soon())
    yield name
    kafka.reader().unwatch([name])
    kafka.delete([name], soon())


def read_up(kafka: KafkaBroker, topic: str) -> None:
    reader = kafka.reader()
    reader.read_to(reader.ends([topic], soon()), soon())


def test_a_lost_answer(lossy: KafkaBroker, topic: str) -> None:
    """What was stored without an answer is sent again, and stands there once, where it is said."""
    sink = Collected()
    lossy.reader().watch([topic], sink, soon())
    positions = []
    for turn in range(6):
        Lossy.losing = turn % 3
        positions += lossy.publish(topic, [Message(b"%d" % turn)], soon())
    read_up(lossy, topic)
    assert sink.values() == [b"%d" % turn for turn in range(6)]
    assert sink.positions() == positions


def test_a_lost_answer_of_somebody_without_an_identity(lossy: KafkaBroker, topic: str) -> None:
    """Nobody could tell that it came again: so it is not sent again, and that is said."""
    lossy._publisher._producer._identity = Identity(NOBODY, NOBODY)
    Lossy.losing = 1
    with pytest.raises(BrokerUnavailable) as error:
        lossy.publish(topic, [Message(b"x")], soon())
    (position,) = lossy.publish(topic, [Message(b"y")], soon())
    assert position.number == 1
    assert str(error.value) == (
        f'Kafka at {lossy.address} could not publish to the topic "{topic}": the connection was '
        "lost (KafkaConnectionError: the answer was lost)."
    )


def test_after_a_refusal(kafka: KafkaBroker, topic: str) -> None:
    """One that was refused keeps none from being stored that follows."""
    for turn in range(3):
        with pytest.raises(PublishRefused):
            kafka.publish(topic, [Message(bytes(1_100_000))], soon())
        positions = kafka.publish(topic, [Message(b"a"), Message(b"b")], soon())
        assert [position.number for position in positions] == [2 * turn, 2 * turn + 1]


def test_an_event_waits_for_the_one_before_it() -> None:
    """Sequence numbers are used in turn, and each only once it is known to count."""
    identity, inside, leave = Identity(7, 0), threading.Event(), threading.Event()
    numbers = []

    def hold() -> None:
        with identity.turn(PLACE, soon()) as number:
            numbers.append(number)
            inside.set()
            leave.wait(20)

    holding = threading.Thread(target=hold)
    holding.start()
    inside.wait(20)
    with pytest.raises(Exception, match="still on its way"):
        identity.turn(PLACE, Deadline.after(0.01)).__enter__()
    with identity.turn(Partition("orders", 1), soon()) as other:
        numbers.append(other)
    leave.set()
    holding.join()
    with identity.turn(PLACE, soon()) as number:
        numbers.append(number)
    assert numbers == [0, 0, 1]


def test_a_number_that_did_not_count_is_used_again() -> None:
    identity = Identity(7, 0)
    with pytest.raises(ZeroDivisionError), identity.turn(PLACE, soon()):
        raise ZeroDivisionError
    with identity.turn(PLACE, soon()) as number:
        assert number == 0


def test_numbers_begin_again_after_the_last() -> None:
    identity = Identity(7, 0)
    with identity.turn(PLACE, soon()):
        pass
    identity._next[PLACE].number = LAST
    with identity.turn(PLACE, soon()) as last:
        pass
    with identity.turn(PLACE, soon()) as number:
        assert (last, number) == (LAST, 0)


def test_an_identity_is_left_before_it_holds_too_much() -> None:
    identity = Identity(7, 0)
    for number in range(MANY + 1):
        assert not identity.is_worn()
        with identity.turn(Partition("orders", number), soon()):
            pass
    assert identity.is_worn()


@pytest.mark.parametrize("code", [31, 53], ids=["cluster", "transactional id"])
def test_a_user_who_may_have_no_identity(code: int) -> None:
    """Older brokers ask for a right of its own; without it one publishes as nobody."""
    answer = struct.pack(">ihqh", 0, code, -1, -1)
    identity = InitProducerId().answer(Fields(answer), 1)
    assert not identity.known
    with identity.turn(PLACE, soon()) as number:
        assert number == NOBODY
