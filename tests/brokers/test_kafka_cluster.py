"""Several nodes: each leads some partitions, leadership moves, and a node may die."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from brokers.clustered import Clustered, clustered_kafka
from kafka import KafkaAdminClient, TopicPartition

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerUnavailable
from evtbdd.events import Position
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
LANES = 4
ALONE, TWICE = {"replication": "1"}, {"replication": "2"}


def soon() -> Deadline:
    return Deadline.after(30)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Clustered]:
    """Two nodes, both there before and after each test."""
    kafka = clustered_kafka()
    try:
        found = kafka.__enter__()
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    yield found
    kafka.__exit__(None, None, None)


@pytest.fixture(params=[1, 2], ids=["through 1", "through 2"])
def kafka(cluster: Clustered, request: pytest.FixtureRequest) -> Iterator[KafkaBroker]:
    """evtbdd's connection, which knows only one of the nodes to begin with."""
    with closing(KafkaBroker(cluster.addresses[request.param], patience=10)) as broker:
        yield broker


def created(kafka: KafkaBroker, options: dict[str, str]) -> str:
    """A topic of several partitions, which nobody deletes: the cluster ends with these tests."""
    name = f"evtbdd-cluster-{uuid.uuid4().hex[:8]}"
    kafka.create([ChannelPlan(name, LANES, options)], soon())
    return name


def stored(kafka: KafkaBroker, topic: str, number: int) -> list[Position]:
    """Publish so many, and have them read."""
    positions = [
        position
        for each in range(number)
        for position in kafka.publish(topic, [Message(b"%d" % each)], soon())
    ]
    ends = {topic: {each.lane: each.number + 1 for each in sorted(positions)}}
    kafka.reader().read_to(ends, soon())
    return positions


def leaders(kafka: KafkaBroker, topic: str, *wanted: int) -> set[int]:
    """Who leads, as soon as it is those: nodes learn of that one after the other."""
    deadline = soon()
    while (found := set(kafka._topics.leaders(topic, deadline, anew=True))) != {*wanted}:
        assert not deadline.expired(), found
    return found


def move(cluster: Clustered, topic: str, replicas: list[list[int]]) -> None:
    """Have each partition stored by these nodes, and led by the first of them."""
    admin = KafkaAdminClient(bootstrap_servers=cluster.addresses[1])
    wanted = {TopicPartition(topic, lane): nodes for lane, nodes in enumerate(replicas)}
    admin.alter_partition_reassignments(wanted)
    deadline = soon()
    while admin.list_partition_reassignments(list(wanted)):
        assert not deadline.expired()
    admin.elect_leaders(0, {topic: list(range(len(replicas)))})
    admin.close()


def test_each_node_leads_some(kafka: KafkaBroker) -> None:
    """Ends are asked, events published and read wherever the leader is."""
    topic, sink = created(kafka, ALONE), Collected()
    assert leaders(kafka, topic, 1, 2)
    kafka.reader().watch([topic], sink, soon())
    positions = stored(kafka, topic, 40)
    assert sorted(sink.positions()) == sorted(positions)
    ends = kafka.reader().ends([topic], soon())
    assert ends == {topic: {str(lane): 10 for lane in range(LANES)}}


@pytest.mark.parametrize("options", [ALONE, TWICE], ids=["alone", "twice"])
def test_leadership_moves(kafka: KafkaBroker, cluster: Clustered, options: dict[str, str]) -> None:
    """Whoever led, and whoever leads now: nothing is lost, nothing doubled, each lane in order."""
    topic, sink = created(kafka, options), Collected()
    kafka.reader().watch([topic], sink, soon())
    positions = stored(kafka, topic, 8)
    for first, second in ((1, 2), (2, 1), (1, 2)):
        nodes = [first] if options == ALONE else [first, second]
        move(cluster, topic, [nodes] * LANES)
        positions += stored(kafka, topic, 8)
        assert leaders(kafka, topic, first)
    assert sorted(sink.positions()) == sorted(positions)
    for lane in range(LANES):
        of_lane = [each.number for each in sink.positions() if each.lane == str(lane)]
        assert of_lane == list(range(8))


def test_a_node_dies(kafka: KafkaBroker, cluster: Clustered) -> None:
    """The other one leads: evtbdd goes on, also where it knew only the one that died."""
    topic, sink = created(kafka, TWICE), Collected()
    kafka.reader().watch([topic], sink, soon())
    positions = stored(kafka, topic, 8)
    cluster.kill(2)
    try:
        positions += published_as_it_dies(kafka, topic, 8)
        kafka.reader().read_to(kafka.reader().ends([topic], soon()), soon())
        assert leaders(kafka, topic, 1)
    finally:
        cluster.start(2)
    positions += stored(kafka, topic, 8)
    for lane in range(LANES):
        of_lane = [each.number for each in sink.positions() if each.lane == str(lane)]
        assert of_lane == list(range(len(of_lane)))
    assert set(positions) <= set(sink.positions())


def published_as_it_dies(kafka: KafkaBroker, topic: str, number: int) -> list[Position]:
    """Publish so many; one that is on its way as a node dies may be stored without an answer."""
    positions: list[Position] = []
    deadline = soon()
    while len(positions) < number:
        assert not deadline.expired()
        with suppress(BrokerUnavailable):
            positions += kafka.publish(topic, [Message(b"x")], soon())
    return positions
