"""What `evtbdd sweep` takes away, what it leaves, and what it says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from brokers.sqs_stub import stubbed

from evtbdd.brokers.kafka.adapter import KafkaBroker
from evtbdd.clock import Deadline
from evtbdd.isolation.names import Names, base36
from evtbdd.ports import ChannelPlan

HOUR = 3600
COMMAND = (sys.executable, "-m", "evtbdd.cli.main")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a broker in a process of its own."""
    with subprocess.Popen([*COMMAND, "broker", "kafka"], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip().removeprefix("kafka://")
        os.kill(run.pid, signal.SIGTERM)
        assert run.wait(timeout=10) == 0


@pytest.fixture
def broker(address: str) -> Iterator[KafkaBroker]:
    """A connection; the broker is empty afterwards."""
    connection = KafkaBroker(address)
    yield connection
    connection.subscriptions().forget(list(connection.subscriptions().groups(soon())), soon())
    connection.delete(connection.names(soon()), soon())
    connection.close()


@pytest.fixture
def project(address: str, tmp_path: Path) -> Path:
    """A folder with the settings of a project on that broker."""
    (tmp_path / "evtbdd.cfg").write_text(f"[evtbdd:broker:main]\nurl = kafka://{address}\n")
    return tmp_path


def soon() -> Deadline:
    return Deadline.after(20)


def run_of(hours: float) -> str:
    """The id of a run that began so long ago; half a minute more, so that the tests may take it."""
    return base36(int(time.time() - hours * HOUR - 30)) + "a1b2c"


def leave(
    broker: KafkaBroker, run: str, *scopes: str, prefix: str = "evtbdd", groups: bool = False
) -> list[str]:
    """Leave the channel `orders` of scopes of a run, sorted, and a group of each that has its position."""
    names = [Names(prefix, run).channel(scope, "orders") for scope in scopes]
    broker.create([ChannelPlan(name) for name in names], soon())
    for scope, name in zip(scopes if groups else (), names, strict=False):
        broker.subscriptions().begin_at(f"shipping-{run}-{scope}", {name: {"0": 0}}, soon())
    return sorted(names)


def sweep(folder: Path, *options: str) -> tuple[int, Sequence[str], str]:
    """Exit code, lines of the output, and what was said of errors."""
    command = [*COMMAND, "sweep", *options]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return run.returncode, run.stdout.splitlines(), run.stderr


def test_old_channels_and_groups_are_removed(broker: KafkaBroker, project: Path) -> None:
    """A line for each, the oldest run first, and a summary."""
    run, older = run_of(3), run_of(50)
    names = leave(broker, run, "s1", "s12", groups=True)
    (oldest,) = leave(broker, older, "f1")
    assert sweep(project) == (
        0,
        [
            f"main: removed the topic {oldest} (of 2 days ago)",
            f"main: removed the group shipping-{run}-s1 (of 3 hours ago)",
            f"main: removed the group shipping-{run}-s12 (of 3 hours ago)",
            *(f"main: removed the topic {name} (of 3 hours ago)" for name in names),
            "2 groups and 3 topics removed.",
        ],
        "",
    )
    assert broker.names(soon()) == []
    assert broker.subscriptions().groups(soon()) == {}
    assert sweep(project) == (0, ["Nothing was removed."], "")


def test_more_channels_than_go_into_one_call(broker: KafkaBroker, project: Path) -> None:
    """A run of many scenarios is swept whole."""
    leave(broker, run_of(2), *(f"s{number}" for number in range(1, 121)))
    code, lines, _ = sweep(project)
    assert (code, lines[-1], len(lines)) == (0, "120 topics removed.", 121)
    assert broker.names(soon()) == []


def test_what_is_not_ours_or_not_old_stays(broker: KafkaBroker, project: Path) -> None:
    """Other names, other prefixes, checks that do not fit, young runs; and groups of no such run."""
    old, young = run_of(3), run_of(0.5)
    (name,) = leave(broker, young, "s1", groups=True)
    (other,) = leave(broker, old, "s1", prefix="evtbdd-staging", groups=True)
    strangers = ["orders", "evtbdd-orders", f"evtbdd-{old}-s1-orders-0000"]
    broker.create([ChannelPlan(each) for each in strangers], soon())
    broker.subscriptions().begin_at("billing", {"orders": {"0": 0}}, soon())
    there = {name, other, *strangers}
    assert sweep(project) == (0, ["Nothing was removed."], "")
    assert set(broker.names(soon())) == there
    assert len(broker.subscriptions().groups(soon())) == 3
    leave(broker, run_of(2), "s1")
    assert sweep(project)[1][-1] == "1 topic removed."
    assert set(broker.names(soon())) == there
    assert len(broker.subscriptions().groups(soon())) == 3


def test_a_dry_run_only_tells(broker: KafkaBroker, project: Path) -> None:
    """The same lines, and all is there still."""
    run = run_of(3)
    (name,) = leave(broker, run, "run", groups=True)
    assert sweep(project, "--dry-run") == (
        0,
        [
            f"main: would remove the group shipping-{run}-run (of 3 hours ago)",
            f"main: would remove the topic {name} (of 3 hours ago)",
            "1 group and 1 topic would be removed.",
        ],
        "",
    )
    assert broker.names(soon()) == [name]
    assert broker.subscriptions().groups(soon()) == {f"shipping-{run}-run": False}
    code, lines, _ = sweep(project, "--dry-run", "--older-than", "1 day")
    assert (code, lines) == (0, ["Nothing is left behind."])


@pytest.mark.parametrize(
    ("older_than", "left"),
    [("4 days", 3), ("1.5 days", 2), ("30 hours", 2), ("1 hour", 1), ("90 seconds", 0)],
)
def test_the_age_can_be_said(
    broker: KafkaBroker, project: Path, older_than: str, left: int
) -> None:
    """In the units of the phrases, in hours and in days."""
    for hours in (72, 12, 0.5):
        leave(broker, run_of(hours), "s1")
    assert sweep(project, "--older-than", older_than)[0] == 0
    assert len(broker.names(soon())) == left


def test_the_prefix_is_that_of_the_settings(broker: KafkaBroker, project: Path) -> None:
    """A project with another prefix sweeps its own, and nobody else's."""
    (ours,) = leave(broker, run_of(3), "s1", prefix="shop")
    (theirs,) = leave(broker, run_of(3), "s1")
    with (project / "evtbdd.cfg").open("a") as file:
        file.write("[evtbdd]\nprefix = shop\n")
    assert sweep(project)[1] == [
        f"main: removed the topic {ours} (of 3 hours ago)",
        "1 topic removed.",
    ]
    assert broker.names(soon()) == [theirs]


def test_what_ends_with_its_run_is_passed_over(tmp_path: Path) -> None:
    """An embedded, a local and a memory broker; without any there is one in memory."""
    assert sweep(tmp_path) == (
        0,
        [
            "main is passed over: what is on memory:// ends with its run.",
            "Nothing was removed.",
        ],
        "",
    )
    urls = {"one": "kafka+embedded://", "two": "kafka+local://", "three": "memory://"}
    sections = (f"[evtbdd:broker:{name}]\nurl = {url}\n" for name, url in urls.items())
    (tmp_path / "evtbdd.cfg").write_text("".join(sections))
    assert sweep(tmp_path) == (
        0,
        [
            *(
                f"{n} is passed over: what is on {url} ends with its run."
                for n, url in urls.items()
            ),
            "Nothing was removed.",
        ],
        "",
    )


def test_a_broker_that_is_not_there(broker: KafkaBroker, project: Path) -> None:
    """A sentence and exit code 2; the others are swept all the same, or only the one that is named."""
    (name,) = leave(broker, run_of(3), "s1")
    swept = [f"main: removed the topic {name} (of 3 hours ago)", "1 topic removed."]
    settings = (project / "evtbdd.cfg").read_text()
    # Bound, and not listened on: nobody else can begin to.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{taken.getsockname()[1]}"
        more = f"[evtbdd:broker:gone]\nurl = kafka://{gone}\n"
        (project / "evtbdd.cfg").write_text(more + settings)
        sentence = (
            f'evtbdd: The broker "gone" (kafka://{gone}): Kafka cannot be reached at {gone}: nothing '
            "listens there (connection refused) (waited up to 5 seconds).\n"
        )
        assert sweep(project) == (2, swept, sentence)
        assert sweep(project, "--broker", "main") == (0, ["Nothing was removed."], "")
        assert sweep(project, "--broker", "gone") == (2, ["Nothing was removed."], sentence)


def test_what_cannot_be_meant(tmp_path: Path) -> None:
    """A broker that nobody declared, a time that is none."""
    assert sweep(tmp_path, "--broker", "mian") == (
        2,
        [],
        'evtbdd: No broker is called "mian". Did you mean "main"?\n',
    )
    code, lines, said = sweep(tmp_path, "--older-than", "yesterday")
    assert (code, lines) == (2, [])
    assert said.endswith(
        'argument --older-than: "yesterday" is not a time such as 30 minutes, 2 hours or 7 days\n'
    )


def test_a_broker_is_swept_as_the_user_of_its_settings(tmp_path: Path) -> None:
    """It would let nobody else in."""
    with stubbed() as stub:
        (tmp_path / "evtbdd.cfg").write_text(
            f"[evtbdd:broker:main]\nurl = sqs://{stub.address}\n"
            "security username = AKIATESTER\nsecurity password = sesame-street\n"
        )
        code, lines, errors = sweep(tmp_path)
        assert (code, lines, errors) == (0, ["Nothing was removed."], "")
        assert all("Credential=AKIATESTER/" in each["Authorization"] for each in stub.headers)
