"""The SQS of our own: there at once, gone without a trace, and nothing lost where many are at it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from moto import backends
from moto.sqs.models import sqs_backends

from evtbdd.embedded.sqs import EmbeddedSqs
from evtbdd.errors import BrokerUnavailable

THREADS = 6
EACH = 40
PATIENCE = 20.0


def client_of(sqs: EmbeddedSqs, service: str = "sqs") -> Any:
    return boto3.client(
        service,
        endpoint_url=sqs.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE),
    )


@pytest.fixture
def embedded() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs() as found:
        yield found


@pytest.fixture
def sqs(embedded: EmbeddedSqs) -> Any:
    return client_of(embedded)


@pytest.fixture
def background() -> Iterator[Callable[..., Future[Any]]]:
    """Calls something in a thread of its own."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def test_nothing_of_it_is_left() -> None:
    """Neither a thread, nor a port, nor what was stored; also where somebody waits for an answer."""
    before = set(threading.enumerate())
    embedded = EmbeddedSqs()
    embedded.start()
    embedded.start()
    url = client_of(embedded).create_queue(QueueName="orders")["QueueUrl"]
    account = url.split("/")[3]
    assert account in sqs_backends
    waiting = threading.Thread(
        target=lambda: client_of(embedded).receive_message(QueueUrl=url, WaitTimeSeconds=20)
    )
    waiting.start()
    client_of(embedded).list_queues()
    embedded.stop()
    embedded.stop()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
    host, _, port = embedded.url.rpartition("/")[2].partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), PATIENCE)
    assert account not in sqs_backends
    assert set(threading.enumerate()) == before


def test_a_port_that_is_taken_is_told(embedded: EmbeddedSqs) -> None:
    """In a sentence."""
    port = int(embedded.url.rpartition(":")[2])
    with pytest.raises(BrokerUnavailable) as raised:
        EmbeddedSqs(port).start()
    assert str(raised.value) == (
        f"No embedded SQS can listen at 127.0.0.1:{port}: Address already in use. Port 0 takes a "
        "free one."
    )


def test_its_address_is_that_of_a_broker_url(embedded: EmbeddedSqs) -> None:
    """On the loopback alone."""
    assert embedded.url.startswith("http://127.0.0.1:")
    assert embedded.address == f"us-east-1?endpoint={embedded.url}&keys=any"


def test_two_of_them_know_nothing_of_each_other(embedded: EmbeddedSqs, sqs: Any) -> None:
    """Each is an account of its own."""
    sqs.create_queue(QueueName="orders")
    with EmbeddedSqs() as other:
        assert "QueueUrls" not in client_of(other).list_queues()
    assert len(sqs.list_queues()["QueueUrls"]) == 1


def test_nothing_is_lost_where_many_send_receive_and_delete(
    embedded: EmbeddedSqs, sqs: Any
) -> None:
    """What each thread sent is received once, though others delete at that very moment."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    seen: list[str] = []
    done = threading.Event()

    def send(thread: int) -> None:
        own = client_of(embedded)
        for number in range(EACH):
            own.send_message(QueueUrl=url, MessageBody=f"{thread}-{number}")

    def receive() -> None:
        own = client_of(embedded)
        while True:
            last = done.is_set()
            answer = own.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0 if last else 1
            )
            for message in answer.get("Messages", ()):
                seen.append(message["Body"])
                own.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if last and "Messages" not in answer:
                return

    receivers = [threading.Thread(target=receive) for _ in range(2)]
    for each in receivers:
        each.start()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, range(THREADS)))
    done.set()
    for each in receivers:
        each.join(PATIENCE)
    assert sorted(seen) == sorted(f"{t}-{n}" for t in range(THREADS) for n in range(EACH))


def test_a_long_poll_ends_with_the_message(
    embedded: EmbeddedSqs, sqs: Any, background: Callable[..., Future[Any]]
) -> None:
    """It keeps nobody else waiting, and does not wait for its time to be over."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    poll = background(client_of(embedded).receive_message, QueueUrl=url, WaitTimeSeconds=20)
    sqs.list_queues()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = poll.result(PATIENCE - 5)["Messages"]
    assert message["Body"] == "x"


