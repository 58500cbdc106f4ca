"""One request over one connection: what is said on it, and that nothing can hold it up."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme
from expect.support import no_data, table, text_of

from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, ServiceError
from evtbdd.http.access import Access
from evtbdd.http.bodies import LARGEST
from evtbdd.http.client import Client
from evtbdd.http.exchange import Failure, Given, Missed, Wanted
from evtbdd.http.facility import ScenarioHttp
from evtbdd.http.link import Link, Unconnected
from evtbdd.http.target import Target

from .conftest import speaking

SOON, LONG = 0.2, 60.0
SILENT = Failure(Missed.UNREACHED, "it does not accept a connection")


def wanted(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Wanted:
    return Wanted(method, "/", Target(url, None), tuple(headers.items()), body)


def ask(
    wanted: Wanted, seconds: float = LONG, *, patience: float = LONG, tls: bool = False
) -> Given | Failure | None:
    """What one request brings."""
    client = Client(Access((("authorization", "Bearer x"),)), patience, tls=tls)
    return client.ask(wanted, Deadline.after(seconds))


@contextmanager
def trickling(head: bytes) -> Iterator[str]:
    """The URL of something that answers with this, and then with a byte at a time without end."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.recv(10_000)
                        connection.sendall(head)
                        while not over.wait(0.01):
                            connection.sendall(b"x")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@contextmanager
def recording(
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n",
) -> Iterator[tuple[int, list[bytes]]]:
    """A port, and what was sent to it: one entry for each connection."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        came.append(connection.recv(100_000))
                        connection.sendall(answer)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["head", "body", "body of no length"],
)
def test_an_answer_that_trickles_in_without_end_holds_nobody_up(head: bytes) -> None:
    """That something comes again and again is not that the response has come."""
    with trickling(head) as url:
        assert ask(wanted(url), SOON) is None


def test_a_step_says_that_a_trickling_answer_has_not_come(http: ScenarioHttp) -> None:
    """Each look has a time of its own, and so has the step."""
    with trickling(b"HTTP/1.1 200 OK\r\n\r\n") as url:
        text = text_of(ExpectationFailed, http.returns, "GET", url, None, 200, no_data(), SOON)
    times = text.partition("asked ")[2].partition(";")[0]
    assert text == (
        f'Expected a GET request to "{url}" to return 200 within 200 ms\n'
        f"but it has not answered (asked {times}; {url})"
    )


def test_an_answer_that_does_not_come_holds_nobody_up() -> None:
    """The system has taken the request; the service does not even look at it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert ask(wanted(url), SOON) is None


def test_a_request_that_nobody_reads_holds_nobody_up() -> None:
    """A body that is larger than what lies between two ends must be taken, to be sent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert ask(wanted(url, "POST", b"x" * 50_000_000), SOON) is None


def test_who_accepts_no_connection_holds_nobody_up() -> None:
    """Its queue is full; nothing was sent, so it is not reached, rather than not answering."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert ask(wanted(url), SOON) == ask(wanted(url), patience=SOON) == SILENT


