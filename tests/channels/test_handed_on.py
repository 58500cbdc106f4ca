"""The variables by which a second process finds the brokers of a run."""

from __future__ import annotations

from pathlib import Path

from evtbdd.brokers.security import Security
from evtbdd.channels.handed_on import HandedOn
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings

NAMES = ["main", "far-off"]


def test_what_is_told_is_what_the_settings_of_the_second_process_say(tmp_path: Path) -> None:
    """Under the very names that override them, whatever signs a broker's name has."""
    (tmp_path / "evtbdd.cfg").write_text(
        "[evtbdd:broker:main]\nurl = kafka+embedded://\nsecurity tls = yes\n"
        "[evtbdd:broker:far-off]\nurl = rabbitmq+local://\n",
        encoding="utf-8",
    )
    environ: dict[str, str] = {}
    told = HandedOn(environ)
    told.tell("main", "kafka://127.0.0.1:1", Security(tls=True, ca=Path("/ca.pem")), NAMES)
    told.tell("far-off", "amqp://127.0.0.1:2", None, NAMES)
    settings = Settings.load(tmp_path, sections=SECTIONS, userdata={}, environ=environ)
    assert settings.section("broker", "main")["url"] == "kafka://127.0.0.1:1"
    assert settings.section("broker", "main")["security ca"] == "/ca.pem"
    assert settings.section("broker", "far-off")["url"] == "amqp://127.0.0.1:2"


def test_what_was_set_before_is_set_again() -> None:
    """And what was not set is not set, also where it was told twice."""
    environ = {"EVTBDD_BROKER_MAIN_URL": "kafka+embedded://", "PATH": "/bin"}
    before = dict(environ)
    told = HandedOn(environ)
    for port in (1, 2):
        told.tell("main", f"kafka://127.0.0.1:{port}", None, NAMES)
        told.tell("far-off", f"kafka://127.0.0.1:{port}", None, NAMES)
    assert environ["EVTBDD_BROKER_MAIN_URL"] == "kafka://127.0.0.1:2"
    assert environ["EVTBDD_BROKER_FAR_OFF_URL"] == "kafka://127.0.0.1:2"
    told.take_back()
    assert environ == before


def test_brokers_that_a_variable_cannot_tell_apart_are_not_told_of() -> None:
    """The settings of the second process would be refused."""
    environ: dict[str, str] = {}
    HandedOn(environ).tell("far-off", "kafka://127.0.0.1:1", None, ["far-off", "far.off"])
    assert environ == {}
