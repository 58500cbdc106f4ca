"""Topics that one run holds: nobody else gets them meanwhile, and everybody once it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from evtbdd.brokers.kafka import membership
from evtbdd.brokers.kafka.access import OPEN
from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.brokers.kafka.lock import PREFIX, KafkaLock
from evtbdd.clock import Deadline
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.offers import Locks

LONG = 20.0
SHORT = 0.2

HOLDING = """
import sys
from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline

broker = KafkaBroker(sys.argv[1])
lock = broker.hold(sys.argv[2:], "the killed one", Deadline.after(20))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _short_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests wait for is over soon; both brokers allow for a second."""
    monkeypatch.setattr(membership, "SESSIONS", (1.0,))


@pytest.fixture
def topic() -> str:
    """A topic that nobody else holds; it need not be there."""
    return f"orders-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def hold(address: str) -> Iterator[Callable[..., KafkaLock]]:
    """`hold(holder, *topics)`, each time as another run; in the end all are released."""
    brokers: list[KafkaBroker] = []
    locks: list[KafkaLock] = []

    def holding(holder: str, *topics: str, seconds: float = LONG) -> KafkaLock:
        brokers.append(KafkaBroker(address))
        locks.append(brokers[-1].hold(topics, holder, Deadline.after(seconds)))
        return locks[-1]

    yield holding
    for lock in locks:
        lock.release(Deadline.after(LONG))
    for broker in brokers:
        broker.close()


def test_an_adapter_of_kafka_offers_locks(kafka: KafkaBroker) -> None:
    """By that a shared run knows that it can be kept from others."""
    assert isinstance(kafka, Locks)


def test_what_one_run_holds_another_does_not_get(
    hold: Callable[..., KafkaLock], topic: str, address: str
) -> None:
    """The sentence names the topics that both want, and who holds them."""
    held = hold("evtbdd-first@desk:1", topic, f"{topic}-2", f"{topic}-3")
    with pytest.raises(BrokerError) as raised:
        hold("evtbdd-second@desk:2", f"{topic}-9", f"{topic}-2", topic, seconds=SHORT)
    assert str(raised.value) == (
        f'The topics "{topic}" and "{topic}-2" at {address} are used by another run just now, '
        "evtbdd-first@desk:1 (waited 200 ms: a run that was killed holds them until the broker has "
        "missed it for as long as its session lasts)."
    )
    assert held.lost is None


def test_a_session_is_as_short_as_the_broker_allows(
    hold: Callable[..., KafkaLock], topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it refuses as too short is followed by the next longer one."""
    monkeypatch.setattr(membership, "SESSIONS", (0.2, 0.5, 1.0))
    held = hold("first", topic)
    assert [each.session for each in held._memberships.values()] == [1.0]


def test_other_topics_are_free(hold: Callable[..., KafkaLock], topic: str) -> None:
    """Also one whose name begins alike."""
    hold("first", topic)
    assert hold("second", f"{topic}-2", seconds=LONG).lost is None


def test_what_was_released_is_free_at_once_and_leaves_no_group(
    hold: Callable[..., KafkaLock], kafka: KafkaBroker, topic: str
) -> None:
    """The next one need not wait for any session."""
    hold("first", topic).release(Deadline.after(LONG))
    assert f"{PREFIX}{topic}" not in kafka.subscriptions().groups(Deadline.after(LONG))
    assert hold("second", topic, seconds=SHORT).lost is None


def test_a_lock_outlives_its_session(
    hold: Callable[..., KafkaLock], kafka: KafkaBroker, topic: str
) -> None:
    """The broker hears of it again and again, whatever else its process does."""
    held = hold("first", topic)
    with pytest.raises(BrokerError, match="first"):
        hold("second", topic, seconds=3 * membership.SESSIONS[0])
    assert held.lost is None