def test_a_handshake_that_does_not_end_holds_nobody_up() -> None:
    """The connection is there, but nothing can be sent over it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        assert ask(wanted(url), SOON, tls=True) == SILENT


def test_a_name_that_is_not_resolved_is_told(
    http: ScenarioHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has not had the request, so that is an error, and nobody waits for it any longer."""
    gate, machine = Event(), socket.getaddrinfo

    def hangs(host: str, port: int, **more: int) -> object:
        if not more.get("flags"):
            gate.wait()
        return machine("127.0.0.1" if gate.is_set() else host, port, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    url = "http://shop.example/"
    returns = http.returns
    text = text_of(ServiceError, returns, "GET", url, None, 200, no_data(), SOON)
    gate.set()
    assert text.split("\n")[0] == (
        f"What is asked cannot be reached at {url}: the name shop.example was not resolved in time."
    )


def test_what_waits_is_ended_by_a_cut() -> None:
    """From another thread, as where a scenario ends; and what is cut is not opened any more."""
    link = Link(None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        link.open(host, port, Deadline.after(LONG))
        ended: list[bytes] = []
        thread = Thread(target=lambda: ended.append(link.receive(None)), daemon=True)
        thread.start()
        link.cut()
        thread.join(10)
        assert ended == [b""]
        link.close()
        with pytest.raises(Unconnected):
            link.open(host, port, Deadline.after(LONG))


def test_each_look_is_a_connection_of_its_own(http: ScenarioHttp) -> None:
    """A service that has started anew between two of them is found, and so is one that has not."""
    with recording(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (port, came):
        url = f"http://127.0.0.1:{port}/"
        http.returns("GET", url, None, 200, no_data(), LONG, 0.12)
        assert len(came) > 2


def test_what_a_request_says() -> None:
    """Who is asked, by whom, and what lets evtbdd in, which what a step says goes before."""
    with recording() as (port, came):
        host = f"127.0.0.1:{port}"
        ask(wanted(f"http://{host}/a/../b%20c?d=e#f"))
        ask(wanted(f"http://ann:p%40ss@{host}", "POST", authorization="Basic y"))
        ask(wanted(f"http://{host}/", "PUT", b"{}", host="shop.example"))
    ours = (
        "accept: */*\r\naccept-encoding: identity\r\nconnection: keep-alive\r\nuser-agent: evtbdd"
    )
    assert [each.decode() for each in came] == [
        f"GET /b%20c?d=e HTTP/1.1\r\nhost: {host}\r\n{ours}\r\nauthorization: Bearer x\r\n\r\n",
        f"POST / HTTP/1.1\r\nhost: {host}\r\nauthorization: Basic y\r\n{ours}\r\n"
        "content-length: 0\r\n\r\n",
        f"PUT / HTTP/1.1\r\nhost: shop.example\r\n{ours}\r\nauthorization: Bearer x\r\n"
        "content-length: 2\r\n\r\n{}",
    ]


@pytest.mark.parametrize("url", ["http:///orders", "http://shop:99999/", "http://[::1/"])
def test_what_is_no_url_is_told(url: str) -> None:
    """Nobody is asked."""
    assert ask(wanted(url)) == Failure(Missed.UNREACHED, "that is no URL of HTTP")


def test_an_answer_comes_after_what_is_none() -> None:
    """Informational responses (RFC 9110, 15.2) go before it; chunks are put together."""
    said = (
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nX-Trace: 7\r\n\r\n"
        b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )
    with speaking(said) as url:
        given = ask(wanted(url))
    assert isinstance(given, Given)
    assert (given.status, given.body, given.whole) == (200, b"abc", True)
    assert dict(given.headers)["x-trace"] == b"7"


def test_an_answer_goes_before_a_request_that_was_not_read() -> None:
    """A service may refuse what is too large before it has had all of it."""
    with recording(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n") as (port, _):
        given = ask(wanted(f"http://127.0.0.1:{port}/", "POST", b"x" * 90_000))
    assert isinstance(given, Given)
    assert given.status == 413


def test_a_small_body_that_becomes_a_huge_one_is_bounded() -> None:
    """Of 40 MB in 40 kB the beginning is kept, as of any other."""
    body = gzip.compress(bytes(40_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    with speaking(head.encode() + body) as url:
        given = ask(wanted(url))
    assert isinstance(given, Given)
    assert (len(given.body), given.whole) == (LARGEST, False)


def test_a_body_that_is_not_encoded_as_it_says_is_kept_as_it_came(http: ScenarioHttp) -> None:
    """A response has come; only what it holds cannot be read."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n"
    with speaking(head + b"Content-Length: 4\r\n\r\nplain"[:-1]) as url:
        http.send("GET", url, None, no_data(), False)
        http.status_is(200)
        below = table("| field | value |\n| id | 1 |")
        assert "$: unreadable (no JSON" in text_of(ExpectationFailed, http.response_has, below)


def test_a_header_that_no_head_can_hold_is_told() -> None:
    """Nothing is sent that the other side would read as something else."""
    with recording() as (port, came):
        became = ask(wanted(f"http://127.0.0.1:{port}/", x=" "))
        assert became == Failure(Missed.DROPPED, "LocalProtocolError: Illegal header value b' '")
        assert came == []


def test_http_1_1_is_agreed_on_under_tls(tmp_path: Path) -> None:
    """A service that prefers another version is told which one evtbdd speaks."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.issue_cert("localhost").configure_cert(context)
    agreed: list[str | None] = []

    def serve() -> None:
        with context.wrap_socket(listening.accept()[0], server_side=True) as link:
            agreed.append(link.selected_alpn_protocol())
            link.recv(10_000)
            link.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        access = Access(security=Security(tls=True, ca=tmp_path / "ca.pem"))
        url = f"https://localhost:{listening.getsockname()[1]}/"
        given = Client(access, LONG, tls=True).ask(wanted(url), Deadline.after(LONG))
        thread.join(10)
    assert isinstance(given, Given)
    assert (given.status, agreed) == (204, ["http/1.1"])
