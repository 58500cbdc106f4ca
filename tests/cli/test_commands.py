"""What the command `evtbdd` prints, as a person or a program reads it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def evtbdd(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command, as it is installed."""
    command = [sys.executable, "-m", "evtbdd.cli.main", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_steps_prints_each_phrase_with_an_example() -> None:
    """A phrase, what it does, and how it is written."""
    run = evtbdd("steps")
    assert run.returncode == 0, run.stderr
    assert (
        'When a tombstone is published to "CHANNEL" with key "KEY"\n'
        "      An event without a payload: in Kafka, the deletion of its key.\n"
        '      When a tombstone is published to "orders" with key "ORD-1"\n'
    ) in run.stdout


def test_steps_can_be_read_by_programs() -> None:
    """`--json` gives every phrase with its section, keyword, example and help."""
    phrases = json.loads(evtbdd("steps", "--json").stdout)
    (tombstone,) = (p for p in phrases if p["phrase"].startswith("a tombstone is published"))
    assert tombstone["section"] == "Publishing"
    assert tombstone["keyword"] == "When"
    assert tombstone["example"] == 'a tombstone is published to "orders" with key "ORD-1"'


def test_every_phrase_has_an_example_and_a_help() -> None:
    """None is left for the reader to guess."""
    phrases = json.loads(evtbdd("steps", "--json").stdout)
    assert [p["phrase"] for p in phrases if not (p["example"] and p["help"])] == []


def test_no_step_is_two_phrases() -> None:
    """Every spelling of every phrase is that phrase alone, whatever else is loaded beside it."""
    code = (
        "from evtbdd.cli.steps import load_libraries; load_libraries();"
        "from evtbdd.phrases.catalogue import ambiguities, registered;"
        "print(len(registered()), ambiguities(registered()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    number, _, doubled = run.stdout.strip().partition(" ")
    assert int(number) >= 31, run.stderr
    assert doubled == "[]"


@pytest.mark.parametrize(
    ("page", "arguments"),
    [("phrases.md", ["steps", "--markdown"]), ("settings.md", ["settings", "--markdown"])],
)
def test_the_pages_of_the_docs_are_what_the_command_prints(page: str, arguments: list[str]) -> None:
    """`docs/` does not fall behind: where this fails, `make docs` writes the pages anew."""
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == evtbdd(*arguments).stdout


def test_settings_shows_what_holds_here(tmp_path: Path) -> None:
    """A value that was given stands below its key, with the place where it was given."""
    (tmp_path / "evtbdd.cfg").write_text("[evtbdd]\ntimeout = 2 seconds\n")
    run = evtbdd("settings", folder=tmp_path)
    assert "2 seconds" in run.stdout
    assert "(evtbdd.cfg line 2)" in run.stdout


def test_a_mistake_in_the_settings_is_a_sentence(tmp_path: Path) -> None:
    """Exit code 2, and no traceback."""
    (tmp_path / "evtbdd.cfg").write_text("[evtbdd]\ntimeot = 2 seconds\n")
    run = evtbdd("settings", folder=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("evtbdd: ")
    assert 'no key "timeot"' in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_broker_by_hand_prints_its_url_once_it_answers(number: signal.Signals) -> None:
    """The first line can be used at once; SIGINT and SIGTERM end it with 0."""
    from evtbdd.brokers.kafka.probe import probe
    from evtbdd.clock import Deadline

    command = [sys.executable, "-m", "evtbdd.cli.main", "broker", "kafka"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        probe(url.removeprefix("kafka://"), Deadline.after(5))
        os.kill(process.pid, number)
        assert process.wait(timeout=10) == 0
