"""What a queue of SQS does besides: dead letters, visibility, delay, groups, batches; and its names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event
from typing import Any

import boto3
import pytest
from brokers.sqs_process import SqsProcess

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError, PublishRefused, UnsupportedCapability
from evtbdd.events import Position
from evtbdd.isolation.names import Names
from evtbdd.isolation.sweep import find, remove
from evtbdd.ports import ChannelPlan, Message

PATIENCE = 10.0


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture
def broker(sqs: SqsProcess) -> Iterator[SqsBroker]:
    found = connect(sqs.address, patience=PATIENCE)
    yield found
    found.close()


@pytest.fixture
def driver(sqs: SqsProcess) -> Callable[[str], Any]:
    """A client of a service's own, as a service has it."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=sqs.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


@pytest.fixture
def created(broker: SqsBroker) -> Iterator[Callable[..., str]]:
    """Creates channels with names of their own, that are deleted in the end."""
    names: list[str] = []

    def create(**plan: Any) -> str:
        ending = ".fifo" if plan.get("options", {}).get("fifo") == "yes" else ""
        names.append(f"q{uuid.uuid4().hex[:12]}{ending}")
        broker.create([ChannelPlan(names[-1], **plan)], soon())
        return names[-1]

    yield create
    broker.reader().unwatch(names)
    broker.delete(names, soon())


