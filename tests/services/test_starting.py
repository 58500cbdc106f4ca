"""A service is started, and waited for until it is what its settings call ready."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from services.conftest import Stage

from evtbdd.errors import EvtbddError, ServiceError, SettingsError, UnsupportedCapability
from evtbdd.journal import ServiceEnded, ServiceReady, ServiceStarted

Begin = Callable[[str], Stage]
PYTHON = f"{sys.executable} -S -I -u -c"
SERVE = (
    "import http.server,sys;"
    "s=http.server.HTTPServer(('127.0.0.1',int(sys.argv[1])),http.server.BaseHTTPRequestHandler);"
    "s.serve_forever()"
)


def service(command: str, *more: str) -> str:
    lines = "\n".join(more)
    return f"[evtbdd:service:it]\ncommand = {command}\n{lines}\n"


def ready(stage: Stage) -> str:
    """How the journal says that the service got ready."""
    scenario = stage.begin(services=["it"])
    scenario.services.run("it", {})
    (how,) = [
        noted.entry.how
        for noted in scenario.journal.since()
        if isinstance(noted.entry, ServiceReady)
    ]
    return how


def test_started_is_ready_when_its_process_runs(stage: Begin) -> None:
    """Nothing more is known of it."""
    assert ready(stage(service("sleep 60"))) == "its process runs"


def test_log_is_ready_when_it_has_logged_that(stage: Begin) -> None:
    """An unfinished line counts too."""
    settings = service("sh -c 'printf listening; exec sleep 60'", 'ready = log "listening"')
    assert ready(stage(settings)) == 'it logged "listening"'


def test_port_is_ready_when_its_port_accepts(stage: Begin) -> None:
    """The port is its own, and told to it."""
    begun = stage(service(f'{PYTHON} "{SERVE}" ${{port}}', "ready = port ${port}"))
    scenario = begun.begin(services=["it"])
    scenario.services.run("it", {})
    port = scenario.values.text("${service.it.port}")
    news = [noted.entry for noted in scenario.journal.since()]
    assert ServiceReady("it", f"port {port} accepts connections") in news


def test_get_is_ready_when_its_url_answers(stage: Begin) -> None:
    """With the status that is wanted: this server has no GET at all."""
    settings = service(
        f'{PYTHON} "{SERVE}" ${{port}}', "ready = get http://127.0.0.1:${port}/health 501"
    )
    assert ready(stage(settings)).endswith("/health answers 501")


def test_exit_is_ready_when_it_has_ended_well(stage: Begin) -> None:
    """It is not lost by that, and not run again in its scope."""
    begun = stage(service("sh -c 'echo migrated; exit 0'", "ready = exit 0"))
    scenario = begun.begin(services=["it"])
    scenario.services.run("it", {})
    scenario.services.run("it", {})
    assert begun.log(scenario, "it") == "migrated\n"
    assert [each.lost for each in scenario.services.health()] == [None]


def refused(stage: Stage, kind: type[EvtbddError] = ServiceError) -> str:
    scenario = stage.begin(services=["it"])
    with pytest.raises(kind) as raised:
        scenario.services.run("it", {})
    assert not scenario.services.get("it").running
    return str(raised.value)


def test_one_that_ends_at_once_is_told_with_all_of_its_last_words(stage: Begin) -> None:
    """Both of its outputs, also what it wrote in its very last moment."""
    command = "sh -c 'echo opening; echo no ledger >&2; exit 3'"
    assert refused(stage(service(command, 'ready = log "up"'))) == (
        'The service "it" ended with exit code 3 before it was ready (log "up"). '
        "The end of its log:\n    opening\n    no ledger"
    )


def test_one_that_ends_with_another_code_is_not_ready(stage: Begin) -> None:
    """By `exit 0` only that code is meant."""
    assert refused(stage(service("sh -c 'exit 1'", "ready = exit 0"))) == (
        'The service "it" ended with exit code 1 before it was ready (exit 0). '
        "It has logged nothing."
    )


@pytest.mark.parametrize(
    ("readiness", "seen"),
    [
        ('log "open"', 'it has not logged "open"'),
        ("exit 0", "it has not ended"),
        ("port 1", "port 1: Connection refused"),
        ("get http://127.0.0.1:1/ 204", "http://127.0.0.1:1/: Connection refused"),
    ],
)
def test_one_that_is_never_ready_is_told_what_was_seen(
    readiness: str, seen: str, stage: Begin
) -> None:
    """With the time that it had and the end of its log; and then it is dead."""
    command = "sh -c 'echo warming up; exec sleep 60'"
    settings = service(command, f"ready = {readiness}", "start timeout = 200 ms")
    assert refused(stage(settings)) == (
        f'The service "it" was not ready ({readiness}) within 200 ms: {seen}. '
        "The end of its log:\n    warming up"
    )


def test_a_slow_machine_gives_it_more_time(stage: Begin) -> None:
    """`timeout scale` stretches this patience as every other."""
    settings = service("sleep 60", 'ready = log "open"', "start timeout = 200 ms")
    assert refused(stage("[evtbdd]\ntimeout scale = 2\n" + settings)) == (
        'The service "it" was not ready (log "open") within 400 ms: it has not logged "open". '
        "It has logged nothing."
    )


def test_a_readiness_that_cannot_be_meant_is_not_waited_for(stage: Begin) -> None:
    """It is the settings that are wrong, not the service."""
    settings = service("sleep 60", "ready = port ${env.NOWHERE_PORT}")
    text = refused(stage(settings), EvtbddError)
    assert "NOWHERE_PORT" in text
    assert refused(stage(service("sleep 60", "ready = port web")), SettingsError) == (
        '[evtbdd:service:it] ready = port web: "web" is no port; it is written port ${port}, '
        "port 8080 or port HOST:8080."
    )


def test_a_program_that_is_not_there_is_told(stage: Begin) -> None:
    """With the folders that were looked in."""
    settings = service("no-such-program", "environment =\n    PATH = /nowhere")
    assert refused(stage(settings)) == (
        '"it" cannot be started: no folder of its PATH (/nowhere) has a program "no-such-program".'
    )


def test_only_a_broker_that_knows_who_is_subscribed_can_tell_it(stage: Begin) -> None:
    """Memory does not; what would be right is said."""
    settings = service("sleep 60", "consumes = orders", "group = g") + "[evtbdd:channel:orders]\n"
    assert refused(stage(settings), UnsupportedCapability) == (
        'The service "it" is to be ready when it is subscribed, and memory has no knowledge of '
        "which service is subscribed; Kafka and RabbitMQ have it. Write how else that is seen, as "
        'in ready = log "listening", or ready = subscribed, else log "listening".'
    )


def test_where_that_cannot_be_told_what_else_it_is_seen_by_counts(stage: Begin) -> None:
    """So one file of settings serves brokers that know it and brokers that do not."""
    keys = ("consumes = orders", "group = g", 'ready = subscribed, else log "up"')
    settings = service("sh -c 'echo up; exec sleep 60'", *keys) + "[evtbdd:channel:orders]\n"
    assert ready(stage(settings)) == 'it logged "up"'


def test_a_group_means_nothing_to_a_broker_without_groups(stage: Begin) -> None:
    """What is ready otherwise is not refused for it."""
    keys = ("consumes = orders", "group = g", "ready = started")
    scenario = stage(service("sleep 60", *keys) + "[evtbdd:channel:orders]\n").begin()
    scenario.services.run("it", {})
    assert scenario.services.get("it").group is None


def test_its_news_stand_in_the_journal(stage: Begin) -> None:
    """Started, ready, ended; and whether a step had asked it to end."""
    scenario = stage(service("sh -c 'echo up; exec sleep 60'", 'ready = log "up"')).begin()
    scenario.services.run("it", {})
    scenario.services.do("it", "stopped")
    news = [noted.entry for noted in scenario.journal.since()]
    kinds = (ServiceStarted, ServiceReady, ServiceEnded)
    assert [type(each) for each in news if isinstance(each, kinds)] == list(kinds)
    assert news[-1] == ServiceEnded("it", "was ended by signal SIGTERM", asked=True)


def test_variables_of_a_step_win_over_those_of_the_settings(stage: Begin) -> None:
    """Both over those of the run."""
    command = "sh -c 'echo $ONE $TWO $THREE'"
    settings = service(
        command, "ready = exit 0", "environment =\n    ONE = 1\n    TWO = ${scope.id}"
    )
    begun = stage(settings)
    scenario = begun.begin(services=["it"])
    scenario.services.run("it", {"ONE": "one", "THREE": "three"})
    assert begun.log(scenario, "it") == f"one {begun.world.run_id}-s1 three\n"
