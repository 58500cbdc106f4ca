"""How a node is polled: every version, fetch sessions and their loss, every compression."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer
from kafka import KafkaProducer
from kafka import errors as driver

from evtbdd.brokers.kafka import batches, polls
from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.fetch import Fetch, Fetched
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.partitions import Partition
from evtbdd.brokers.kafka.polls import LongPoll
from evtbdd.brokers.kafka.wire import Link
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError, PublishRefused
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
COMPRESSIONS = ("gzip", "snappy", "lz4", "zstd")
PRODUCE, FETCH = 0, 1
HOURS = 3_600_000


def soon() -> Deadline:
    return Deadline.after(20)


class Older(Nodes):
    """Nodes that speak no higher version of a request than `highest` says."""

    highest: dict[int, int]

    def open(self, node: int | None, deadline: Deadline) -> Link:
        link = super().open(node, deadline)
        capped = {
            api: (0, min(highest, self.highest.get(api, highest)))
            for api, (_, highest) in link.versions.items()
        }
        link.versions = capped
        return link


def older(address: str, highest: dict[int, int]) -> KafkaBroker:
    """evtbdd's connection to a Kafka that knows only older versions."""
    broker = KafkaBroker(address, patience=10)
    broker._nodes.__class__ = Older
    broker._nodes.highest = highest  # type: ignore[attr-defined]
    return broker


@pytest.fixture
def topic(kafka: KafkaBroker) -> Iterator[str]:
    name = f"evtbdd-fetch-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name, partitions=3)], soon())
    yield name
    kafka.reader().unwatch([name])
    kafka.delete([name], soon())


def read_up(kafka: KafkaBroker, *topics: str) -> None:
    reader = kafka.reader()
    reader.read_to(reader.ends(topics, soon()), soon())


@pytest.mark.parametrize("version", range(4, 12))
def test_every_version_of_fetch(kafka: KafkaBroker, address: str, topic: str, version: int) -> None:
    """Whatever a Kafka speaks since 0.11, its records are read, those of transactions included."""
    broker, sink = older(address, {FETCH: version}), Collected()
    broker.reader().watch([topic], sink, soon())
    producer = KafkaProducer(
        bootstrap_servers=address, transactional_id=uuid.uuid4().hex, retry_backoff_ms=10
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic, b"aborted", partition=0).get(10)
    producer.abort_transaction()
    producer.close()
    for turn in range(6):
        (stored,) = broker.publish(topic, [Message(b"%d" % turn)], soon())
        # Not to the end: the marker of the transaction is written a little after it was aborted.
        broker.reader().read_to({topic: {stored.lane: stored.number + 1}}, soon())
    broker.close()
    assert sink.values() == [b"%d" % turn for turn in range(6)]


@pytest.mark.parametrize("version", range(3, 9))
def test_every_version_of_produce(
    kafka: KafkaBroker, address: str, topic: str, version: int
) -> None:
    """Whatever a Kafka speaks since 0.11, it is published to, and a refusal is understood."""
    broker = older(address, {PRODUCE: version})
    positions = broker.publish(topic, [Message(b"%d" % turn, b"key") for turn in range(3)], soon())
    with pytest.raises(PublishRefused, match="the event is larger than the topic takes"):
        broker.publish(topic, [Message(bytes(1_100_000))], soon())
    broker.close()
    assert [position.number for position in positions] == [0, 1, 2]


def test_a_version_that_is_too_old(kafka: KafkaBroker, address: str, topic: str) -> None:
    """What is not understood is not guessed."""
    broker = older(address, {PRODUCE: 2})
    with pytest.raises(BrokerError) as error:
        broker.publish(topic, [Message(b"x")], soon())
    broker.close()
    assert str(error.value) == (
        f'Kafka at {address} could not publish to the topic "{topic}": it is too old for that '
        "([Error 35] UnsupportedVersionError: it speaks the versions 0 to 2 of request 0, evtbdd 3 to 8)."
    )


