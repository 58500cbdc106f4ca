"""WebSockets as a scenario's steps speak of them: connected, spoken over, expected, closed."""

from __future__ import annotations

import re
import socket
import ssl
from http import HTTPStatus
from pathlib import Path
from threading import Event

import trustme
from expect.support import document, lines, no_data, table, text_of
from over_http.conftest import world_of
from websockets.sync.server import Request, Response, ServerConnection

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError, UnknownName, Unproven
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.websockets.facility import ScenarioWebSockets
from evtbdd.websockets.opened import websockets_of

from .conftest import echo, serving

PATIENCE = 10.0


def alike(text: str) -> str:
    """The text without its moments and ports."""
    text = re.sub(r"[+]\d+[.]\d\d s", "+T s", text)
    text = re.sub(r"(waited|watched) \d+[.]\d s", r"\1 T s", text)
    return re.sub(r"127.0.0.1:\d+", "HOST:PORT", text)


def test_a_text_comes_back(sockets: ScenarioWebSockets) -> None:
    """As it is, whether or not it is JSON."""
    for text in ("hello", "4.2", '{"a": 1}'):
        sockets.send_text("ann", text)
        sockets.receives_text("ann", text, PATIENCE, False)


def test_json_and_bytes_come_back(sockets: ScenarioWebSockets, scenario: Scenario) -> None:
    """Described as the payload of an event is; `its` is the message."""
    sockets.send("ann", document('{"say": "hello", "to": ["bob"]}', ""))
    sockets.receives("ann", table("| field | value |\n| to[0] | bob |"), PATIENCE, False)
    scenario.expect.remember_its("say", "said")
    assert scenario.values.text("${said}") == "hello"
    sockets.send("ann", table("| field | value |\n| say | bye |"))
    sockets.receives("ann", document('{"say": "bye"}', "equal to"), PATIENCE, False)
    sockets.send("ann", document("${base64 AAH/}", ""))
    sockets.receives("ann", document("${base64 AAH/}", "equal to"), PATIENCE, False)
    sockets.send("ann", document("plain text", ""))
    sockets.receives_text("ann", "plain text", PATIENCE, False)


def test_messages_are_counted_in_their_window(
    sockets: ScenarioWebSockets, scenario: Scenario
) -> None:
    """As events are."""
    sockets.send_text("ann", "one")
    sockets.receives_counted("ann", 1, 1, no_data(), 0.05, False)
    scenario.begin_step("when")
    scenario.act()
    sockets.send_text("ann", "two")
    scenario.begin_step("then")
    sockets.receives_at_least("ann", 1, no_data(), PATIENCE, False)
    sockets.receives_counted("ann", 0, 1, no_data(), 0.05, False)
    sockets.receives_at_least("ann", 2, no_data(), PATIENCE, True)
    text = text_of(ExpectationFailed, sockets.receives_counted, "ann", 0, 0, no_data(), 0.05, False)
    assert alike(text) == lines(
        """
        Expected at the WebSocket "ann" during 50 ms: no message
        but one came at +T s (watched T s; ws://HOST:PORT/chat)
          #1 at +T s, "two", text
        """
    )


def test_the_text_of_a_message_that_did_not_come(sockets: ScenarioWebSockets) -> None:
    """With the nearest, and where else one has come."""
    sockets.connect("bob", "/chat", "chat")
    sockets.send("ann", document('{"say": "hi"}', ""))
    sockets.receives("ann", no_data(), PATIENCE, False)
    sockets.send("bob", document('{"say": "hello"}', ""))
    sockets.receives("bob", no_data(), PATIENCE, False)
    wanted = table("| field | value |\n| say | hello |")
    assert alike(text_of(ExpectationFailed, sockets.receives, "ann", wanted, 0.01, False)) == lines(
        """
        Expected at the WebSocket "ann" within 10 ms: a message
          with  say = "hello"
        but the one message in its window did not match (waited T s; ws://HOST:PORT/chat)
          nearest  #1 at +T s, {"say":"hi"}, text
                   say: "hi", expected "hello"
        elsewhere: such a message came to the WebSocket "bob" at +T s
        """
    )


def test_all_that_was_sent_is_received_before_a_verdict(tmp_path: Path) -> None:
    """The pong comes after it: so absence is exact."""

    def burst(client: ServerConnection) -> None:
        client.recv()
        for number in range(2000):
            client.send(str(number))
        client.recv()

    with serving(burst) as url:
        world = world_of(tmp_path, f"[evtbdd:service:chat]\ncommand = c\nurl = {url}\n")
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        sockets.connect("ann", "/", None)
        sockets.send_text("ann", "go")
        sockets.receives_at_least("ann", 1, no_data(), PATIENCE, False)
        sockets._get("ann").ear.read_up(Deadline.after(PATIENCE))
        sockets.receives_counted("ann", 2000, 2000, no_data(), 0.5, False)
        world.close()