def test_a_long_poll_waits_as_its_queue_says(
    embedded: EmbeddedSqs, sqs: Any, background: Callable[..., Future[Any]]
) -> None:
    """Where it does not say itself for how long."""
    attributes = {"ReceiveMessageWaitTimeSeconds": "20"}
    url = sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    poll = background(client_of(embedded).receive_message, QueueUrl=url)
    sqs.list_queues()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = poll.result(PATIENCE - 5)["Messages"]
    assert message["Body"] == "x"


def test_a_long_poll_sees_what_becomes_visible_by_time(sqs: Any) -> None:
    """A delayed message, for which nobody asks anything."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=1)
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "late"


def test_an_empty_long_poll_ends(sqs: Any) -> None:
    """When its time is over."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


def test_a_client_that_has_gone_takes_nothing_with_it(embedded: EmbeddedSqs, sqs: Any) -> None:
    """A service that was killed in a long poll: its next instance has the message at once."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    host, _, port = embedded.url.rpartition("/")[2].partition(":")
    body = b'{"QueueUrl": "%s", "WaitTimeSeconds": 20}' % url.encode()
    with socket.create_connection((host, int(port))) as link:
        link.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\n"
            b"Content-Type: application/x-amz-json-1.0\r\n"
            b"Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request, "
            b"SignedHeaders=host, Signature=0\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        # Answered after it in turn: by now the poll has looked, and waits.
        sqs.receive_message(QueueUrl=url)
        sqs.receive_message(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert message["Body"] == "x"


@pytest.mark.parametrize("seconds", [None, "0", "1", "21", "none"])
def test_the_older_protocol_is_spoken_too(
    embedded: EmbeddedSqs, sqs: Any, seconds: str | None
) -> None:
    """SDKs that send forms are served as well, and what they ask wrongly is refused by moto."""
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    fields = {"Action": "ReceiveMessage", "Version": "2012-11-05", "QueueUrl": url}
    if seconds is not None:
        fields["WaitTimeSeconds"] = seconds
    request = Request(
        embedded.url,
        data=urlencode(fields).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request, "
            "SignedHeaders=host, Signature=0",
        },
    )
    if seconds in {"21", "none"}:
        with pytest.raises(OSError, match="HTTP Error"):
            urlopen(request, timeout=PATIENCE)
    else:
        with urlopen(request, timeout=PATIENCE) as answer:
            assert b"<Body>x</Body>" in answer.read()


def test_other_services_of_aws_answer_at_the_same_address(embedded: EmbeddedSqs) -> None:
    """moto has them; a service that needs a bucket besides finds it."""
    buckets = client_of(embedded, "s3")
    buckets.create_bucket(Bucket="orders")
    assert [each["Name"] for each in buckets.list_buckets()["Buckets"]] == ["orders"]


FIRST = """
import sys
import boto3
from evtbdd.embedded.sqs import EmbeddedSqs

given = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
with EmbeddedSqs() as broker:
    loaded = {name for name in sys.modules if name.startswith("moto.")}
    boto3.client("sqs", endpoint_url=broker.url, **given).list_queues()
    boto3.client("sns", endpoint_url=broker.url, **given).list_topics()
    print(sorted({name for name in sys.modules if name.startswith("moto.")} - loaded))
"""


def test_what_moto_consists_of_is_not_listed_for_each_request(
    embedded: EmbeddedSqs, sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would look there for what a host stands for: two hundred looks at files for each request."""
    listed = []
    original = backends.list_of_moto_modules
    monkeypatch.setattr(
        backends, "list_of_moto_modules", lambda: listed.append(1) or list(original())
    )
    sns = client_of(embedded, "sns")
    for number in range(3):
        assert sqs.list_queues().get("QueueUrls", []) == []
        assert len(sns.list_topics()["Topics"]) == number
        sns.create_topic(Name=f"orders-{number}")
    assert listed == []


def test_no_client_waits_for_what_is_loaded() -> None:
    """All of moto that answers is there when the broker has started."""
    run = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
