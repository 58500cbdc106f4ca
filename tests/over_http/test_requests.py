"""Requests of a scenario: what is sent, what comes back, and when nothing can be said."""

from __future__ import annotations

import gzip
import resource
import socket
import ssl
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme
from expect.support import document, lines, no_data, table, text_of
from webhooks.conftest import Served

from evtbdd.clock import Deadline
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError
from evtbdd.http.drafts import Draft
from evtbdd.http.facility import ScenarioHttp
from evtbdd.http.opened import http_of
from evtbdd.journal import Acted, Sent
from evtbdd.phrases import Data
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.webhooks.request import pattern_of_request
from evtbdd.webhooks.script import Answer, Rule

from .conftest import speaking, world_of

ANY = pattern_of_request(None, None)
PLACED = Draft(b'{"id":"ORD-1","status":"placed"}', (("content-type", "application/json"),))


def answer(service: Served, *answers: Answer) -> None:
    """Answer so, one after the other; the last one for ever."""
    times = [1] * (len(answers) - 1) + [None]
    service.script.add(Rule(ANY, list(zip(answers, times, strict=True))))


def send(http: ScenarioHttp, method: str = "POST", data: Data | None = None) -> None:
    http.send(method, "/orders", None, data or no_data(), False)


def test_what_stands_below_a_step_is_sent(
    service: Served, http: ScenarioHttp, scenario: Scenario
) -> None:
    """Body, headers and query; the path goes behind that of the service's url."""
    below = table(
        "| field | value |\n| customer | ann |\n| items[0] | pen |\n"
        "| @header.X-Trace | 7 |\n| @query.dry | yes & no |"
    )
    send(http, data=below)
    (came,) = service.requests()
    assert came.title == "POST /api/orders"
    assert came.payload == {"customer": "ann", "items": ["pen"]}
    facts = ("query.dry", "header.x-trace", "header.content-type", "header.user-agent")
    assert [came.fact(f) for f in facts] == ["yes & no", "7", "application/json", "evtbdd"]
    assert [n.entry for n in scenario.journal.since() if isinstance(n.entry, Sent)] == [
        Sent('the service "shop"', "POST /orders", acts=True)
    ]


@pytest.mark.parametrize(
    ("data", "body", "kind"),
    [
        (document('{"id": ${counter}}', ""), b'{"id":1}', "application/json"),
        (document("hello ${counter}", ""), b"hello 1", "text/plain; charset=utf-8"),
        (document("${base64 AQ==}", ""), b"\x01", "application/octet-stream"),
        (
            table(
                "| field | value |\n| a | x y |\n"
                "| @header.Content-Type | application/x-www-form-urlencoded |"
            ),
            b"a=x+y",
            "application/x-www-form-urlencoded",
        ),
        (
            table("| field | value |\n| $ | <a/> |\n| @header.content-type | text/xml |"),
            b"<a/>",
            "text/xml",
        ),
    ],
)
def test_json_forms_and_raw_bodies(
    service: Served, http: ScenarioHttp, data: Data, body: bytes, kind: str
) -> None:
    """By what stands below, and the content type that it says."""
    send(http, data=data)
    record = service.requests()[0].record
    assert (record.value, dict(record.headers)["content-type"]) == (body, kind.encode())


def test_the_response_is_looked_at(service: Served, http: ScenarioHttp, scenario: Scenario) -> None:
    """Its status, its body and its headers; `its` is it."""
    located = (*PLACED.headers, ("Location", "/orders/ORD-1"))
    answer(service, Answer(201, Draft(PLACED.body, located)))
    send(http)
    http.response_arrives(1.0)
    http.status_is(201)
    http.response_has(
        table("| field | value |\n| @header.location | /orders/ORD-1 |\n| status | placed |")
    )
    scenario.expect.remember_its("id", "order")
    assert scenario.values.sent("${order}") == "ORD-1"


def test_the_text_of_another_response(service: Served, http: ScenarioHttp) -> None:
    """It is told at once: a response does not change."""
    answer(service, Answer(500, PLACED))
    send(http)
    text = text_of(ExpectationFailed, http.status_is, 201)
    moment = text[text.index("#1 at ") + 6 :].partition(",")[0]
    took = text[text.rindex("after ") :].partition("\n")[0]
    waited = text[text.index("waited ") :].partition(";")[0]
    assert text == lines(
        f"""
        Expected in answer to the POST request to "/orders" within 5 seconds: a response with status 201
        but the response is another ({waited}; {service.webhook.url}/api/orders)
          #1 at {moment}, status 500 {{"id":"ORD-1","status":"placed"}}, {took}
             @status: 500, expected 201
        """
    )