def settled(kafka: KafkaBroker) -> LongPoll:
    """The long poll of the only node, once it is on its way."""
    reading = kafka.reader()._reading
    assert reading is not None
    deadline = soon()
    while True:
        for of in list(reading._polls.values()):
            if of._settled is not None and of._settled.asked is not None:
                return of._settled
        assert not deadline.expired()
        time.sleep(0.001)


def test_what_is_watched_during_a_long_poll_is_read_at_once(
    kafka: KafkaBroker, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll that waits for hours holds nobody up who comes after it began."""
    monkeypatch.setattr(polls, "LONG", HOURS)
    names = [f"{topic}-{number}" for number in range(4)]
    kafka.create([ChannelPlan(name) for name in names], soon())
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    settled(kafka)
    for name in names:
        kafka.reader().watch([name], sink, soon())
        kafka.publish(name, [Message(name.encode())], soon())
        read_up(kafka, name)
    assert sink.values() == [name.encode() for name in names]
    kafka.publish(topic, [Message(b"the poll is over")], soon())
    read_up(kafka, topic)
    for name in names:
        kafka.publish(name, [Message(b"again")], soon())
    read_up(kafka, *names)
    assert sink.values()[4:] == [b"the poll is over", *[b"again"] * 4]
    kafka.reader().unwatch(names)
    kafka.delete(names, soon())


def test_a_session_that_the_node_does_not_know_any_more(kafka: KafkaBroker, topic: str) -> None:
    """Nodes forget the sessions of whoever was idle; whatever they say then, nothing is lost."""
    sink, expected = Collected(), []
    kafka.reader().watch([topic], sink, soon())
    for turn, spoil in enumerate(("_id", "_epoch", "_id", "_epoch")):
        kafka.publish(topic, [Message(b"%d" % turn)], soon())
        read_up(kafka, topic)
        session = settled(kafka)._session
        setattr(session, spoil, getattr(session, spoil) + 4711)
        kafka.publish(topic, [Message(b"behind %d" % turn)], soon())
        read_up(kafka, topic)
        expected += [b"%d" % turn, b"behind %d" % turn]
    assert sink.values() == expected


def test_a_node_without_sessions_is_told_everything() -> None:
    """It answers with the session 0, and is not asked to remember."""
    session = polls.FetchSession()
    place = Partition("orders", 0)
    watched = {place: polls.Watched(lambda _: None, 5, 5)}
    for _ in range(2):
        assert session.request(watched, 500) == Fetch({place: 5}, 500)
        session.accept(Fetched(0, 0, []))


def test_a_session_is_told_what_changed() -> None:
    """New partitions, new positions, and those that are forgotten; turns are counted, for ever."""
    session = polls.FetchSession()
    one, two, three = (Partition("orders", number) for number in range(3))
    watched = {place: polls.Watched(lambda _: None, 5, 5) for place in (one, two)}
    assert session.request(watched, 500) == Fetch({one: 5, two: 5}, 500)
    session.accept(Fetched(0, 77, []))
    assert session.request(watched, 500) == Fetch({}, 500, 77, 1)
    session.accept(Fetched(0, 77, []))
    watched[one].position = 6
    watched[three] = polls.Watched(lambda _: None, 0, 0)
    assert session.request(watched, 500) == Fetch({one: 6, three: 0}, 500, 77, 2)
    session.accept(Fetched(0, 77, []))
    del watched[two]
    assert session.request(watched, 500) == Fetch({}, 500, 77, 3, (two,))
    session.accept(Fetched(0, 77, []))
    session._epoch = polls.LAST_EPOCH
    session.request(watched, 500)
    session.accept(Fetched(0, 77, []))
    assert session.request(watched, 500) == Fetch({}, 500, 77, 1)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("library", ["librdkafka", "kafka-python"])
def test_compressed_by_other_clients(
    kafka: KafkaBroker, address: str, topic: str, compression: str, library: str
) -> None:
    """Batches are read whatever they are compressed by, and whoever has done it."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    values = [b'{"orderId": "ORD-%d", "customer": "ann"}' % number for number in range(400)]
    if library == "librdkafka":
        theirs = Producer(
            {"bootstrap.servers": address, "compression.type": compression, "linger.ms": 20}
        )
        for value in values:
            theirs.produce(topic, value, b"key", partition=1)
        assert theirs.flush(20) == 0
    else:
        ours = KafkaProducer(bootstrap_servers=address, compression_type=compression, linger_ms=20)
        for value in values:
            ours.send(topic, value, b"key", partition=1)
        ours.flush(20)
        ours.close()
    read_up(kafka, topic)
    assert sink.values() == values


def test_a_compression_whose_package_is_missing(
    kafka: KafkaBroker, address: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That nothing of it can be read is said, with what would help; other topics are read on."""
    codecs = {**batches._CODECS, 4: (lambda: False, *batches._CODECS[4][1:])}
    monkeypatch.setattr(batches, "_CODECS", codecs)
    other, sink = f"{topic}-other", Collected()
    kafka.create([ChannelPlan(other)], soon())
    kafka.reader().watch([topic, other], sink, soon())
    producer = Producer({"bootstrap.servers": address, "compression.type": "zstd"})
    producer.produce(topic, b"x" * 5000)
    assert producer.flush(20) == 0
    with pytest.raises(BrokerError) as error:
        read_up(kafka, topic)
    kafka.publish(other, [Message(b"read on")], soon())
    read_up(kafka, other)
    kafka.reader().unwatch([other])
    kafka.delete([other], soon())
    assert sink.values() == [b"read on"]
    assert str(error.value) == (
        f'What is stored on the topic "{topic}" at {address} is compressed by zstd: '
        'pip install "evtbdd[compression]" brings what reads it.'
    )


def test_more_than_one_answer_holds(kafka: KafkaBroker, address: str, topic: str) -> None:
    """Megabytes come in several answers, each once and in the order of their lane."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    producer = Producer({"bootstrap.servers": address, "linger.ms": 5})
    expected: dict[str, list[bytes]] = {"0": [], "1": [], "2": []}
    for number in range(6000):
        value = b"%d " % number + b"x" * 1000
        producer.produce(topic, value, partition=number % 3)
        expected[str(number % 3)].append(value)
        producer.poll(0)
    assert producer.flush(20) == 0
    read_up(kafka, topic)
    found: dict[str, list[bytes | None]] = {"0": [], "1": [], "2": []}
    for record in sink.records:
        found[record.position.lane].append(record.value)
    assert found == expected


def test_a_connection_that_is_let_in_only_for_a_time(kafka: KafkaBroker, topic: str) -> None:
    """It is left alone in time, and another one opened: neither reading nor publishing notices."""
    sink = Collected()
    kafka.reader().watch([topic], sink, soon())
    for turn in range(5):
        kafka.publish(topic, [Message(b"%d" % turn)], soon())
        read_up(kafka, topic)
        over = set(kafka._nodes._opened)
        for link in over:
            link.until = 0.0
        kafka.publish(topic, [Message(b"behind %d" % turn)], soon())
        read_up(kafka, topic)
        assert settled(kafka).link not in over
    assert sink.values() == [
        value for turn in range(5) for value in (b"%d" % turn, b"behind %d" % turn)
    ]


def test_connections_that_are_spent_while_the_node_is_away(
    kafka: KafkaBroker, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the node refuses, and however often: once it lets in again, reading goes on."""
    sink, refused, opened = Collected(), threading.Event(), Nodes.open
    kafka.reader().watch([topic], sink, soon())
    reading = settled(kafka)

    def refusing(nodes: Nodes, node: int | None, deadline: Deadline) -> Link:
        if threading.current_thread().name != "evtbdd kafka reader" or refused.is_set():
            return opened(nodes, node, deadline)
        refused.set()
        raise driver.NodeNotReadyError("the node is away")

    monkeypatch.setattr(Nodes, "open", refusing)
    reading.link.until = 0.0
    for turn in range(2):
        (stored,) = kafka.publish(topic, [Message(b"%d" % turn)], soon())
        kafka.reader().read_to({topic: {stored.lane: stored.number + 1}}, soon())
    assert refused.is_set()
    assert sink.values() == [b"0", b"1"]