def test_a_service_that_gives_no_pong_proves_nothing(tmp_path: Path) -> None:
    """It may have sent what has not come."""
    hold = Event()
    with serving(lambda client: silence(client, hold)) as url:
        settings = "[evtbdd]\nconnect timeout = 100 ms\n[evtbdd:service:chat]\ncommand = c\n"
        world = world_of(tmp_path, f"{settings}url = {url}\n")
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        sockets.connect("ann", "/", None)
        sockets.receives_text("ann", "from now on I hold my tongue", PATIENCE, False)
        claim = sockets.receives_counted
        other = table("| field | value |\n| say | x |")
        assert text_of(ServiceError, claim, "ann", 0, 0, other, 0.01, False) == (
            'The WebSocket "ann" got no pong to its ping within 100 ms, so nothing can be said of '
            "what it has received."
        )
        hold.set()
        world.close()


def silence(client: ServerConnection, hold: Event) -> None:
    """Take in nothing more, as a service that hangs."""
    with client.protocol_mutex:
        client.protocol.send_text(b"from now on I hold my tongue")
        client.send_data()
        hold.wait(PATIENCE)


def test_a_close_is_waited_for(sockets: ScenarioWebSockets) -> None:
    """With its code, or any."""
    sockets.send_text("ann", "4000")
    sockets.is_closed("ann", 4000, PATIENCE)
    sockets.is_closed("ann", None, PATIENCE)
    assert alike(text_of(ExpectationFailed, sockets.is_closed, "ann", 1000, 1.0)) == lines(
        """
        Expected at the WebSocket "ann" within 1 second: that it is closed with code 1000
        but it was closed by the service with code 4000 (as you wish) at +T s (waited T s; ws://HOST:PORT/chat)
        """
    )


def test_an_open_one_is_not_closed(sockets: ScenarioWebSockets) -> None:
    """Nor is one that the scenario itself has disconnected."""
    text = text_of(ExpectationFailed, sockets.is_closed, "ann", None, 0.01)
    assert alike(text) == lines(
        """
        Expected at the WebSocket "ann" within 10 ms: that it is closed
        but it is open (waited T s; ws://HOST:PORT/chat)
        """
    )
    sockets.make("ann", "disconnected")
    text = text_of(ExpectationFailed, sockets.is_closed, "ann", None, 5.0)
    assert "but it was disconnected by the scenario (waited" in text


def test_a_lost_connection_is_no_close(tmp_path: Path) -> None:
    """Unless the code for it is named."""

    def lose(client: ServerConnection) -> None:
        client.recv()
        client.socket.shutdown(socket.SHUT_RDWR)

    with serving(lose) as url:
        world = world_of(tmp_path, f"[evtbdd:service:chat]\ncommand = c\nurl = {url}\n")
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        sockets.connect("ann", "/", None)
        sockets.send_text("ann", "now")
        sockets.is_closed("ann", 1006, PATIENCE)
        text = text_of(ExpectationFailed, sockets.is_closed, "ann", None, 60.0)
        assert "but it lost its connection at +T s, without a close (waited" in alike(text)
        world.close()


def test_where_it_is_closed_nothing_is_waited_for_and_nothing_proven(
    sockets: ScenarioWebSockets,
) -> None:
    """What could not come is no proof; and nothing can be sent."""
    sockets.send_text("ann", "1001")
    sockets.is_closed("ann", 1001, PATIENCE)
    text = text_of(ExpectationFailed, sockets.receives, "ann", no_data(), 60.0, False)
    assert alike(text).split("\n")[-1] == (
        'meanwhile: the WebSocket "ann" was closed by the service with code 1001 (as you wish) at +T s'
    )
    text = text_of(Unproven, sockets.receives_counted, "ann", 0, 0, no_data(), 0.01, False)
    assert alike(text) == (
        'Nothing has contradicted this: at the WebSocket "ann" no message. But the WebSocket "ann" '
        "was closed by the service with code 1001 (as you wish) at +T s, so nothing more could come."
    )
    assert alike(text_of(ServiceError, sockets.send_text, "ann", "x")) == (
        'The WebSocket "ann" was closed by the service with code 1001 (as you wish) at +T s, so '
        "nothing can be sent."
    )


def test_it_is_connected_again(sockets: ScenarioWebSockets) -> None:
    """Closed or not; what it has received before is not forgotten."""
    for text in ("one", "two"):
        sockets.send_text("ann", text)
        sockets.receives_text("ann", text, PATIENCE, False)
        sockets.make("ann", "reconnected")
    sockets.make("ann", "disconnected")
    sockets.make("ann", "reconnected")
    sockets.send_text("ann", "three")
    sockets.receives_at_least("ann", 3, no_data(), PATIENCE, True)


