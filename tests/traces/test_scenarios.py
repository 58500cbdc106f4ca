"""The traces as a scenario uses them: who is told of the collector, and what comes to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evtbdd.channels.message import Draft
from evtbdd.errors import EvtbddError, ExpectationFailed, PhraseError, ServiceError, SettingsError
from evtbdd.phrases import Data
from evtbdd.phrases.data import Row, Table
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.traces.promise import traces
from evtbdd.world import World

NO_DATA = Data(None, None, ("f.feature", 1), None)
SETTINGS = """\
[evtbdd]
timeout = 200 ms
[evtbdd:channel:orders]
[evtbdd:service:shop]
command = sh -c "echo at[$OTEL_EXPORTER_OTLP_ENDPOINT]; sleep 60"
ready = log "at["
[evtbdd:service:till]
command = sh -c "echo at[$OTEL_EXPORTER_OTLP_ENDPOINT]; sleep 60"
ready = log "at["
scope = run
[evtbdd:service:far]
url = http://127.0.0.1:1
[evtbdd:service:handler]
handler = a:b
consumes = orders
"""


class Rig:
    """A run whose scenarios are begun by hand."""

    def __init__(self, folder: Path, more: str = "") -> None:
        (folder / "evtbdd.cfg").write_text(SETTINGS + more, encoding="utf-8")
        settings = Settings.load(folder, sections=SECTIONS, userdata={}, environ={})
        self.world = World(settings, folder)
        self._folder = folder
        self._begun = 0

    def begin(self, *asked: str | None) -> Scenario:
        """The next scenario; its steps ask for the traces of these services."""
        self.world.end()
        plan = Plan()
        for name in asked:
            plan.needs("traces", name)
        self._begun += 1
        scenario = self.world.begin(plan, self._folder, f"s{self._begun}")
        scenario.begin_step("given")
        return scenario


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    rigs: list[Rig] = []

    def made(more: str = "") -> Rig:
        rigs.append(Rig(tmp_path, more))
        return rigs[-1]

    yield made
    for each in rigs:
        each.world.close()
        assert each.world.left_behind == []


def told(scenario: Scenario, service: str) -> str:
    """The address that a service was told, or nothing."""
    scenario.services.run(service, {})
    process = scenario.services.process(service, "")
    process.mark()
    return process.log.text().split("at[")[1].strip().rstrip("]")


def report(address: str, *names: str, path: str = "/v1/traces", body: bytes | None = None) -> int:
    """Send spans as an exporter does that speaks JSON; the status of the answer."""
    spans = [{"traceId": "ab" * 16, "spanId": "cd" * 8, "name": name} for name in names]
    sent = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    headers = {"content-type": "application/json"}
    connection.request("POST", parts.path + path, sent if body is None else body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def records(scenario: Scenario, service: str, span: str) -> None:
    traces(scenario.facilities).records(service, span, NO_DATA, None)


def test_a_service_is_told_where_to_report(rig: Callable[..., Rig]) -> None:
    """At an address of its own, by which its spans are known."""
    scenario = rig().begin("shop")
    address = told(scenario, "shop")
    assert address.endswith("/shop")
    assert report(address, "take order") == 200
    records(scenario, "shop", "take order")


def test_nobody_is_told_where_nobody_asks(rig: Callable[..., Rig]) -> None:
    """What a service does is changed as little as can be."""
    begun = rig()
    assert told(begun.begin("shop"), "shop") != ""
    assert told(begun.begin(), "shop") == ""


def test_all_are_told_where_the_settings_say_so(rig: Callable[..., Rig]) -> None:
    """One that outlives a scenario may be asked about in a later one."""
    begun = rig("[evtbdd:traces]\ncollect = always\n")
    address = told(begun.begin(), "till")
    scenario = begun.begin("till")
    scenario.services.run("till", {})
    assert report(address, "take money") == 200
    records(scenario, "till", "take money")


def test_one_that_was_not_told_cannot_be_asked(rig: Callable[..., Rig]) -> None:
    """That nothing comes says nothing then."""
    begun = rig()
    told(begun.begin(), "till")
    scenario = begun.begin("till")
    with pytest.raises(ServiceError) as raised:
        records(scenario, "till", "take money")
    assert str(raised.value) == (
        'The service "till" was started before a step asked for its spans, and was not told where to '
        "report them: set collect = always in [evtbdd:traces]."
    )


def test_spans_of_another_service_do_not_count(rig: Callable[..., Rig]) -> None:
    """Nor those of an earlier scenario, or of an earlier block of acts."""
    begun = rig()
    scenario = begun.begin("shop", "till")
    shop, till = told(scenario, "shop"), told(scenario, "till")
    report(till, "take order")
    with pytest.raises(ExpectationFailed, match="but no span came"):
        records(scenario, "shop", "take order")
    report(shop, "take order")
    scenario.begin_step("when")
    scenario.act()
    scenario.begin_step("then")
    with pytest.raises(ExpectationFailed, match="too early: such a span came at"):
        records(scenario, "shop", "take order")
    scenario = begun.begin("till")
    with pytest.raises(ExpectationFailed, match="but no span came"):
        records(scenario, "till", "take order")


def test_what_cannot_be_read_is_answered_so(rig: Callable[..., Rig]) -> None:
    """And told where a span is missed; the exporter goes on."""
    scenario = rig().begin("shop")
    address = told(scenario, "shop")
    assert report(address, body=b"{") == 400
    assert report(address, path="/v1/logs") == 404
    with pytest.raises(ExpectationFailed) as raised:
        records(scenario, "shop", "take order")
    assert "; 1 report could not be read: no spans: " in str(raised.value)


@pytest.mark.parametrize(
    ("service", "but"),
    [("far", "it is not told where to report its spans"), ("handler", "it reports no spans")],
)
def test_a_service_without_a_process_of_ours_is_not_asked(
    service: str, but: str, rig: Callable[..., Rig]
) -> None:
    """In the words that are said of any step that needs one."""
    with pytest.raises(ServiceError, match=but):
        records(rig().begin(service), service, "take order")


def test_events_have_the_header_where_somebody_asks(rig: Callable[..., Rig]) -> None:
    """A trace for each; a header that the author has written stays."""
    begun = rig()
    for asked in ([None], []):
        scenario = begun.begin(*asked)
        scenario.channels.get("orders")
        for headers in ({}, {}, {"traceparent": "mine"}):
            scenario.publisher.event("orders", Draft(headers=dict(headers)), NO_DATA)
        entries = [noted.entry for noted in scenario.journal.since()]
        found = [e.event.header("traceparent") for e in entries if type(e).__name__ == "Published"]
        assert found[2] == "mine"
        assert (len({*map(str, found)}), "absent" in map(repr, found)) == (
            (3, False) if asked else (2, True)
        )


def test_the_events_of_a_batch_have_it_too(rig: Callable[..., Rig]) -> None:
    """However they are sent, each begins a trace."""
    scenario = rig("[evtbdd:broker:main]\nurl = sqs+embedded://\n").begin(None)
    scenario.channels.get("orders")
    rows = (Row(("1",), 8), Row(("2",), 9))
    data = Data(Table(("number",), rows), None, ("shop.feature", 7), "")
    scenario.publisher.batch("orders", Draft(), data)
    entries = [noted.entry for noted in scenario.journal.since()]
    found = [e.event.header("traceparent") for e in entries if type(e).__name__ == "Published"]
    assert len({*map(str, found)}) == 2
    assert "absent" not in map(repr, found)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("", "No step of this scenario has sent a request, so none has begun a trace."),
        (
            "[evtbdd:traces]\npropagate = no\n",
            "No request begins a trace: [evtbdd:traces] has propagate = no, and a trace is told by "
            "the header traceparent.",
        ),
    ],
)
def test_without_a_request_there_is_no_trace(more: str, text: str, rig: Callable[..., Rig]) -> None:
    """Of what should an event be part?"""
    scenario = rig(more).begin(None)
    with pytest.raises(PhraseError) as raised:
        traces(scenario.facilities).is_part(None)
    assert str(raised.value) == text


def test_several_events_are_an_error(rig: Callable[..., Rig]) -> None:
    """Which one is meant cannot be guessed."""
    scenario = rig().begin(None)
    scenario.channels.get("orders")
    scenario.facilities.headers_of_request("POST /orders", {})
    channel = scenario.channels.get("orders")
    for key in ("1", "2"):
        scenario.publisher.event("orders", Draft("Seen", key), NO_DATA)
    # As if a service had published them.
    own = [each for each in scenario.journal.since() if type(each.entry).__name__ == "Published"]
    scenario.journal._noted = [each for each in scenario.journal.since() if each not in own]
    assert channel.physical
    with pytest.raises(EvtbddError) as raised:
        traces(scenario.facilities).is_part("Seen")
    assert str(raised.value) == (
        'No step of this scenario has published a "Seen" event, and 2 were seen in the window of this '
        "step; name a type or a key of which there is one:\n"
        '    key "1" type "Seen" on "orders"\n'
        '    key "2" type "Seen" on "orders"'
    )


@pytest.mark.parametrize("missing", ["opentelemetry", "google", "h11"])
def test_what_is_not_installed_names_the_extra(
    missing: str, rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is a package that the driver itself needs."""
    for name in [*sys.modules]:
        if name.startswith(("evtbdd.traces.", "evtbdd.webhooks.", f"{missing}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SettingsError) as raised:
        rig().begin("shop")
    assert str(raised.value) == (
        f'The driver "{missing}" is not installed: pip install "evtbdd[traces]" brings it.'
    )
