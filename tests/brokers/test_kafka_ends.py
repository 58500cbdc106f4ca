"""Where topics end, also once another node leads them, or somebody else has deleted them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence

import pytest

from evtbdd.brokers.kafka.connection import Connection
from evtbdd.brokers.kafka.ends import TopicEnds
from evtbdd.brokers.kafka.nodes import Nodes
from evtbdd.brokers.kafka.topics import Topics
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError
from evtbdd.ports import ChannelPlan

# The sockets are kafka-python's, see conftest.py.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed (<socket|transport):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
GONE = 4711


def soon() -> Deadline:
    return Deadline.after(20)


class Outdated(Topics):
    """Remembers a leader that is not there, until it is asked to look again."""

    looked = 0

    def leaders(self, name: str, deadline: Deadline, *, anew: bool = False) -> Sequence[int]:
        return super().leaders(name, deadline, anew=anew) if self.looked else [GONE]

    def lanes(self, names: Sequence[str], deadline: Deadline) -> Mapping[str, Sequence[str]]:
        self.looked += bool(names)
        return super().lanes(names, deadline)


@pytest.fixture
def connection(address: str) -> Iterator[Connection]:
    made = Connection(address, {"bootstrap_servers": [address], "retry_backoff_ms": 10})
    yield made
    made.close()


@pytest.fixture
def nodes(address: str) -> Iterator[Nodes]:
    made = Nodes(address)
    yield made
    made.close()


def test_a_leader_that_is_gone(connection: Connection, nodes: Nodes) -> None:
    """It is looked who leads now, and from then on that one is asked."""
    topics, name = Outdated(connection, nodes), f"evtbdd-ends-{uuid.uuid4().hex[:8]}"
    topics.create([ChannelPlan(name)], soon())
    ends = TopicEnds(nodes, topics)
    assert [ends.of([name], soon()) for _ in range(2)] == [{name: {"0": 0}}] * 2
    assert topics.looked == 1
    topics.delete([name], soon())


def test_a_topic_that_somebody_else_has_deleted(
    connection: Connection, nodes: Nodes, address: str
) -> None:
    """It has no end, and that is said."""
    name = f"evtbdd-ends-{uuid.uuid4().hex[:8]}"
    topics = Topics(connection, nodes)
    topics.create([ChannelPlan(name)], soon())
    ends = TopicEnds(nodes, topics)
    ends.of([name], soon())
    Topics(connection, nodes).delete([name], soon())
    with pytest.raises(BrokerError) as caught:
        ends.of([name], soon())
    assert str(caught.value).startswith(f'Kafka at {address} could not tell the end of the topic "')
    assert ": there is no such topic (" in str(caught.value)