def test_a_message_of_50_mb_ends_the_connection(tmp_path: Path) -> None:
    """It is told, and the rest of it is not even read."""

    def flood(client: ServerConnection) -> None:
        client.recv()
        client.send("x" * 50_000_000)

    with serving(flood) as url:
        world = world_of(tmp_path, f"[evtbdd:service:chat]\ncommand = c\nurl = {url}\n")
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        sockets.connect("ann", "/", None)
        sockets.send_text("ann", "go")
        text = text_of(ExpectationFailed, sockets.receives, "ann", no_data(), 60.0, False)
        assert alike(text).split("\n")[-1] == (
            'meanwhile: the WebSocket "ann" was closed at +T s, because a message had more than '
            "10000000 bytes"
        )
        world.close()


def test_who_is_not_let_in_is_told(tmp_path: Path) -> None:
    """The status of the answer; and what the settings say lets one in."""

    def let_in(client: ServerConnection, request: Request) -> Response | None:
        known = request.headers.get("Authorization") == "Bearer t0ken"
        return None if known else client.respond(HTTPStatus.FORBIDDEN, "no\n")

    with serving(echo, process_request=let_in) as url:
        world = world_of(
            tmp_path,
            f"[evtbdd:service:known]\ncommand = c\nurl = {url}\nauthorization = Bearer t0ken\n"
            f"[evtbdd:service:unknown]\ncommand = c\nurl = {url}\n",
        )
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        assert alike(text_of(ServiceError, sockets.connect, "bob", "/chat", "unknown")) == (
            'The WebSocket "bob" cannot be connected to ws://HOST:PORT/chat: it answers 403, and '
            "opens no WebSocket."
        )
        sockets.connect("ann", "/chat", "known")
        world.close()


def test_who_is_not_there_is_told(tmp_path: Path) -> None:
    """Or does not speak so."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        socket.create_server(("127.0.0.1", 0)) as gone,
    ):
        urls = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in (silent, gone)]
        gone.close()
        world = world_of(
            tmp_path,
            "[evtbdd]\nconnect timeout = 100 ms\n"
            f"[evtbdd:service:silent]\ncommand = c\nurl = {urls[0]}\n"
            f"[evtbdd:service:gone]\ncommand = c\nurl = {urls[1]}\n",
        )
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        text = text_of(ServiceError, sockets.connect, "ann", "/", "silent")
        assert text.endswith(": it does not answer.")
        text = text_of(ServiceError, sockets.connect, "bob", "/", "gone")
        assert text.endswith(": nothing listens there (connection refused).")
        world.close()


def test_tls_is_trusted_by_its_authority(tmp_path: Path) -> None:
    """As with HTTP: an https url is spoken to by wss."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serving(echo, ssl=context) as url:
        url = url.replace("http:", "https:")
        world = world_of(
            tmp_path,
            f"[evtbdd:service:careful]\ncommand = c\nurl = {url}\n"
            f"[evtbdd:service:trusting]\ncommand = c\nurl = {url}\nsecurity ca = ca.pem\n",
        )
        sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
        text = text_of(ServiceError, sockets.connect, "ann", "/", "careful")
        assert ": its certificate is signed by nobody who is trusted (" in text
        sockets.connect("bob", "/", "trusting")
        sockets.send_text("bob", "hello")
        sockets.receives_text("bob", "hello", PATIENCE, False)
        world.close()


def test_names_are_those_of_a_scenario(sockets: ScenarioWebSockets) -> None:
    """A second one of a name, and one that is not there, are mistakes."""
    assert text_of(PhraseError, sockets.connect, "ann", "/chat", None) == (
        'The WebSocket "ann" is there already; to connect it again, write: When the WebSocket "ann" '
        "is reconnected"
    )
    assert text_of(UnknownName, sockets.send_text, "anne", "x") == (
        'No WebSocket is called "anne". Did you mean "ann"? It is connected by: Given the WebSocket '
        '"anne" is connected to "/PATH"'
    )


def test_nothing_is_left_at_the_end(tmp_path: Path, service: str) -> None:
    """Neither a thread nor a connection."""
    world = world_of(tmp_path, f"[evtbdd:service:chat]\ncommand = c\nurl = {service}\n")
    sockets = websockets_of(world.begin(Plan(), tmp_path, "s1").facilities)
    sockets.connect("ann", "/", None)
    link = sockets._get("ann").link
    world.end()
    assert not link._thread.is_alive()
    assert link._sock.fileno() == -1
    world.close()
