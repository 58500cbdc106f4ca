"""Exchanges and queues of a RabbitMQ: made, refused, listed; who takes what; virtual hosts."""

from __future__ import annotations

from contextlib import closing

import pytest
from brokers.rabbits import PATIENCE, Rabbits, client_of, soon
from brokers.test_rabbitmq_routes import TOPICS
from pika.adapters.blocking_connection import BlockingChannel

from evtbdd.brokers.rabbitmq.adapter import RabbitBroker, connect
from evtbdd.errors import BrokerError, BrokerUnavailable
from evtbdd.isolation.names import Names, fresh_run_id
from evtbdd.isolation.sweep import find, remove
from evtbdd.ports import ChannelPlan, Message


def test_a_channel_that_is_there_already(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Whether as an exchange or as a queue, and however it was declared: it is left as it is."""
    exchange, queue = rabbits.name(), rabbits.name()
    service.exchange_declare(exchange, "direct")
    service.queue_declare(queue)
    for name in (exchange, queue):
        with pytest.raises(BrokerError) as raised:
            rabbits.created(name=name)
        assert str(raised.value) == (
            f'RabbitMQ at {rabbits.broker.address} could not create the channel "{name}": it is '
            "there already."
        )
    service.exchange_declare(exchange, "direct")
    service.queue_declare(queue)


def test_an_argument_that_rabbitmq_refuses(rabbits: Rabbits) -> None:
    """Its words are told, and neither the exchange nor another channel is left behind."""
    name, other = rabbits.name(), rabbits.name()
    wrong = ChannelPlan(name, options={"queue arguments": "x-message-ttl = soon"})
    with pytest.raises(BrokerError) as raised:
        rabbits.broker.create([ChannelPlan(other), wrong], soon())
    assert str(raised.value) == (
        f'RabbitMQ at {rabbits.broker.address} could not create the channel "{name}": it does not '
        f"accept that (invalid arg 'x-message-ttl' for queue '{name}' in vhost '/': "
        '"expected integer, got longstr").'
    )
    assert rabbits.broker.lanes([name, other], soon()) == {}


def test_an_exchange_of_another_channel_that_is_not_there(rabbits: Rabbits) -> None:
    """A queue cannot be bound to it: it is said which, and nothing is left behind."""
    name, missing = rabbits.name(), rabbits.name()
    with pytest.raises(BrokerError) as raised:
        rabbits.created({"bindings": f"{missing}: eu.#"}, name=name)
    assert str(raised.value) == (
        f'RabbitMQ at {rabbits.broker.address} could not create the channel "{name}": it is not '
        f"there (no exchange '{missing}' in vhost '/')."
    )
    assert rabbits.broker.lanes([name], soon()) == {}


def test_channels_that_are_bound_to_each_other_are_made_in_one_call(rabbits: Rabbits) -> None:
    """Whichever stands first."""
    first, second = rabbits.name(), rabbits.name()
    rabbits.broker.create(
        [
            ChannelPlan(first, options={"kind": "queue", "bindings": f"{second}: #"}),
            ChannelPlan(second, dead_letter=first),
        ],
        soon(),
    )
    rabbits.watch(first)
    rabbits.publish(second, b"x")
    assert [each.value for each in rabbits.read(first)] == [b"x"]


def test_a_user_who_must_not_create(
    rabbits: Rabbits, real_rabbitmq: str, restricted: tuple[str, str]
) -> None:
    """What RabbitMQ refuses to a user is told in its words."""
    where = real_rabbitmq.rpartition("@")[2]
    name = rabbits.name()
    with closing(connect(f"{':'.join(restricted)}@{where}", patience=PATIENCE)) as broker:
        with pytest.raises(BrokerError) as raised:
            broker.create([ChannelPlan(name)], soon())
        assert str(raised.value).replace("(configure access", "(access") == (
            f'RabbitMQ at {broker.address} could not create the channel "{name}": the user is not '
            f"allowed to (access to exchange '{name}' in vhost '/' refused for user "
            f"'{restricted[0]}')."
        )


def test_an_exchange_whose_type_is_not_told(
    rabbits: Rabbits, real_rabbitmq: str, restricted: tuple[str, str]
) -> None:
    """A user who must not even ask for it cannot watch it; that is said before a tap is tried."""
    where = real_rabbitmq.rpartition("@")[2]
    name = rabbits.created()
    with closing(connect(f"{':'.join(restricted)}@{where}", patience=PATIENCE)) as broker:
        with pytest.raises(BrokerError) as raised:
            broker.reader().watch([name], rabbits.sink, soon())
        assert str(raised.value) == (
            f'The exchange "{name}" at {broker.address} cannot be watched: RabbitMQ does not tell '
            "this user its type (that takes the right to configure it)."
        )


def test_a_queue_that_somebody_has_for_themselves(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """It is there, it is nobody else's to delete, and the others are deleted all the same."""
    name, other = rabbits.name(), rabbits.created()
    service.queue_declare(name, exclusive=True)
    assert list(rabbits.broker.lanes([name], soon())) == [name]
    with pytest.raises(BrokerError) as raised:
        rabbits.broker.delete([name, other], soon())
    assert "somebody else has the queue for themselves" in str(raised.value)
    assert list(rabbits.broker.lanes([name, other], soon())) == [name]
    service.queue_delete(name)


def test_what_is_listed(rabbits: Rabbits, service: BlockingChannel) -> None:
    """Each channel once, and nothing that is RabbitMQ's own."""
    both, queue = rabbits.watched(), rabbits.created({"kind": "queue"})
    service.queue_declare("", exclusive=True)
    names = list(rabbits.broker.names(soon()))
    assert [names.count(name) for name in (both, queue)] == [1, 1]
    assert not [name for name in names if name.startswith("amq.") or not name]


def test_listing_takes_the_management_api(real_rabbitmq: str) -> None:
    """Where there is none it is said how to get, or to name one."""
    where = real_rabbitmq.partition("?")[0]
    with closing(connect(f"{where}?management=1", patience=PATIENCE)) as broker:
        with pytest.raises(BrokerError) as raised:
            broker.names(soon())
        assert str(raised.value) == (
            "RabbitMQ's management API cannot be used at http://127.0.0.1:1: nothing listens there "
            "(connection refused); enable the plugin rabbitmq_management, or say where it is: "
            "amqp://host:port/vhost?management=PORT (or a URL)."
        )


def test_without_the_management_api_only_rabbitmq_itself_returns(
    rabbits: Rabbits, real_rabbitmq: str
) -> None:
    """While a channel is watched nobody can tell then that no other queue takes an event."""
    where = real_rabbitmq.partition("?")[0]
    name = rabbits.created({"kind": "exchange"})
    with closing(connect(f"{where}?management=1", patience=PATIENCE)) as broker:
        broker.reader().watch([name], rabbits.sink, soon())
        broker.publish(name, [Message(b"x")], soon())
        broker.reader().read_to(broker.reader().ends([name], soon()), soon())
    assert [each.value for each in rabbits.sink.records] == [b"x"]


def test_sweeping(rabbits: Rabbits, service: BlockingChannel) -> None:
    """What a run that crashed has left behind is found by its names, and removed."""
    names = Names("evtbdd", fresh_run_id())
    left = [names.channel("s1", "orders"), names.channel("s1", "inbox")]
    service.exchange_declare(left[0], "topic", durable=True)
    service.queue_declare(left[1], durable=True)
    mine = [each for each in find(rabbits.broker, "evtbdd", 2**40, soon()) if each.run == names.run]
    assert [sorted(each.channels) for each in mine] == [sorted(left)]
    refused: list[str] = []
    gone = list(remove(rabbits.broker, mine[0], soon, refused))
    assert sorted(gone) == [("channel", name) for name in sorted(left)]
    assert refused == []
    assert rabbits.broker.lanes(left, soon()) == {}


def test_topics_are_matched_as_rabbitmq_matches_them(
    rabbits: Rabbits, service: BlockingChannel
) -> None:
    """What evtbdd says of who takes an event is what RabbitMQ itself does with it."""
    name = rabbits.created({"kind": "exchange"})
    queues = {}
    for bound in {bound for bound, _, _ in TOPICS}:
        queues[bound] = service.queue_declare("", exclusive=True).method.queue
        service.queue_bind(queues[bound], name, bound)
    service.confirm_delivery()
    for key in {key for _, key, _ in TOPICS}:
        service.basic_publish(name, key, key.encode(), mandatory=True)
    got = {bound: taken(service, queue) for bound, queue in queues.items()}
    assert [(bound, key, key in got[bound]) for bound, key, _ in TOPICS] == list(TOPICS)


def taken(service: BlockingChannel, queue: str) -> set[str]:
    found = set()
    while (body := service.basic_get(queue, auto_ack=True)[2]) is not None:
        found.add(body.decode())
    return found


def test_a_namespace(rabbit: RabbitBroker, rabbits: Rabbits, real_rabbitmq: str) -> None:
    """A virtual host of its own, with all that is in it, until it is closed."""
    vhost = rabbits.name()
    opened = rabbit.open_namespace(vhost, soon())
    assert opened.address == f"{rabbit.address}/{vhost}"
    assert opened.url == rabbit.url.replace("%2F", vhost)
    opened.create([ChannelPlan("orders")], soon())
    assert list(opened.names(soon())) == ["orders"]
    assert rabbit.lanes(["orders"], soon()) == {}
    with closing(client_of(real_rabbitmq, vhost)) as client:
        client.channel().queue_declare("orders", passive=True)
    with pytest.raises(BrokerError, match=f'has a vhost "{vhost}" already'):
        rabbit.open_namespace(vhost, soon())
    rabbit.close_namespace(vhost, soon())
    with pytest.raises(BrokerUnavailable, match="is closed"):
        opened.ping(soon())
    with (
        closing(connect(f"{real_rabbitmq.partition('?')[0]}/{vhost}", patience=PATIENCE)) as broker,
        pytest.raises(BrokerUnavailable, match=f'it has no vhost "{vhost}"'),
    ):
        broker.ping(soon())
    rabbit.close_namespace(vhost, soon())


def test_a_namespace_takes_the_management_api(real_rabbitmq: str) -> None:
    """AMQP has no word for it."""
    where = real_rabbitmq.partition("?")[0]
    with (
        closing(connect(f"{where}?management=1", patience=PATIENCE)) as broker,
        pytest.raises(BrokerError, match="management API cannot be used"),
    ):
        broker.open_namespace("shop", soon())
