"""`evtbdd doctor` tells what can be had here, and what is wrong, all of it at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evtbdd.cli.main import main

WELL = """\
[evtbdd:broker:main]
url = memory://
[evtbdd:channel:orders]
codec = text
[evtbdd:service:shop]
command = sleep 60
ready = started
"""


def doctor(settings: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    (folder / "evtbdd.cfg").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(folder)
    return main(["doctor"])


def test_what_is_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every broker, channel and service, and how scenarios can be kept apart."""
    assert doctor(WELL, tmp_path, monkeypatch) == 0
    told, error = capsys.readouterr()
    lines = [line for line in told.split("\n") if not line.startswith("driver of ")]
    assert error == ""
    assert re.sub(r"\d\.\d\d s", "T s", "\n".join(lines)) == (
        'broker "main": memory at memory, after T s\n'
        "  has    keys, headers, contents of any bytes, headers of any form, copies for every reader, "
        "tombstones, partitions, order of events within a lane, exact end of a channel and several "
        "headers of one name\n"
        "  lacks  routing keys (RabbitMQ has them); knowledge of which service is subscribed "
        "(Kafka and RabbitMQ have it); groups of consumers with positions (Kafka has them)\n"
        "  isolation = names (chosen): every channel has a name of its own\n"
        "  isolation = namespace: a broker of its own for each scope\n"
        "  isolation = shared: no other run can reach it\n"
        'channel "orders": a channel on "main", codec text\n'
        'service "shop": sleep 60; lives for the scenario, ready when started\n'
        "All is well.\n"
    )


def test_all_that_is_wrong_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody likes to mend one thing to be told of the next."""
    settings = (
        "[evtbdd]\nconnect timeout = 300 ms\n"
        "[evtbdd:broker:here]\nurl = memory://\n"
        "[evtbdd:broker:there]\nurl = kafka://127.0.0.1:1\n"
        "[evtbdd:channel:orders]\n"
        "[evtbdd:channel:parcels]\nbroker = there\n"
        "[evtbdd:channel:jobs]\nbroker = here\nfifo = yes\n"
        "[evtbdd:channel:texts]\nbroker = here\ncodec = jsn\n"
        "[evtbdd:service:shop]\ncommand = no-such-program\nready = started\n"
        "[evtbdd:service:other]\nready = started\n"
    )
    assert doctor(settings, tmp_path, monkeypatch) == 2
    told, error = capsys.readouterr()
    assert 'channel "parcels": on the broker "there", which was not reached\n' in told
    assert 'channel "orders": cannot be meant\n' in told
    assert (
        'channel "jobs": a channel on "here", codec json\n  fifo is for SQS, not for memory\n'
    ) in told
    assert "All is well" not in told
    assert error == (
        "evtbdd: 5 things must be mended:\n"
        'The broker "there" (kafka://127.0.0.1:1): Kafka cannot be reached at 127.0.0.1:1: nothing '
        "listens there (connection refused) (waited up to 300 ms).\n"
        "[evtbdd:channel:orders] does not say on which broker it lies, and there are several: "
        '"here" and "there".\n'
        '[evtbdd:channel:texts] codec: There is no codec "jsn". Did you mean "json"? '
        "One of your own is written package.module:object.\n"
        '[evtbdd:service:shop] command: there is no program "no-such-program" here.\n'
        "[evtbdd:service:other] has no command: evtbdd does not know how to start it.\n"
    )


def test_a_program_is_looked_for_where_the_service_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the keeper does."""
    program = tmp_path / "shop" / "run"
    program.parent.mkdir()
    program.touch(mode=0o755)
    section = "[evtbdd:service:shop]\ncommand = ./run\ndirectory = shop\nready = started\n"
    assert doctor(section, tmp_path, monkeypatch) == 0
    program.chmod(0o644)
    program.unlink()
    assert doctor(section, tmp_path, monkeypatch) == 2


PROFILED = (
    WELL + "[evtbdd:profile:unit]\n"
    "broker.main.url = memory://elsewhere\n"
    "service.shop.command = sleep 30\n"
    "[evtbdd:profile:other]\n"
    "timeout = 1 second\n"
)


def told_of_profile(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the doctor said before it came to the first broker, but for the drivers."""
    lines = capsys.readouterr().out.split("\n")
    first = next(place for place, line in enumerate(lines) if line.startswith("broker "))
    return [line for line in lines[:first] if not line.startswith("driver of ")]


def test_the_profile_and_what_it_replaces_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who wonders why a setting does not hold sees what goes before it, and where that stands."""
    (tmp_path / "evtbdd.cfg").write_text(PROFILED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVTBDD_TIMEOUT", "2 seconds")
    assert main(["doctor", "-D", "evtbdd.profile=unit"]) == 0
    assert told_of_profile(capsys) == [
        'profile "unit", by -D evtbdd.profile',
        "  timeout = 2 seconds  (EVTBDD_TIMEOUT)",
        "  broker.main.url = memory://elsewhere  (evtbdd.cfg line 9 (profile unit))",
        "  service.shop.command = sleep 30  (evtbdd.cfg line 10 (profile unit))",
    ]


def test_without_a_profile_nothing_is_told_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the files say alone needs no line."""
    assert doctor(PROFILED, tmp_path, monkeypatch) == 0
    assert told_of_profile(capsys) == []


@pytest.mark.parametrize(
    ("override", "error"),
    [
        ("evtbdd.profile=unti", 'There is no section [evtbdd:profile:unti]. Did you mean "unit"?'),
        ("profile=unit", "-D profile: a setting is given by -D evtbdd.NAME=VALUE."),
    ],
)
def test_an_override_that_means_nothing_is_an_error(
    override: str,
    error: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip of the pen is not passed over."""
    (tmp_path / "evtbdd.cfg").write_text(PROFILED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "-D", override]) == 2
    assert capsys.readouterr().err == f"evtbdd: {error}\n"


def test_services_that_are_no_processes_of_ours_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One runs elsewhere, one is hosted here; and a handler that is not there is wrong."""
    (tmp_path / "stock.py").write_text("def take(order): ...\n", encoding="utf-8")
    settings = (
        "[evtbdd:channel:orders]\n"
        "[evtbdd:service:far]\nurl = http://shop:80\n"
        "[evtbdd:service:near]\nhandler = stock:take\nconsumes = orders\n"
        "[evtbdd:service:none]\nhandler = stock:give\nconsumes = orders\n"
    )
    assert doctor(settings, tmp_path, monkeypatch) == 2
    told, error = capsys.readouterr()
    assert [line for line in told.split("\n") if line.startswith("service ")] == [
        'service "far": runs elsewhere, http://shop:80; ready: its url takes connections',
        'service "near": the handler stock:take, in the run\'s own process',
        'service "none": the handler stock:give, in the run\'s own process',
    ]
    assert error == (
        "evtbdd: 1 thing must be mended:\n"
        '[evtbdd:service:none] handler: "stock:give" cannot be loaded: AttributeError: module '
        "'stock' has no attribute 'give'.\n"
    )
