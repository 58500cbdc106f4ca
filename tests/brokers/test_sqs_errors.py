"""What SQS answers in trouble, each in a sentence; told by a server that answers as AWS documents it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from brokers.sqs_stub import Reply, Stub, failed, message, messages, refusal, stubbed

from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.clock import Deadline
from evtbdd.conformance.rig import Collected
from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused
from evtbdd.events import Position
from evtbdd.ports import ChannelPlan, Message

SHORT = 0.5
"""Seconds for what never comes."""


def soon(seconds: float = 20.0) -> Deadline:
    return Deadline.after(seconds)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stubbed() as found:
        yield found


@pytest.fixture
def broker(stub: Stub) -> Iterator[SqsBroker]:
    found = connect(stub.address, patience=5.0)
    yield found
    found.close()


def raised(kind: type[BrokerError], doing: Callable[[], object]) -> str:
    with pytest.raises(BrokerError) as error:
        doing()
    assert type(error.value) is kind
    return str(error.value)


@pytest.mark.parametrize(
    ("code", "status", "kind", "reason"),
    [
        (
            "InvalidClientTokenId",
            403,
            BrokerUnavailable,
            "it does not know the access key (InvalidClientTokenId)",
        ),
        (
            "UnrecognizedClientException",
            400,
            BrokerUnavailable,
            "it does not know the access key (UnrecognizedClientException)",
        ),
        (
            "SignatureDoesNotMatch",
            403,
            BrokerUnavailable,
            "the secret key does not belong to the access key (SignatureDoesNotMatch)",
        ),
        (
            "ExpiredToken",
            403,
            BrokerUnavailable,
            "the credentials have expired (ExpiredToken)",
        ),
        (
            "RequestExpired",
            400,
            BrokerUnavailable,
            "the clock of this machine is wrong (RequestExpired: said)",
        ),
        ("AccessDenied", 403, BrokerError, "the user is not allowed to (AccessDenied: said)"),
        ("OverLimit", 403, BrokerError, "a quota of it is used up (OverLimit: said)"),
        (
            "AWS.SimpleQueueService.QueueDeletedRecently",
            400,
            BrokerError,
            "a queue of that name was deleted less than 60 seconds ago, and SQS wants that long "
            "before it is created again (QueueDeletedRecently: said)",
        ),
        ("QueueNameExists", 400, BrokerError, "the queue exists already (QueueNameExists: said)"),
        (
            "InvalidAttributeValue",
            400,
            BrokerError,
            "it refuses a value (InvalidAttributeValue: said)",
        ),
        ("Unheard", 400, BrokerError, "it answered with an error (Unheard: said)"),
    ],
)
def test_what_is_said_of_each_answer(
    stub: Stub, broker: SqsBroker, code: str, status: int, kind: type[BrokerError], reason: str
) -> None:
    """One table; of credentials only the code is told."""
    stub.answers("GetQueueUrl", refusal("AWS.SimpleQueueService.NonExistentQueue"))
    stub.answers("CreateQueue", refusal(code, "said.", status))
    said = raised(kind, lambda: broker.create([ChannelPlan("orders")], soon()))
    assert said == f'SQS at {stub.endpoint} could not create the queue "orders": {reason}.'


@pytest.mark.parametrize("code", ["RequestThrottled", "ThrottlingException", "KmsThrottled"])
def test_what_is_throttled_is_asked_again(stub: Stub, broker: SqsBroker, code: str) -> None:
    """Also what is published: nothing was done."""
    stub.answers("SendMessage", *[refusal(code)] * 3, Reply({"MessageId": "m1"}))
    assert len(broker.publish("orders", [Message(b"x")], soon())) == 1
    assert stub.count("SendMessage") == 4


def test_who_is_throttled_all_the_time_is_told(stub: Stub, broker: SqsBroker) -> None:
    """At the deadline, and nothing was stored."""
    stub.answers("SendMessage", refusal("RequestThrottled", "Rate exceeded."))
    said = raised(BrokerUnavailable, lambda: broker.publish("orders", [Message(b"x")], soon(SHORT)))
    assert said == (
        f'SQS at {stub.endpoint} could not publish to the queue "orders": it is asked more often '
        "than it allows (RequestThrottled: Rate exceeded)."
    )


def test_what_fails_there_is_asked_again_but_not_published_again(
    stub: Stub, broker: SqsBroker
) -> None:
    """Of what was published nobody knows whether it was stored."""
    failure = refusal("InternalFailure", "Oops", status=500)
    stub.answers("ListQueues", failure, failure, Reply({"QueueUrls": []}))
    broker.ping(soon())
    assert stub.count("ListQueues") == 3
    stub.answers("SendMessage", failure, Reply({"MessageId": "m1"}))
    said = raised(BrokerUnavailable, lambda: broker.publish("orders", [Message(b"x")], soon()))
    assert said == (
        f'SQS at {stub.endpoint} could not publish to the queue "orders": it failed '
        "(InternalFailure: Oops)."
    )
    assert stub.count("SendMessage") == 1


def test_an_answer_that_is_lost_is_asked_for_again_but_not_published_again(
    stub: Stub, broker: SqsBroker
) -> None:
    """The same where the connection breaks."""
    stub.answers("ListQueues", Reply(cuts=True), Reply({"QueueUrls": []}))
    broker.ping(soon())
    stub.answers("SendMessage", Reply(cuts=True), Reply({"MessageId": "m1"}))
    said = raised(
        BrokerUnavailable,
        lambda: _as_unavailable(broker.publish, "orders", [Message(b"x")], soon()),
    )
    assert said == (
        f'SQS at {stub.endpoint} could not publish to the queue "orders": the connection was closed '
        "there."
    )
    assert stub.count("SendMessage") == 1


def _as_unavailable(doing: Callable[..., object], *arguments: object) -> None:
    """An error of a subclass, by what it says."""
    try:
        doing(*arguments)
    except BrokerUnavailable as error:
        raise BrokerUnavailable(str(error)) from error


def test_no_wait_outlives_its_deadline(stub: Stub, broker: SqsBroker) -> None:
    """However long the driver itself would wait."""
    stub.answers("ListQueues", Reply(hangs=True))
    said = raised(BrokerUnavailable, lambda: _as_unavailable(broker.ping, soon(SHORT)))
    assert said == f"SQS at {stub.endpoint} could not list the queues: it did not answer in time."


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"<html>Not found</html>", status=404, kind="text/html"),
        Reply(raw=b"<html>Welcome</html>", kind="text/html"),
        Reply(raw=b"", status=501, kind="text/html"),
        Reply(raw=b"", status=503, kind="text/html"),
    ],
    ids=["404", "200", "501", "503"],
)
def test_something_else_than_sqs_is_told(stub: Stub, broker: SqsBroker, reply: Reply) -> None:
    """Whatever it answers."""
    stub.answers("ListQueues", reply)
    said = raised(BrokerUnavailable, lambda: broker.ping(soon(SHORT)))
    assert "something else" in said
    assert stub.endpoint in said


def test_who_named_an_endpoint_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is not seen in the settings."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", endpoint)
        broker = connect("us-east-1", patience=5.0)
        said = raised(BrokerUnavailable, lambda: broker.ping(soon(5)))
        assert said == (
            f"SQS cannot be reached at {endpoint} (named by AWS_ENDPOINT_URL_SQS): nothing listens "
            "there (connection refused) (waited up to 5 seconds)."
        )
        broker.close()


def test_a_name_that_nobody_knows() -> None:
    """Of a host."""
    broker = connect("us-east-1?endpoint=http://nowhere.invalid:1", patience=5.0)
    said = raised(BrokerUnavailable, lambda: broker.ping(soon(5)))
    assert said == (
        "SQS cannot be reached at http://nowhere.invalid:1: the name nowhere.invalid cannot be "
        "resolved (waited up to 5 seconds)."
    )
    broker.close()


def test_a_batch_can_be_taken_in_part(stub: Stub, broker: SqsBroker) -> None:
    """Each event has its own fate, in the order in which they were given."""
    stub.answers(
        "SendMessageBatch",
        Reply(
            {
                "Successful": [{"Id": "2", "MessageId": "c"}, {"Id": "0", "MessageId": "a"}],
                "Failed": failed([("1", "InvalidMessageContents", "Not that.")]),
            }
        ),
    )
    values = [Message(b"a"), Message(b"b"), Message(b"c")]
    first, second, third = broker.publish_batch("orders", values, soon())
    assert isinstance(first, Position)
    assert isinstance(second, PublishRefused)
    assert isinstance(third, Position)
    assert str(second) == (
        f'SQS at {stub.endpoint} could not publish to the queue "orders": the payload holds signs '
        "that SQS does not carry (InvalidMessageContents: Not that)."
    )


def test_a_receipt_handle_that_has_expired_shows_no_event_twice(
    stub: Stub, broker: SqsBroker
) -> None:
    """It became visible again before it was deleted; by its id it is known to have been seen."""
    sink = Collected()
    broker.reader().watch(["orders"], sink, soon())
    stub.answers(
        "ReceiveMessage",
        Reply({"Messages": [message("a", handle="old")]}),
        Reply({"Messages": [message("a", handle="new")]}),
        Reply(),
    )
    stub.answers(
        "DeleteMessageBatch",
        Reply({"Failed": failed([("0", "ReceiptHandleIsInvalid", "Expired.")]), "Successful": []}),
        Reply({"Successful": [{"Id": "0"}], "Failed": []}),
    )
    broker.reader().read_to(broker.reader().ends(["orders"], soon()), soon())
    assert sink.values() == [b"a"]
    handles = [
        entry["ReceiptHandle"]
        for action, fields in stub.asked
        if action == "DeleteMessageBatch"
        for entry in fields["Entries"]
    ]
    assert handles == ["old-a", "new-a"]


def test_what_could_not_be_deleted_is_deleted_before_the_next_look(
    stub: Stub, broker: SqsBroker
) -> None:
    """Else it would hold back what follows it in its group, and a look would say too little."""
    sink = Collected()
    broker.reader().watch(["orders"], sink, soon())
    stub.answers("ReceiveMessage", messages("a"), Reply())
    stub.answers(
        "DeleteMessageBatch",
        Reply({"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}),
        Reply({"Successful": [{"Id": "0"}]}),
    )
    broker.reader().ends(["orders"], soon())
    broker.reader().ends(["orders"], soon())
    actions = [each for each, _ in stub.asked if each in {"ReceiveMessage", "DeleteMessageBatch"}]
    deletions = [number for number, each in enumerate(actions) if each == "DeleteMessageBatch"]
    assert len(deletions) == 2
    assert sink.values() == [b"a"]


def test_nothing_is_said_of_a_queue_while_an_answer_of_it_is_missing(
    stub: Stub, broker: SqsBroker
) -> None:
    """What it held is invisible: a look that finds nothing proves nothing then."""
    broker.reader().watch(["orders"], Collected(), soon())
    stub.answers("ReceiveMessage", Reply(cuts=True), Reply())
    raised(
        BrokerUnavailable,
        lambda: _as_unavailable(broker.reader().ends, ["orders"], soon()),
    )
    said = raised(BrokerUnavailable, lambda: broker.reader().ends(["orders"], soon(SHORT)))
    assert said == (
        f'SQS at {stub.endpoint} did not hand over all that it has stored in "orders" in time.'
    )
    ends = broker.reader().ends(["orders"], soon())
    assert ends == {"orders": {"queue": 0}}


def test_an_event_that_is_received_only_later_has_the_position_that_was_told(
    stub: Stub, broker: SqsBroker
) -> None:
    """It was published, and a look had not found it: somebody held it, or it was on its way."""
    sink = Collected()
    broker.reader().watch(["orders"], sink, soon())
    stub.answers("SendMessage", Reply({"MessageId": "late"}))
    (position,) = broker.publish("orders", [Message(b"late")], soon())
    stub.answers("ReceiveMessage", messages("other", "late"), Reply())
    broker.reader().read_to(broker.reader().ends(["orders"], soon()), soon())
    assert dict(zip(sink.values(), sink.positions(), strict=True)) == {
        b"other": Position("queue", 1),
        b"late": position,
    }


def test_events_come_to_the_sink_without_being_asked_for(stub: Stub, broker: SqsBroker) -> None:
    """The threads of the reader look by themselves."""
    seen = Event()
    broker.reader().watch(["orders"], lambda _: seen.set(), soon())
    broker.reader().attend(["orders"])
    stub.answers("ReceiveMessage", messages("a"), Reply())
    assert seen.wait(20)


def test_a_queue_is_never_purged_and_nothing_is_asked_of_aws(stub: Stub, broker: SqsBroker) -> None:
    """AWS lets nobody purge twice a minute, and nobody knows whose events these are."""
    stub.answers("GetQueueUrl", refusal("AWS.SimpleQueueService.NonExistentQueue"))
    broker.create([ChannelPlan("orders")], soon())
    broker.reader().watch(["orders"], Collected(), soon())
    stub.answers("SendMessage", Reply({"MessageId": "m1"}))
    broker.publish("orders", [Message(b"x")], soon())
    broker.reader().unwatch(["orders"])
    broker.delete(["orders"], soon())
    assert "PurgeQueue" not in {each for each, _ in stub.asked}
