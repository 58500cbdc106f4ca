"""What is called ready, and how a port or a URL is looked at."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from evtbdd.errors import SettingsError
from evtbdd.services.readiness import Readiness, port_answers, url_answers


@pytest.mark.parametrize(
    "text",
    [
        "subscribed",
        "started",
        "port ${port}",
        "port db:5432",
        "get http://127.0.0.1:${port}/health 204",
        'log "listening on \\"all\\""',
        "exit 0",
        'subscribed, else log "up"',
    ],
)
def test_a_readiness_is_printed_as_it_is_written(text: str) -> None:
    """So that an error shows what the author wrote."""
    readiness = Readiness.parse(text, "here")
    assert Readiness.parse(str(readiness), "here").kind == readiness.kind
    assert str(Readiness.parse(text.replace("\\", ""), "here")) == text


def test_a_get_without_a_status_wants_200() -> None:
    """As a health check answers."""
    assert Readiness.parse("get http://h/x", "here").status == 200


@pytest.mark.parametrize(
    "text",
    ["", "redy", "port", "get", "log up", "exit zero", "Started", "subscribed, else subscribed"],
)
def test_another_word_is_an_error(text: str) -> None:
    """The error lists what can be written."""
    with pytest.raises(SettingsError) as raised:
        Readiness.parse(text, "[evtbdd:service:a]")
    assert str(raised.value) == (
        f'[evtbdd:service:a] ready: "{text}" is no readiness; it is written subscribed, '
        'port ${port}, get URL [STATUS], log "TEXT", exit 0, or started.'
    )


def test_a_port_answers_where_something_listens() -> None:
    """By its number, or with a host."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert port_answers(str(port), 1) is None
        assert port_answers(f"127.0.0.1:{port}", 1) is None
    assert port_answers(str(port), 1) == f"port {port}: Connection refused"


@pytest.mark.parametrize("target", ["web", "0", "65536", "host:web", "²"])
def test_what_is_no_port_is_an_error_and_not_waited_for(target: str) -> None:
    """It will never answer."""
    with pytest.raises(SettingsError) as raised:
        port_answers(target, 1)
    assert str(raised.value) == (
        f'ready = port {target}: "{target}" is no port; it is written port ${{port}}, port 8080 or '
        "port HOST:8080."
    )


class Answers(BaseHTTPRequestHandler):
    """/health answers 204, /moved leads there, the rest is 404."""

    def do_GET(self) -> None:
        status = {"/health?deep=1": 204, "/moved": 302}.get(self.path, 404)
        self.send_response(status)
        self.send_header("Location", "/health?deep=1")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def server() -> Iterator[str]:
    """A web server."""
    with HTTPServer(("127.0.0.1", 0), Answers) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_a_url_answers_with_its_status(server: str) -> None:
    """Whatever the status; nothing is followed, so that a login page is no health."""
    assert url_answers(f"{server}/health?deep=1", 204, 1) is None
    assert url_answers(f"{server}/moved", 302, 1) is None
    assert url_answers(f"{server}", 404, 1) is None
    assert url_answers(f"{server}/moved", 204, 1) == f"{server}/moved answers 302, not 204"


def test_a_url_is_asked_without_a_proxy(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the environment leads elsewhere."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert url_answers(f"{server}/health?deep=1", 204, 1) is None


def test_a_url_whose_server_speaks_no_http_is_not_ready() -> None:
    """That is said, and no error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        refusal = url_answers(url, 200, 1)
        thread.join()
    assert refusal == f"{url} answers, but not in HTTP (BadStatusLine)"


@pytest.mark.parametrize("url", ["localhost:80", "ftp://host/", "http://host:web/"])
def test_what_is_no_url_is_an_error_and_not_waited_for(url: str) -> None:
    """It will never answer."""
    with pytest.raises(SettingsError) as raised:
        url_answers(url, 200, 1)
    assert str(raised.value) == (
        f'ready = get {url}: "{url}" is no URL; it is written like '
        "get http://127.0.0.1:${port}/health."
    )
