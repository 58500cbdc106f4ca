"""A service that somebody else runs: found by its url, asked anew whether it lives, never touched."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from evtbdd.errors import EvtbddError, PhraseError, ServiceError, SettingsError, Unproven
from evtbdd.expect.pattern import Pattern
from evtbdd.loopback import listener
from evtbdd.phrases import Data
from evtbdd.services.declaration import Declaration

from .conftest import Stage, load

NO_DATA = Data(None, None, ("f.feature", 1), None)


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server:
    """A service of somebody else's."""

    def __init__(self) -> None:
        self._server = HTTPServer(("127.0.0.1", 0), _Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    if server._thread.is_alive():
        server.end()


def declared(url: str, *lines: str) -> str:
    section = "\n".join([f"[evtbdd:service:shop]\nurl = {url}\nstart timeout = 200 ms", *lines])
    return f"[evtbdd:channel:orders]\ntypes = Order\n{section}\nconsumes = orders\n"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("", "{url} answers"),
        ("ready = get {url}/health", "{url}/health answers"),
        ("ready = get {url}/ 503", "{url}/ answers"),
        ("ready = port {port}", "{port} answers"),
    ],
)
def test_it_is_ready_as_soon_as_it_answers(
    line: str, how: str, server: Server, stage: Callable[[str], Stage]
) -> None:
    """By the port of its url, where nothing else is said."""
    facts = {"url": server.url, "port": server.url.rpartition(":")[2]}
    scenario = stage(declared(server.url, line.format(**facts))).begin(services=["shop"])
    scenario.services.run("shop", {})
    ready = scenario.journal.since()[-1].entry
    assert (ready.service, ready.how) == ("shop", how.format(**facts))
    assert scenario.services.fact("shop.url") == server.url
    assert scenario.services.fact("shop.port") == int(facts["port"])


def test_it_lives_for_the_run(server: Server, stage: Callable[[str], Stage]) -> None:
    """Scenarios come and go, and leave it as it is."""
    begun = stage(declared(server.url))
    begun.begin(services=["shop"]).services.run("shop", {})
    begun.world.end()
    scenario = begun.begin(services=["shop"])
    assert scenario.services.get("shop").running
    begun.world.close()
    assert server._thread.is_alive()


def test_one_that_does_not_answer_is_waited_for_once(stage: Callable[[str], Stage]) -> None:
    """And every scenario that needs it says so."""
    with listener() as free:
        port = free.getsockname()[1]
    begun = stage(declared(f"http://127.0.0.1:{port}"))
    for _ in range(2):
        scenario = begun.begin(services=["shop"])
        with pytest.raises(ServiceError) as raised:
            scenario.services.run("shop", {})
        assert str(raised.value) == (
            'The service "shop" was not ready (its url takes connections) within 200 ms: port '
            f"127.0.0.1:{port}: Connection refused. It runs elsewhere: [evtbdd:service:shop] has no "
            "command, and somebody else must start it."
        )
        begun.world.end()
    with pytest.raises(ServiceError, match="was not ready"):
        begun.world.services.in_scope("run", "shop").start(scenario, {})


def test_a_dead_one_proves_nothing(server: Server, stage: Callable[[str], Stage]) -> None:
    """Nobody tells when it ends; so it is asked before anything is concluded from silence."""
    begun = stage(declared(server.url))
    scenario = begun.begin(["orders"], ["shop"])
    scenario.services.run("shop", {})
    server.end()
    port = server.url.rpartition(":")[2]
    with pytest.raises(Unproven) as raised:
        scenario.expect.counted("orders", 0, 0, Pattern("Order"), NO_DATA, 0.05, False)
    assert str(raised.value) == (
        'Nothing has contradicted this: on "orders" no "Order" event. But the service '
        f'"shop" does not answer any more: port 127.0.0.1:{port}: Connection refused, and a dead '
        "service proves nothing."
    )
    with pytest.raises(ServiceError, match='The service "shop" does not answer any more: port'):
        scenario.expect.arrives("orders", Pattern("Order"), NO_DATA, 0.05, False)


def test_one_that_is_dead_is_not_running(server: Server, stage: Callable[[str], Stage]) -> None:
    """A later step that it is running waits for it again."""
    begun = stage(declared(server.url))
    scenario = begun.begin(services=["shop"])
    scenario.services.run("shop", {})
    server.end()
    with pytest.raises(ServiceError, match="was not ready"):
        scenario.services.run("shop", {})


@pytest.mark.parametrize(
    ("act", "but"),
    [
        *((verb, f"it cannot be {verb}") for verb in
          ("stopped", "killed", "restarted", "paused", "resumed")),
        ("another", "there cannot be another instance of it"),
        ("several", "there cannot be several instances of it"),
        ("one killed", "it cannot be killed"),
        ("later", "it cannot be killed"),
        ("log", "its log cannot be read"),
    ],
)  # fmt: skip
def test_what_needs_its_process_is_refused(
    act: str, but: str, server: Server, stage: Callable[[str], Stage]
) -> None:
    """In a sentence that says why, and what would be right."""
    services = stage(declared(server.url)).begin(services=["shop"]).services
    services.run("shop", {})
    acts: dict[str, Callable[[], object]] = {
        "another": lambda: services.start_another("shop"),
        "several": lambda: services.run_several("shop", 2),
        "one killed": lambda: services.do_to_one("shop", "killed"),
        "later": lambda: services.kill_after("shop", 1),
        "log": lambda: services.log_since("shop"),
    }
    with pytest.raises(ServiceError) as raised:
        acts.get(act, lambda: services.do("shop", act))()
    assert str(raised.value) == (
        f'The service "shop" runs elsewhere ({server.url}), and evtbdd has no hold of its process: '
        f"{but}. Give [evtbdd:service:shop] a command, and evtbdd starts it."
    )


def test_it_cannot_be_given_an_environment(server: Server, stage: Callable[[str], Stage]) -> None:
    """It has its own already."""
    services = stage(declared(server.url)).begin(services=["shop"]).services
    with pytest.raises(PhraseError, match="runs elsewhere, so it cannot be given an environment"):
        services.run("shop", {"A": "1"})


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            'ready = log "up"',
            'and ready = log "up" cannot be seen: write ready = get URL or '
            "ready = port HOST:PORT, or leave it out.",
        ),
        ("scope = feature", "and lives longer than a feature: leave out its scope."),
    ],
)
def test_settings_that_need_a_process(line: str, error: str, tmp_path: Path) -> None:
    """What cannot be seen from outside is refused before the run."""
    settings = load(declared("http://shop:80", line), tmp_path)
    with pytest.raises(SettingsError) as raised:
        Declaration.of_settings(settings, "shop")
    assert str(raised.value) == (
        f"[evtbdd:service:shop] has a url and no command, so it runs elsewhere, {error}"
    )


def test_it_needs_no_keeper(
    server: Server, stage: Callable[[str], Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it can be used on Windows, where services are refused that evtbdd would start."""
    monkeypatch.setattr(sys, "platform", "win32")
    scenario = stage(
        declared(server.url) + "[evtbdd:service:own]\ncommand = sleep 9\nready = started\n"
    ).begin(["orders"], ["shop"])
    scenario.services.run("shop", {})
    with pytest.raises(EvtbddError, match="or declare services that run elsewhere"):
        scenario.services.run("own", {})
