"""The server of a webhook: what it understands, what it survives, and when it knows nothing."""

from __future__ import annotations

import resource
from http.client import HTTPConnection
from threading import Thread

import pytest

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError, SettingsError
from evtbdd.events import Unreadable
from evtbdd.http.bodies import LARGEST
from evtbdd.http.drafts import Draft
from evtbdd.webhooks.request import pattern_of_request
from evtbdd.webhooks.script import Answer, Rule
from evtbdd.webhooks.settings import Declaration
from evtbdd.webhooks.webhook import Webhook

from .client import PATIENCE, raw, request
from .conftest import Served

ANY = pattern_of_request(None, None)


def test_what_came_is_an_event(served: Served) -> None:
    """Method, path, query, headers and body can be spoken of."""
    answer = request(
        served.port, "PUT", "/pay/7?dry=yes", '{"amount": 20}', Content_Type="application/json"
    )
    (came,) = served.requests()
    assert answer == (200, b"")
    assert (came.title, came.payload) == ("PUT /pay/7", {"amount": 20})
    assert [came.fact(name) for name in ("method", "path", "query.dry")] == ["PUT", "/pay/7", "yes"]
    assert came.fact("header.Content-TYPE") == "application/json"
    assert came.record.where == "answered 200"


def test_several_requests_come_on_one_connection(served: Served) -> None:
    """A service keeps its connection open; the order is kept."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    for path in ("/1", "/2", "/3"):
        connection.request("POST", path, "x")
        assert connection.getresponse().read() == b""
    connection.close()
    assert [each.title for each in served.requests()] == ["POST /1", "POST /2", "POST /3"]


def test_a_body_in_chunks_is_put_together(served: Served) -> None:
    """Some clients do not know how long their body becomes."""
    with raw(
        served.port,
        b"POST /pay HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b'4\r\n{"a"\r\n',
        b"3\r\n:1}\r\n0\r\n\r\n",
    ) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert served.requests()[0].payload == {"a": 1}


def test_who_waits_to_go_on_is_told_to(served: Served) -> None:
    """`Expect: 100-continue`, as curl sends it before a large body."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with raw(served.port, head) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"hi")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert served.requests()[0].payload == "hi"