def test_of_a_killed_run_the_topics_are_free_once_it_is_missed(
    hold: Callable[..., KafkaLock], topic: str, address: str
) -> None:
    """Nobody has released them."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, address, topic],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BrokerError, match="the killed one"):
            hold("second", topic, seconds=SHORT)
        os.kill(process.pid, signal.SIGKILL)
        assert hold("third", topic).lost is None
    finally:
        process.kill()
        process.communicate()


def test_of_many_at_the_same_moment_never_two_get_it(address: str, topic: str) -> None:
    """One does, or none: then each has seen another."""
    brokers = [KafkaBroker(address) for _ in range(4)]
    for turn in range(8):
        name = f"{topic}-{turn}"
        together = threading.Barrier(len(brokers))

        def attempt(
            broker: KafkaBroker, name: str = name, together: threading.Barrier = together
        ) -> KafkaLock | str:
            together.wait()
            try:
                return broker.hold([name], "one of many", Deadline.after(SHORT))
            except BrokerError as error:
                return str(error)

        with ThreadPoolExecutor(len(brokers)) as pool:
            found = list(pool.map(attempt, brokers))
        got = [each for each in found if isinstance(each, KafkaLock)]
        refused = [each for each in found if isinstance(each, str)]
        assert len(got) <= 1
        taken = "is used by another run just now, one of many"
        assert [each for each in refused if taken not in each] == []
        for lock in got:
            assert lock.lost is None
            lock.release(Deadline.after(LONG))
    for broker in brokers:
        broker.close()


def test_who_comes_later_and_gives_way_takes_nothing_from_the_first(
    hold: Callable[..., KafkaLock], address: str, topic: str
) -> None:
    """It has joined the group, as at a photo finish; the first one stays a member."""
    held = hold("first", topic)
    later = membership.Membership(f"{PREFIX}{topic}", address, OPEN, "later")
    deadline = Deadline.after(LONG)
    later.ask_in(deadline)
    while not later.is_let_in(deadline):
        later.ask_in(deadline)
    assert later.others(deadline) == ["first"]
    later.leave(deadline)
    later.close()
    with pytest.raises(BrokerError, match="first"):
        hold("third", topic, seconds=2 * membership.SESSIONS[0])
    assert held.lost is None


def test_a_broker_that_is_gone_holds_nothing(topic: str) -> None:
    """Once it was not reached for as long as the session lasts, it is said that it is lost."""
    with EmbeddedKafka() as kafka:
        broker = KafkaBroker(kafka.address)
        lock = broker.hold([topic], "first", Deadline.after(LONG))
    lock._thread.join(1.0)
    deadline = Deadline.after(LONG)
    while lock.lost is None and not deadline.expired():
        threading.Event().wait(0.02)
    assert (lock.lost or "").startswith("the broker was not reached for ")
    assert f'the topic "{topic}" is not held any more' in (lock.lost or "")
    with pytest.raises(BrokerUnavailable):
        lock.release(Deadline.after(1.0))
    broker.close()


def test_who_is_missed_is_told(topic: str) -> None:
    """Its process stood still for longer than its session: others may have the topic by now."""
    with EmbeddedKafka() as kafka:
        broker = KafkaBroker(kafka.address)
        lock = broker.hold([topic], "first", Deadline.after(LONG))
        (member,) = (
            broker.subscriptions().state(f"{PREFIX}{topic}", [], Deadline.after(LONG)).members
        )
        broker.subscriptions().expel(f"{PREFIX}{topic}", [member], Deadline.after(LONG))
        deadline = Deadline.after(LONG)
        while lock.lost is None and not deadline.expired():
            threading.Event().wait(0.02)
        assert lock.lost == (
            f'the topic "{topic}" was given to others (it has missed us for longer than our session '
            "lasts)"
        )
        lock.release(Deadline.after(LONG))
        broker.close()


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    """As with everything else that is asked of it."""
    with EmbeddedKafka() as kafka:
        address = kafka.address
    broker = KafkaBroker(address)
    with pytest.raises(BrokerUnavailable) as raised:
        broker.hold(["orders"], "first", Deadline.after(1.0))
    assert str(raised.value) == (
        f"Kafka at {address} could not tell who holds topics: {address} cannot be reached "
        "(nothing listens there (connection refused))."
    )
    broker.close()
