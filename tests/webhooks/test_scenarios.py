"""Webhooks as a scenario's steps speak of them: scripted, expected, windows, and how long they live."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Timer
from types import SimpleNamespace

import pytest
from behave.step_registry import registry
from evtbdd.steps import webhooks_steps
from expect.support import document, lines, no_data, table, text_of

from evtbdd.cli.steps import load_libraries
from evtbdd.errors import ExpectationFailed, PhraseError, SettingsError, UnknownName, Unproven
from evtbdd.lookahead import look_ahead
from evtbdd.loopback import listener
from evtbdd.phrases.catalogue import registered
from evtbdd.plan import Plan
from evtbdd.scenario import Scenario
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings
from evtbdd.webhooks.facility import ScenarioWebhooks
from evtbdd.webhooks.opened import webhooks_of
from evtbdd.world import World

from .client import request

PAID = table("| field | value |\n| amount | 20 |")


@pytest.fixture
def webhooks(scenario: Scenario) -> ScenarioWebhooks:
    """Those of the scenario that runs, with a webhook that is served already."""
    webhooks = webhooks_of(scenario.facilities)
    port_of(scenario)
    return webhooks


def port_of(scenario: Scenario, name: str = "payments") -> int:
    port = scenario.values.sent(f"${{webhook.{name}.port}}")
    assert isinstance(port, int)
    return port


def pay(scenario: Scenario, amount: int, path: str = "/pay") -> int:
    """The status of the answer to a payment."""
    body = f'{{"amount": {amount}}}'
    return request(port_of(scenario), "POST", path, body, Content_Type="application/json")[0]


def act(scenario: Scenario) -> None:
    """A step under When that acts."""
    scenario.begin_step("when")
    scenario.act()
    scenario.begin_step("then")


def test_what_placeholders_say(scenario: Scenario) -> None:
    """The same in every step of the scenario."""
    port = port_of(scenario)
    assert scenario.values.text("${webhook.payments.url}/pay") == f"http://127.0.0.1:{port}/pay"
    assert scenario.values.text("${webhook.payments.host}") == "127.0.0.1"
    assert port_of(scenario, "refunds") != port


def test_an_unknown_webhook_is_told_with_the_nearest(scenario: Scenario) -> None:
    """In a step as in a placeholder."""
    webhooks = webhooks_of(scenario.facilities)
    assert text_of(UnknownName, webhooks.make, "paymets", "down") == (
        'No webhook is called "paymets". Did you mean "payments"? A webhook is declared by a section '
        "[evtbdd:webhook:paymets] of the settings."
    )
    assert text_of(UnknownName, scenario.values.text, "${webhook.paymets.url}") == (
        '${webhook.paymets.url} is not known. Did you mean "webhook.payments.url", '
        '"webhook.payments.port" or "webhook.payments.host"?'
    )


def test_answers_by_number(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """So many times 500, then 200 for ever."""
    webhooks.answers_then("payments", 500, 2, 200)
    assert [pay(scenario, 1) for _ in range(4)] == [500, 500, 200, 200]


def test_answers_by_path_and_content(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """The rule that was said last and fits decides."""
    webhooks.answers("payments", 503, None, no_data())
    webhooks.answers("payments", 201, "/pay", document('{"id": "PAY-1"}', ""))
    webhooks.answers_those_with("payments", 402, "/pay", PAID)
    assert [pay(scenario, 20), pay(scenario, 30), pay(scenario, 20, "/other")] == [402, 201, 503]
    assert request(port_of(scenario), "POST", "/pay") == (201, b'{"id":"PAY-1"}')


def test_answers_that_come_late_come(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """The request is received before that."""
    webhooks.answers_after("payments", 202, 0.05)
    assert pay(scenario, 1) == 202
    webhooks.receives("payments", "POST", "/pay", no_data(), 1.0, False)


def test_a_reset_gives_way_to_what_was_said_before(
    scenario: Scenario, webhooks: ScenarioWebhooks
) -> None:
    """After so many times."""
    webhooks.answers("payments", 204, None, no_data())
    webhooks.resets("payments", "/pay", 1)
    with pytest.raises(ConnectionResetError):
        pay(scenario, 1)
    assert pay(scenario, 1) == 204


def test_down_and_up(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """A webhook that is down refuses."""
    webhooks.make("payments", "down")
    with pytest.raises(ConnectionRefusedError):
        pay(scenario, 1)
    webhooks.make("payments", "up")
    assert pay(scenario, 1) == 200


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda w: w.answers("payments", 199, None, no_data()),
            "199 is no status of an answer; these are 200 to 599.",
        ),
        (
            lambda w: w.answers("payments", 200, "pay", no_data()),
            '"pay" is no path: it begins with a slash and has no query, which is described below '
            "the step as @query.NAME.",
        ),
        (
            lambda w: w.answers_then("payments", 500, 0, 200),
            "0 times is never; the number must be 1 or more.",
        ),
        (
            lambda w: w.resets("payments", None, 0),
            "0 times is never; the number must be 1 or more.",
        ),
        (
            lambda w: w.answers("payments", 200, None, table("| field | value |\n| @key | 1 |")),
            "shop.feature:9: @key cannot be sent; what can be given are @header.NAME.",
        ),
        (
            lambda w: w.receives_at_least("payments", 0, None, no_data(), 1.0, False),
            "At least 0 requests always arrive; the number must be 1 or more.",
        ),
    ],
)
def test_what_cannot_be_meant(webhooks: ScenarioWebhooks, call: object, sentence: str) -> None:
    """Is an error that says what would be right."""
    assert callable(call)
    assert text_of(PhraseError, call, webhooks) == sentence


def test_a_request_is_waited_for_like_an_event(
    scenario: Scenario, webhooks: ScenarioWebhooks
) -> None:
    """Until it comes; `its` is it."""
    later = Timer(0.05, pay, (scenario, 20))
    later.start()
    webhooks.receives("payments", "POST", "/pay", PAID, 5.0, False)
    scenario.expect.remember_its("amount", "paid")
    assert scenario.values.sent("${paid}") == 20
    later.join()


def test_the_text_of_one_that_did_not_come(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """Expected, nearest with all differences, the others, and elsewhere."""
    pay(scenario, 30)
    pay(scenario, 20, "/refund")
    request(port_of(scenario, "refunds"), "POST", "/pay", '{"amount": 20}')
    text = text_of(
        ExpectationFailed, webhooks.receives, "payments", "POST", "/pay", PAID, 0.01, False
    )
    text = re.sub(r"[+]\d+[.]\d\d s", "+T s", text)
    text = re.sub(r"waited \d+[.]\d s", "waited T s", text)
    assert text.replace(str(port_of(scenario)), "PORT") == lines(
        """
        Expected at the webhook "payments" within 10 ms: a POST request to "/pay"
          with  amount = 20
        but of 2 requests in its window none matched (waited T s; http://127.0.0.1:PORT)
          nearest  #1 at +T s, POST /pay {"amount":30}, answered 200
                   amount: 30, expected 20
          others   #2 POST /refund {"amount":20}
        elsewhere: such a request came to the webhook "refunds" at +T s
        """
    )


def test_earlier_requests_lie_outside_of_the_window(
    scenario: Scenario, webhooks: ScenarioWebhooks
) -> None:
    """As with events; `in all` takes them in."""
    pay(scenario, 20)
    act(scenario)
    text = text_of(
        ExpectationFailed, webhooks.receives, "payments", "POST", "/pay", PAID, 0.01, False
    )
    assert text.split("\n")[-1].startswith("too early: such a request came at +")
    webhooks.receives("payments", "POST", "/pay", PAID, 0.01, True)


def test_claims_are_watched_or_unproven(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """One too many fails; a claim without a time is told the step that would watch it."""
    pay(scenario, 20)
    webhooks.receives_counted("payments", 1, 1, "/pay", no_data(), 0.05, False)
    webhooks.receives_counted("payments", 0, 0, "/refund", no_data(), 0.05, False)
    assert text_of(
        Unproven, webhooks.receives_counted, "payments", 0, 2, "/pay", PAID, None, True
    ) == lines(
        """
        Nothing has contradicted this so far: at the webhook "payments" at most 2 requests to "/pay" with amount = 20. But nothing proves it either. Say how long to watch:
          Then the webhook "payments" receives at most 2 requests to "/pay" during 2 seconds in all with:
        with the same table or text below it.
        """
    )
    pay(scenario, 20)
    text = text_of(
        ExpectationFailed, webhooks.receives_counted, "payments", 1, 1, None, PAID, 0.05, False
    )
    assert "but 2 requests came (watched " in text


def test_what_cannot_be_read_proves_nothing(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """JSON that is none could have been what was not to come."""
    request(port_of(scenario), "POST", "/pay", "{not json", Content_Type="application/json")
    text = text_of(Unproven, webhooks.receives_counted, "payments", 0, 0, "/pay", PAID, 0.01, False)
    assert text.startswith(
        'Nothing has contradicted this: at the webhook "payments" no request to "/pay" with '
        "amount = 20. But a request in its window cannot be read, and could be one that counts: #1 at "
    )
    assert text.endswith(
        "answered 200: no JSON: Expecting property name enclosed in double quotes at line 1 column 2."
    )


def test_rows_are_met_in_order(scenario: Scenario, webhooks: ScenarioWebhooks) -> None:
    """One request for each row, around others."""
    for amount in (1, 2, 3):
        pay(scenario, amount)
    rows = table("| @method | @path | amount |\n| POST | /pay | 1 |\n| POST | /pay | 3 |")
    webhooks.receives_these("payments", None, rows, 1.0, False, True)
    rows = table("| amount |\n| 3 |\n| 1 |")
    text = text_of(
        ExpectationFailed, webhooks.receives_these, "payments", "/pay", rows, 0.01, False, True
    )
    assert text.startswith(
        'Expected at the webhook "payments" within 10 ms: these 2 requests in order\n'
        "but they came in another order: row 2 (#1), row 1 (#3) (waited "
    )


def test_what_steps_will_name_is_served_before_the_first(tmp_path: Path) -> None:
    """A service that has the address built in may call at once."""
    with listener() as free:
        port = free.getsockname()[1]
    address = f"[evtbdd:webhook:payments]\naddress = 127.0.0.1:{port}\n"
    (tmp_path / "evtbdd.cfg").write_text(address, encoding="utf-8")
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    world = World(settings, tmp_path)
    plan = Plan()
    plan.needs("webhooks", "payments")
    plan.needs("webhooks", "misspelt")
    scenario = world.begin(plan, tmp_path, "s1")
    assert request(port)[0] == 200
    webhooks_of(scenario.facilities).receives_at_least("payments", 1, None, no_data(), 0.01, False)
    world.close()


def test_every_step_about_a_webhook_tells_so_ahead() -> None:
    """Whatever it says of it."""
    plan = Plan()
    load_libraries()
    text = 'the webhook "payments" receives no request during 1 second'
    given = SimpleNamespace(name=text, step_type="then", table=None, text=None)
    scenario = SimpleNamespace(name="x", location="a:1", all_steps=[given])
    look_ahead(scenario, registry, plan)
    assert plan.needed == {"webhooks": ["payments"]}
    functions = [f for f in vars(webhooks_steps).values() if hasattr(f, "tells_ahead")]
    assert len(functions) == len([r for r in registered() if r.section == "Webhooks"])


def test_a_webhook_of_a_scenario_is_gone_with_it(world: World, tmp_path: Path) -> None:
    """What a dead service still sends reaches nobody."""
    first = world.begin(Plan(), tmp_path, "s1")
    port = port_of(first)
    world.end()
    with pytest.raises(ConnectionRefusedError):
        request(port)
    world.begin(Plan(), tmp_path, "s2")
    world.end()


def lasting(folder: Path) -> World:
    """A run with a webhook that a service of the whole run is told of."""
    (folder / "evtbdd.cfg").write_text(
        "[evtbdd:webhook:payments]\n"
        "[evtbdd:service:shop]\ncommand = shop ${webhook.payments.url}\nscope = run\n",
        encoding="utf-8",
    )
    settings = Settings.load(folder, sections=SECTIONS, userdata={}, environ={})
    return World(settings, folder)


def test_a_webhook_lives_as_long_as_the_service_that_is_told_of_it(tmp_path: Path) -> None:
    """Each scenario begins with a script of its own, and where the last one has ended."""
    world = lasting(tmp_path)
    first = world.begin(Plan(), tmp_path, "s1")
    port = port_of(first)
    webhooks_of(first.facilities).answers("payments", 500, None, no_data())
    assert request(port)[0] == 500
    world.end()
    assert request(port)[0] == 200
    second = world.begin(Plan(), tmp_path, "s2")
    assert (request(port)[0], port_of(second)) == (200, port)
    webhooks = webhooks_of(second.facilities)
    webhooks.receives_counted("payments", 1, 1, None, no_data(), 0.01, True)
    world.close()
    with pytest.raises(ConnectionRefusedError):
        request(port)


def test_only_this_machine_is_served(tmp_path: Path) -> None:
    """An address elsewhere is a mistake in the settings."""
    (tmp_path / "evtbdd.cfg").write_text(
        "[evtbdd:webhook:payments]\naddress = 0.0.0.0:8080\n", encoding="utf-8"
    )
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ={})
    world = World(settings, tmp_path)
    scenario = world.begin(Plan(), tmp_path, "s1")
    assert text_of(SettingsError, scenario.facilities.get, "webhooks") == (
        '[evtbdd:webhook:payments] address: "0.0.0.0" is not this machine alone; a webhook is served '
        "at 127.0.0.1:PORT and nowhere else."
    )
    world.close()