def test_of_a_body_of_50_mb_the_beginning_is_kept(served: Served) -> None:
    """It is answered by the script, cannot be read, and takes no memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    piece = b"x" * 1_000_000
    head = b"POST /pay HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n"
    with raw(served.port, head, *[piece] * 50) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    (came,) = served.requests()
    assert came.payload == Unreadable("it is larger than the 10000000 bytes that evtbdd keeps")
    assert len(came.record.value or b"") == LARGEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_what_is_no_http_is_refused_and_told(served: Served) -> None:
    """Such as TLS; no request was received."""
    with raw(served.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n") as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
        assert connection.recv(1000) == b""
    served.webhook.server.read_up(Deadline.after(PATIENCE))
    assert served.requests() == []
    told = served.webhook.inbox.where()
    assert told == f"{served.webhook.url}; 1 connection brought no whole request"


def test_an_answer_has_a_status_a_body_and_headers(served: Served) -> None:
    """As a step described them."""
    draft = Draft(b'{"id":1}', (("content-type", "application/json"), ("location", "/pay/1")))
    served.script.add(Rule(ANY, [(Answer(201, draft), None)]))
    connection = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("POST", "/pay")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (201, b'{"id":1}')
    assert answer.getheader("Location") == "/pay/1"
    connection.close()


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 204), ("GET", 304)])
def test_where_http_has_no_body_none_is_sent(served: Served, method: str, status: int) -> None:
    """Though the script has one."""
    served.script.add(Rule(ANY, [(Answer(status, Draft(b"hi")), None)]))
    assert request(served.port, method) == (status, b"")


def test_a_reset_connection_was_received_and_not_answered(served: Served) -> None:
    """The service sees its connection break."""
    served.script.add(Rule(ANY, [(Answer(reset=True), 1)]))
    with pytest.raises(ConnectionResetError):
        request(served.port)
    assert request(served.port) == (200, b"")
    assert [each.record.where for each in served.requests()] == [
        "its connection was reset",
        "answered 200",
    ]


def test_down_refuses_and_up_answers_at_the_same_port(served: Served) -> None:
    """Connections that were open are reset."""
    connection = raw(served.port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    served.webhook.server.take_down()
    with pytest.raises(ConnectionResetError):
        connection.recv(1000)
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        request(served.port)
    assert served.webhook.inbox.where() == f"{served.webhook.url}, down"
    served.webhook.server.bring_up()
    assert request(served.port) == (200, b"")
    assert len(served.requests()) == 2


def test_what_was_sent_has_been_received_when_it_is_read_up(served: Served) -> None:
    """Also where nobody waits for the answer."""
    head = b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    open_ones = [raw(served.port, head % number) for number in range(50)]
    served.webhook.server.read_up(Deadline.after(PATIENCE))
    assert len(served.requests()) == 50
    for each in open_ones:
        each.close()


def test_a_slow_answer_is_no_half_request(served: Served) -> None:
    """Nobody waits for an answer to be given before saying what was received."""
    served.script.add(Rule(ANY, [(Answer(after=60.0), None)]))
    slow = raw(served.port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    served.webhook.server.read_up(Deadline.after(PATIENCE))
    assert [each.record.where for each in served.requests()] == ["answered 200 after 1 minute"]
    slow.close()


def test_of_half_a_request_nothing_can_be_said(served: Served) -> None:
    """Neither that it came nor that it did not."""
    half = raw(served.port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhal")
    with pytest.raises(ServiceError) as caught:
        served.webhook.server.read_up(Deadline.after(0.05))
    assert str(caught.value) == (
        'A request to the webhook "payments" has begun and has not come whole within 50 ms, so '
        "nothing can be said of what it has received."
    )
    half.close()
    served.webhook.server.read_up(Deadline.after(PATIENCE))


def test_of_a_dead_webhook_nothing_can_be_said(served: Served) -> None:
    """Whatever became of its port: no claim about it is green."""
    accepting = served.webhook.server._accepting
    assert accepting is not None
    accepting.close()
    with pytest.raises(ServiceError) as caught:
        served.webhook.server.read_up(Deadline.after(PATIENCE))
    assert str(caught.value) == (
        f'The webhook "payments" does not listen at 127.0.0.1:{served.port} any more (Connection '
        "refused), so nothing can be said of what it has received."
    )


def test_a_port_that_is_taken_is_told(served: Served) -> None:
    """With the setting that names it."""
    with pytest.raises(SettingsError) as caught:
        Webhook(Declaration("refunds", served.port, "run"))
    assert str(caught.value) == (
        f'The webhook "refunds" cannot be served at 127.0.0.1:{served.port}: Address already in use. '
        "Its address is given in the settings; without one it gets a free port."
    )


def test_requests_at_once_get_numbers_of_their_own(served: Served) -> None:
    """The order of the journal is that of the positions."""
    senders = [Thread(target=request, args=(served.port,)) for _ in range(20)]
    for each in senders:
        each.start()
    for each in senders:
        each.join(PATIENCE)
    assert [each.record.position.number for each in served.requests()] == list(range(20))


def test_nothing_is_left_of_a_closed_one(served: Served) -> None:
    """Neither its port nor a thread, though a client keeps its connection."""
    client = raw(served.port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    client.recv(1000)
    with served.webhook.server._lock:  # it may answer before the thread that accepts has noted it
        connections = list(served.webhook.server._connections)
    served.webhook.server.close()
    assert connections
    assert not any(each._thread.is_alive() for each in connections)
    with pytest.raises(ConnectionRefusedError):
        request(served.port)
    client.close()