def received(
    driver: Callable[[str], Any], broker: SqsBroker, name: str, **more: Any
) -> Sequence[Mapping[str, Any]]:
    """What a service receives at once."""
    url = broker.channel_facts(name, soon())["url"]
    answer = driver("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more)
    return list(answer.get("Messages", ()))


def watched(broker: SqsBroker, *names: str) -> Collected:
    sink = Collected()
    broker.reader().watch(names, sink, soon())
    return sink


def read_up(broker: SqsBroker, *names: str) -> None:
    broker.reader().read_to(broker.reader().ends(names, soon()), soon())


def arrives(sink: Collected, broker: SqsBroker, name: str, number: int = 1) -> None:
    """Wait, looking, until as many are there: what is invisible becomes visible by time alone."""
    deadline, never = soon(), Event()
    while len(sink.records) < number and not deadline.expired():
        never.wait(0.05)
        read_up(broker, name)
    assert len(sink.records) == number


def test_events_that_fail_go_to_the_dead_letters(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """After as many attempts as the settings say, which the event tells there."""
    dead = created()
    name = created(
        dead_letter=dead, attempts=2, options={"visibility timeout": "0"}, consumers=frozenset("s")
    )
    sink = watched(broker, dead)
    broker.publish(name, [Message(b'{"a": 1}', key=b"42", headers=(("h", b"1"),))], soon())
    for _ in range(2):
        assert [each["Body"] for each in received(driver, broker, name)] == ['{"a": 1}']
    assert received(driver, broker, name) == []
    read_up(broker, dead)
    (record,) = sink.records
    assert (record.value, record.key, record.headers) == (b'{"a": 1}', b"42", (("h", b"1"),))
    assert record.facts["attempts"] == 2


def test_what_is_received_is_invisible_for_the_visibility_timeout(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """And visible again after it, where nobody has deleted it: the queue's, not evtbdd's own."""
    name = created(options={"visibility timeout": "1"})
    broker.publish(name, [Message(b"once")], soon())
    assert len(received(driver, broker, name)) == 1
    sink = watched(broker, name)
    assert received(driver, broker, name) == []
    arrives(sink, broker, name)
    assert sink.records[0].facts["attempts"] == 1


def test_what_is_delayed_is_published_at_once_and_arrives_later(
    broker: SqsBroker, created: Callable[..., str]
) -> None:
    """Publishing does not wait for it, and tells the position that it will have."""
    name = created(options={"delay": "1"})
    sink = watched(broker, name)
    (position,) = broker.publish(name, [Message(b"late")], soon())
    read_up(broker, name)
    assert sink.records == []
    arrives(sink, broker, name)
    assert sink.positions() == [position]


def test_order_is_kept_within_a_group(broker: SqsBroker, created: Callable[..., str]) -> None:
    """Each key is a lane of its own."""
    name = created(options={"fifo": "yes"})
    sink = watched(broker, name)
    messages = [Message(b"%d" % number, key=b"k%d" % (number % 3)) for number in range(30)]
    positions = broker.publish(name, messages, soon())
    read_up(broker, name)
    for lane in ("k0", "k1", "k2"):
        of_lane = [each for each in sink.records if each.position.lane == lane]
        assert [each.value for each in of_lane] == [b"%d" % n for n in range(int(lane[1]), 30, 3)]
        assert [each.position.number for each in of_lane] == list(range(10))
        assert {each.key for each in of_lane} == {lane.encode()}
    assert sorted(sink.positions()) == sorted(positions)
    assert broker.lanes([name], soon()) == {name: ["no-key", "k0", "k1", "k2"]}


def test_a_duplicate_is_the_event_that_is_there(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """Within a FIFO queue, by the deduplication id that the author gives."""
    name = created(options={"fifo": "yes"})
    once = Message(b"once", key=b"k", headers=(("MessageDeduplicationId", b"d1"),))
    broker.publish(name, [once, once, Message(b"other", key=b"k")], soon())
    assert [each["Body"] for each in received(driver, broker, name)] == ["once", "other"]


def test_a_batch_is_stored_with_one_request(broker: SqsBroker, created: Callable[..., str]) -> None:
    """Each event has the position that the reader gives it, in the order in which they were given."""
    name = created()
    sink = watched(broker, name)
    values = [b"%d" % number for number in range(10)]
    positions = broker.publish_batch(name, [Message(each) for each in values], soon())
    read_up(broker, name)
    assert dict(zip(sink.values(), sink.positions(), strict=True)) == dict(
        zip(values, positions, strict=True)
    )


def test_a_batch_that_is_too_long_is_refused_as_a_whole(
    broker: SqsBroker, created: Callable[..., str]
) -> None:
    """Nothing of it is stored, and the sentence says how many it may have."""
    name = created()
    sink = watched(broker, name)
    with pytest.raises(PublishRefused, match="a batch has 10 events at the most"):
        broker.publish_batch(name, [Message(b"x")] * 11, soon())
    read_up(broker, name)
    assert sink.records == []


def test_an_event_that_is_too_large_is_refused_by_what_the_broker_says(
    broker: SqsBroker, created: Callable[..., str]
) -> None:
    """The quota is the endpoint's."""
    name = created()
    with pytest.raises(PublishRefused) as refused:
        broker.publish(name, [Message(b"x" * 1_048_577)], soon())
    assert str(refused.value) == (
        f'SQS at {broker.address} could not publish to the queue "{name}": it refuses a value '
        "(InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter "
        "than 1048576 bytes)."
    )


def test_what_lies_in_a_queue_when_it_is_watched_is_taken_out(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """It is none of the scenario's, and would hold back what comes in a group."""
    name = created(options={"fifo": "yes"})
    broker.publish(name, [Message(b"old", key=b"k")] * 25, soon())
    sink = watched(broker, name)
    assert received(driver, broker, name) == []
    (position,) = broker.publish(name, [Message(b"new", key=b"k")], soon())
    read_up(broker, name)
    assert sink.values() == [b"new"]
    assert position == Position("k", 25)


def test_what_nobody_watches_any_more_stays_in_the_queue(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """Whoever comes next can have it."""
    name = created()
    watched(broker, name)
    broker.reader().unwatch([name])
    positions = broker.publish(name, [Message(b"a"), Message(b"b")], soon())
    bodies = sorted(each["Body"] for each in received(driver, broker, name))
    assert bodies == ["a", "b"]
    assert len(set(positions)) == 2
    assert all(each.number < 0 for each in positions)


def test_the_facts_of_a_queue(broker: SqsBroker, created: Callable[..., str]) -> None:
    """As services need them: an SDK asks for the URL, a policy for the ARN."""
    name = created()
    facts = broker.channel_facts(name, soon())
    assert facts["url"].startswith(f"{broker.address}/")
    assert facts["url"].endswith(f"/{name}")
    assert facts["arn"].endswith(f":{name}")
    assert set(facts) == {"url", "arn"}
    with pytest.raises(BrokerError) as missing:
        broker.channel_facts("nowhere", soon())
    assert str(missing.value) == f'There is no queue "nowhere" at {broker.address}.'
    assert broker.facts() == {"region": "us-east-1", "user": "test", "password": "test"}


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            ChannelPlan("orders", options={"visibility timeout": "1.5"}),
            'The queue "orders" cannot have visibility timeout = 1.5 seconds: SQS takes whole '
            "seconds, 43200 at the most.",
        ),
        (
            ChannelPlan("orders", options={"delay": "901.0"}),
            'The queue "orders" cannot have delay = 901 seconds: SQS takes whole seconds, 900 at the '
            "most.",
        ),
        (
            ChannelPlan("orders", options={"fifo": "yes"}),
            'The queue "orders" cannot be created: the name of a queue ends in .fifo where it is '
            "fifo = yes, and only there.",
        ),
        (
            ChannelPlan("orders.fifo"),
            'The queue "orders.fifo" cannot be created: the name of a queue ends in .fifo where it '
            "is fifo = yes, and only there.",
        ),
    ],
)
def test_what_a_queue_cannot_be_is_said(broker: SqsBroker, plan: ChannelPlan, said: str) -> None:
    """Before anything is created."""
    with pytest.raises(BrokerError) as refused:
        broker.create([ChannelPlan("other"), plan], soon())
    assert str(refused.value) == said
    assert broker.lanes(["other", plan.name], soon()) == {}


def test_dead_letters_that_cannot_be_are_said_and_nothing_is_left(
    broker: SqsBroker, created: Callable[..., str]
) -> None:
    """A FIFO queue's must be FIFO too, and they must be there."""
    dead = created()
    plan = ChannelPlan("f.fifo", options={"fifo": "yes"}, dead_letter=dead, attempts=1)
    with pytest.raises(BrokerError) as mixed:
        broker.create([plan], soon())
    assert str(mixed.value) == (
        f'The dead letters of "f.fifo" cannot go to "{dead}": either both are FIFO queues '
        "(fifo = yes), or neither is."
    )
    with pytest.raises(BrokerError) as missing:
        broker.create([ChannelPlan("orders", dead_letter="nowhere", attempts=1)], soon())
    assert str(missing.value) == f'There is no queue "nowhere" at {broker.address}.'
    assert broker.lanes(["f.fifo", "orders"], soon()) == {}


def test_dead_letters_without_a_number_are_the_services_own_affair(
    broker: SqsBroker, created: Callable[..., str], driver: Callable[[str], Any]
) -> None:
    """SQS moves nothing there then."""
    dead = created()
    name = created(dead_letter=dead, options={"visibility timeout": "0"})
    broker.publish(name, [Message(b"again")], soon())
    for _ in range(5):
        assert len(received(driver, broker, name)) == 1


def test_a_queue_that_a_service_receives_from_cannot_be_watched(broker: SqsBroker) -> None:
    """Each event goes to one receiver; the clause says what would be right."""
    tapped = "give it sns = yes, and evtbdd taps its topic"
    one, two = frozenset({"shipping"}), frozenset({"b", "a"})
    lost = "consume{} it, and what evtbdd received from the queue would be lost to them; " + tapped
    cases: list[tuple[dict[str, Any], str | None]] = [
        ({}, None),
        ({"consumers": one}, '"shipping" ' + lost.format("s")),
        ({"consumers": two}, '"a" and "b" ' + lost.format("")),
        ({"consumers": one, "watch": "consume"}, None),
        ({"consumers": one, "options": {"sns": "yes"}}, None),
        ({"watch": "tap"}, f"a queue has nothing to tap; {tapped}"),
        ({"watch": "none"}, "its settings say watch = none"),
    ]
    for plan, clause in cases:
        assert broker.unwatchable(ChannelPlan("orders", **plan)) == clause


def test_who_is_subscribed_is_not_known(broker: SqsBroker) -> None:
    """SQS cannot tell, and says who can."""
    with pytest.raises(UnsupportedCapability) as refused:
        broker.subscriptions()
    assert str(refused.value) == (
        "SQS has no knowledge of which service is subscribed; Kafka and RabbitMQ have it."
    )


def test_what_killed_runs_have_left_is_swept(broker: SqsBroker, sqs: SqsProcess) -> None:
    """Queues, FIFO queues, and topics with what has tapped them; of others nothing."""
    names = Names("swept", "t3fkq0abcde")
    queue = names.channel("s1", "orders.retry", broker.capabilities.names)
    fifo = names.channel("s1", "orders", broker.capabilities.of({"fifo": "yes"}).names)
    topic = names.channel("s2", "orders", broker.capabilities.names)
    other = "swept-by-nobody"
    broker.create(
        [
            ChannelPlan(queue),
            ChannelPlan(fifo, options={"fifo": "yes"}),
            ChannelPlan(topic, options={"sns": "yes"}),
            ChannelPlan(other),
        ],
        soon(),
    )
    watched(broker, topic)
    later = connect(sqs.address, patience=PATIENCE)
    (leftover,) = find(later, "swept", 2e9, soon())
    assert sorted(leftover.channels) == sorted([queue, fifo, topic])
    refused: list[str] = []
    gone = [name for _, name in remove(later, leftover, soon, refused)]
    assert sorted(gone) == sorted([queue, fifo, topic])
    assert refused == []
    left = [name for name in later.names(soon()) if name.startswith("swept")]
    assert left == [other]
    assert find(later, "swept", 2e9, soon()) == []
    later.delete([other], soon())
    later.close()