def test_a_response_that_is_no_json_is_told(service: Served, http: ScenarioHttp) -> None:
    """The system is wrong: it said that it would be."""
    answer(service, Answer(200, Draft(b"{not json", PLACED.headers)))
    send(http)
    text = text_of(ExpectationFailed, http.response_has, table("| field | value |\n| id | 1 |"))
    assert text.split("\n")[-1].strip().startswith("$: unreadable (no JSON: Expecting property")


def test_of_a_response_of_50_mb_the_beginning_is_kept(http: ScenarioHttp) -> None:
    """It is told, and takes no memory."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with speaking(head + b"x" * 12_000_000, hold=True) as url:
        http.send("GET", url, None, no_data(), False)
        text = text_of(ExpectationFailed, http.response_has, document('{"id": 1}'))
    assert "$: unreadable (it is larger than the 10000000 bytes that evtbdd keeps)" in text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 80_000


def test_a_compressed_response_is_read(service: Served, http: ScenarioHttp) -> None:
    """Though evtbdd does not ask for one."""
    headers = (*PLACED.headers, ("content-encoding", "gzip"))
    answer(service, Answer(200, Draft(gzip.compress(PLACED.body or b""), headers)))
    send(http)
    http.response_has(table("| field | value |\n| id | ORD-1 |"))


def test_a_response_that_has_not_come_is_waited_for(http: ScenarioHttp) -> None:
    """In the background; and that it does not come is watched."""
    gate = Event()
    with speaking(b"HTTP/1.1 204 No Content\r\n\r\n", gate=gate) as url:
        http.send("POST", url, None, no_data(), True)
        http.no_response(0.05)
        text = text_of(ExpectationFailed, http.response_arrives, 0.01)
        assert text.startswith(
            f'Expected in answer to the POST request to "{url}" within 10 ms: a response\n'
            "but no response came (waited "
        )
        gate.set()
        http.response_arrives(10.0)
        assert text_of(ExpectationFailed, http.no_response, 0.01).startswith(
            f'Expected in answer to the POST request to "{url}" during 10 ms: no response\n'
            "but one came"
        )


def test_a_connection_without_a_response_is_a_fact(service: Served, http: ScenarioHttp) -> None:
    """No error, and nobody waits for what cannot come."""
    answer(service, Answer(reset=True))
    send(http)
    http.no_response(0.01)
    text = text_of(ExpectationFailed, http.response_arrives, 60.0)
    assert text.split("\n")[-1] == (
        'meanwhile: the POST request to "/orders" was not answered: the connection was reset'
    )


def test_what_is_no_http_is_told(http: ScenarioHttp) -> None:
    """Such as a server of something else."""
    with speaking(b"220 smtp ready\r\n\r\n") as url:
        http.send("GET", url, None, no_data(), False)
        text = text_of(ExpectationFailed, http.status_is, 200)
    assert text.split("\n")[-1].endswith("was not answered: what came was no HTTP")


def test_a_response_that_breaks_off_is_none(http: ScenarioHttp) -> None:
    """Half a body proves nothing about the whole one."""
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") as url:
        http.send("GET", url, None, no_data(), False)
        text = text_of(ExpectationFailed, http.status_is, 200)
    assert text.split("\n")[-1].endswith(
        "was not answered: the connection was closed before the response was whole"
    )


def test_who_cannot_be_reached_is_an_error(service: Served, http: ScenarioHttp) -> None:
    """Never a missing response: the service has not had the request."""
    service.webhook.server.take_down()
    refused = (
        f'The service "shop" cannot be reached at {service.webhook.url}/api/orders: nothing listens '
        "there (connection refused)."
    )
    assert text_of(ServiceError, send, http) == refused
    http.send("POST", "/orders", None, no_data(), True)
    assert text_of(ServiceError, http.no_response, 0.5) == refused
    assert text_of(ServiceError, http.response_arrives, 0.5) == refused
    returns = http.returns
    text = text_of(ServiceError, returns, "GET", "/orders", None, 200, no_data(), 0.01, None)
    assert text.startswith(f'{refused}\nExpected a GET request to "/orders" to return 200 within')


def test_who_was_not_started_is_told_so(tmp_path: Path) -> None:
    """A step that starts it is what is missing, not a service that listens."""
    world = world_of(
        tmp_path, "[evtbdd:service:shop]\ncommand = shop\nurl = http://127.0.0.1:${port}\n"
    )
    http = http_of(world.begin(Plan(), tmp_path, "s1").facilities)
    assert text_of(ServiceError, send, http).endswith(
        ": nothing listens there (connection refused); it was not started in this scenario."
    )
    world.close()


def test_several_requests_are_alike_and_told_apart(
    service: Served, http: ScenarioHttp, scenario: Scenario
) -> None:
    """By the counter; what is said of the response is said of all."""
    answer(service, Answer(201), Answer(201), Answer(503))
    http.send_several(3, "POST", "/orders", None, table("| field | value |\n| id | ${counter} |"))
    assert [each.payload for each in service.requests()] == [{"id": 1}, {"id": 2}, {"id": 3}]
    http.response_arrives(1.0)
    text = text_of(ExpectationFailed, http.status_is, 201)
    assert text.startswith(
        'Expected in answer to 3 POST requests to "/orders" within 5 seconds: 3 responses with '
        "status 201\nbut 1 of 3 responses differs (waited "
    )
    assert text_of(PhraseError, scenario.expect.remember_its, "id", "x") == (
        "`its` is what the step before has met, and needs one response; that step met 3 responses."
    )


def test_the_same_request_is_the_same_to_the_byte(service: Served, http: ScenarioHttp) -> None:
    """Its fresh values too."""
    send(http, data=document('{"id": ${uuid}}', ""))
    http.send_again()
    first, second = service.requests()
    assert first.record.value == second.record.value
    assert first.record.headers == second.record.headers


def test_a_get_is_asked_until_it_returns_what_it_must(
    service: Served, http: ScenarioHttp, scenario: Scenario
) -> None:
    """And then for as long as it must stay so."""
    paid = Draft(b'{"id":"ORD-1","status":"paid"}', PLACED.headers)
    answer(service, Answer(404), Answer(200, PLACED), Answer(200, paid))
    wanted = table("| field | value |\n| status | paid |")
    http.returns("GET", "/orders/ORD-1", None, 200, wanted, 5.0, 0.2)
    assert len(service.requests()) > 4
    scenario.expect.remember_its("id", "order")
    assert scenario.values.sent("${order}") == "ORD-1"


def test_the_texts_of_a_state(service: Served, http: ScenarioHttp) -> None:
    """What the last look has shown; and what changed."""
    answer(service, Answer(200, PLACED))
    wanted = table("| field | value |\n| status | paid |")
    text = text_of(
        ExpectationFailed, http.returns, "GET", "/orders/1", None, 200, wanted, 0.01, None
    )
    times = text.partition("asked ")[2].partition(";")[0]
    assert text == lines(
        f"""
        Expected a GET request to "/orders/1" to return 200 with status = "paid" within 10 ms
        but it returned 200 {{"id":"ORD-1","status":"placed"}} (asked {times}; {service.webhook.url}/api/orders/1)
          status: "placed", expected "paid"
        """
    )
    answer(service, Answer(204), Answer(204), Answer(503))
    text = text_of(
        ExpectationFailed, http.returns, "GET", "/orders/1", None, 204, no_data(), 1.0, 5.0
    )
    assert text.startswith(
        'Expected a GET request to "/orders/1" to return 204, and to stay so during 5 seconds\nbut +'
    )
    assert " s after it first did it returned 503 (asked " in text


def test_other_requests_are_asked_once(service: Served, http: ScenarioHttp) -> None:
    """They change something."""
    answer(service, Answer(409), Answer(201))
    text = text_of(ExpectationFailed, http.returns, "POST", "/orders", None, 201, no_data())
    assert text.startswith(
        'Expected in answer to the POST request to "/orders" within 5 seconds: a response with '
        "status 201\nbut the response is another (waited "
    )
    assert len(service.requests()) == 1
    http.returns("POST", "/orders", None, 201, no_data())


def test_only_what_changes_something_acts(http: ScenarioHttp, scenario: Scenario) -> None:
    """A GET begins no window, and may stand under Then; another request may not."""
    send(http, "GET")
    acted = [n for n in scenario.journal.since() if isinstance(n.entry, Acted)]
    assert acted == []
    scenario.begin_step("then")
    send(http, "GET")
    http.returns("DELETE", "/orders", None, 200, no_data())
    assert text_of(PhraseError, send, http, "DELETE").startswith(
        "This step acts, and Then only looks: write When before it"
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda http: http.send("GET", "orders", None, no_data(), False),
            '"orders" is no path: it begins with a slash, as in "/orders".',
        ),
        (
            lambda http: http.status_is(200),
            "No step of this scenario has sent a request, so there is none to speak of.",
        ),
        (
            lambda http: http.send_several(1, "POST", "/", None, no_data()),
            "1 requests are sent: the number must be 2 or more; one request is sent by: When a POST "
            "request is sent",
        ),
        (
            lambda http: http.send(
                "POST", "/", None, table("| field | value |\n| @key | 1 |"), False
            ),
            "shop.feature:9: @key cannot be sent; what can be given are @header.NAME and "
            "@query.NAME.",
        ),
        (
            lambda http: http.send(
                "POST", "/", None, table("| field | value |\n| @header.content-length | 1 |"), False
            ),
            "shop.feature:9: @header.content-length follows from the body, and cannot be given.",
        ),
    ],
)
def test_what_cannot_be_meant(http: ScenarioHttp, call: object, sentence: str) -> None:
    """Is an error that says what would be right."""
    assert callable(call)
    assert text_of(PhraseError, call, http) == sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            "[evtbdd:service:a]\ncommand = a\n",
            "No service has a url, so it cannot be told who is asked. It is declared in "
            "[evtbdd:service:NAME], as in url = http://127.0.0.1:${port}.",
        ),
        (
            "[evtbdd:service:a]\ncommand = a\nurl = http://a\n[evtbdd:service:b]\ncommand = b\n"
            "url = http://b\n",
            'It cannot be told which service is asked: "a" and "b" have a url. Say it after the '
            'path: of the service "a".',
        ),
    ],
)
def test_who_is_asked_must_be_clear(tmp_path: Path, settings: str, sentence: str) -> None:
    """Without a name it is the only service that has a url."""
    world = world_of(tmp_path, settings)
    scenario = world.begin(Plan(), tmp_path, "s1")
    assert text_of(PhraseError, send, http_of(scenario.facilities), "GET") == sentence
    world.close()


def test_what_is_under_way_ends_with_the_scenario(tmp_path: Path, service: Served) -> None:
    """No thread is left, though the service never answers."""
    answer(service, Answer(after=600.0))
    world = world_of(tmp_path, f"[evtbdd:service:a]\ncommand = a\nurl = {service.webhook.url}\n")
    scenario = world.begin(Plan(), tmp_path, "s1")
    http = http_of(scenario.facilities)
    http.send("GET", "/", None, no_data(), True)
    http.no_response(0.05)
    (sending,) = http._sender._under_way
    world.end()
    assert not sending._thread.is_alive()
    world.close()


def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path) -> None:
    """Until its authority is named; and that there is no TLS at all."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with (
        speaking(b"") as plain,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        Thread(target=_serve_tls, args=(listening, context), daemon=True).start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        ca = "security ca = ca.pem\n"
        world = world_of(
            tmp_path,
            f"[evtbdd:service:trusting]\n{ca}url = {url}\n"
            f"[evtbdd:service:plain]\n{ca}url = {plain.replace('http:', 'https:')}\n"
            f"[evtbdd:service:careful]\nurl = {url}\n",
        )
        http = http_of(world.begin(Plan(), tmp_path, "s1").facilities)
        assert text_of(ServiceError, http.send, "GET", "/", "careful", no_data(), False) == (
            f'The service "careful" cannot be reached at {url}/: its certificate is signed by nobody '
            "who is trusted (unable to get local issuer certificate); security ca must name the file "
            "of its authority."
        )
        text = text_of(ServiceError, http.send, "GET", "/", "plain", no_data(), False)
        assert text.endswith(": what answers there speaks no TLS.")
        http.send("GET", "/", "trusting", no_data(), False)
        http.status_is(204)
        world.close()


def _serve_tls(listening: socket.socket, context: ssl.SSLContext) -> None:
    for _ in range(2):
        connection, _ = listening.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as link:
                link.recv(10_000)
                link.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except ssl.SSLError:
            connection.close()


def test_a_service_that_goes_away_has_not_answered(http: ScenarioHttp, service: Served) -> None:
    """A request that was sent in the background ends when its connection does."""
    answer(service, Answer(after=600.0))
    http.send("POST", "/orders", None, no_data(), True)
    assert service.journal.wait(0, Deadline.after(10))
    service.webhook.server.take_down()
    text = text_of(ExpectationFailed, http.response_arrives, 60.0)
    assert "was not answered: the connection was reset" in text
