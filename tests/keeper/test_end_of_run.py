"""What is left when the run, the keeper or a supervisor is killed: nothing."""

import fcntl
import os
import signal
import sys
import termios
import threading
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fire.field import Field

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper import Keeper

LONG = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")

ESCAPING = (
    "member='trap : TERM HUP; echo pid $$; while :; do sleep 1000; done'; "
    '(setsid sh -c "$member" &); (sh -c "$member" &); echo pid $$; exec sleep 1000'
)
MEMBERS = 3
HOPPING = """
import os
print("hopping", flush=True)
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
"""

RUN = f"""
import os, sys, tempfile
from pathlib import Path
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper
home = Path(sys.argv[1])
keeper = Keeper.start()
folder = home / "temporary"
(folder / "inner").mkdir(parents=True)
(folder / "inner" / "file").write_text("data")
(folder / "inner").chmod(0o500)
keeper.remove_at_end(folder)
pids = [keeper.pid]
for number in range(3):
    process = keeper.spawn(
        ["sh", "-c", {ESCAPING!r}], environment=dict(os.environ), directory=folder,
        log=home / f"{{number}}.log", name=str(number),
    )
    position = 0
    for _ in range({MEMBERS}):
        line = process.log.wait_for(lambda t: t.startswith("pid "), Deadline.after(20), position)
        pids.append(int(line.text.split()[1]))
        position = line.offset
"""
SAY = "print(*pids, flush=True)\n"
WAIT = "sys.stdin.read()\n"


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def unheard(keeper: Keeper) -> int:
    """How many bytes were said to the keeper that it has not taken yet (unix(7), SIOCOUTQ)."""
    number = array("i", [0])
    fcntl.ioctl(keeper._connection.sock, termios.TIOCOUTQ, number)
    return number[0]


def all_pids(run) -> list[int]:
    """The keeper, its supervisors and all that they have started."""
    keeper, *members = map(int, run.says())
    supervisors = children(keeper)
    assert (len(supervisors), len(members)) == (3, 3 * MEMBERS)
    return [keeper, *supervisors, *members]


def test_run_killed(run, watch, tmp_path):
    """A run that is killed leaves no process, and none of the folders it had announced."""
    killed = run(RUN + SAY + WAIT)
    everyone = watch(all_pids(killed))
    assert (tmp_path / "temporary" / "inner" / "file").exists()
    killed.process.kill()
    assert everyone.all_end()
    assert not (tmp_path / "temporary").exists()


def test_run_killed_whose_child_lives_on(run, watch, tmp_path):
    """A child that the run has forked, and that outlives it, does not keep services alive."""
    fork = "child = os.fork()\nif child == 0:\n    import signal; signal.pause()\n"
    killed = run(RUN + fork + "print(child, flush=True)\n" + SAY + WAIT)
    child = int(killed.says()[0])
    everyone = watch(all_pids(killed))
    try:
        killed.process.kill()
        assert everyone.all_end()
        assert not (tmp_path / "temporary").exists()
    finally:
        os.kill(child, signal.SIGKILL)


def test_run_that_ends_without_closing(run, watch, tmp_path):
    """A run that only ends leaves nothing either."""
    ending = run(RUN + SAY + "sys.stdin.readline()\n")
    everyone = watch(all_pids(ending))
    ending.process.stdin.write("\n")
    ending.process.stdin.flush()
    assert everyone.all_end()
    assert not (tmp_path / "temporary").exists()


def test_interrupted_run(run):
    """Ctrl-C on the run's terminal reaches neither the services nor the keeper."""
    source = """
import os, signal, sys, time
from pathlib import Path
from evtbdd.clock import Deadline
from evtbdd.keeper import Keeper
home = Path(sys.argv[1])
with Keeper.start() as keeper:
    process = keeper.spawn(
        ["sh", "-c", "trap 'echo alive' USR1; echo ready; while :; do sleep 0.01; done"],
        environment=dict(os.environ), directory=home, log=home / "log", name="shipping",
    )
    process.log.wait_for("ready", Deadline.after(20))
    try:
        print("ready", flush=True)
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        process.signal(signal.SIGUSR1)
        print(process.log.wait_for("alive", Deadline.after(20)).text, keeper.died, flush=True)
"""
    interrupted = run(source)
    assert interrupted.says() == ["ready"]
    os.killpg(interrupted.process.pid, signal.SIGINT)
    assert interrupted.says() == ["alive", "None"]


def test_folder_at_close(tmp_path):
    """A folder is removed when the keeper is closed; links in it are not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    with Keeper.start() as keeper:
        keeper.remove_at_end(folder)
        keeper.remove_at_end(tmp_path / "never there")
        assert folder.exists()
    assert not folder.exists()
    assert (outside / "file").exists()


def test_keeper_killed(spawn, keeper, printed_pids, watch, tmp_path):
    """When somebody kills the keeper all services die, and the run says what happened."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    keeper.remove_at_end(folder)
    process = spawn(ESCAPING)
    everyone = watch([*printed_pids(process, MEMBERS), *children(keeper.pid)])
    os.kill(keeper.pid, signal.SIGKILL)
    assert everyone.all_end()
    assert process.wait(Deadline.after(LONG)).signal == signal.SIGKILL
    with pytest.raises(ServiceError) as raised:
        spawn("exit 0")
    assert str(raised.value) == (
        f"The keeper of the services (pid {keeper.pid}) died: it was ended by signal SIGKILL; "
        "all that it had started was killed."
    )
    assert str(raised.value) == keeper.died
    keeper.close()
    assert not folder.exists()


def test_keeper_killed_while_something_is_started(spawn, keeper):
    """What is told is that the keeper died, not that a supervisor did which it never started."""
    os.kill(keeper.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(spawn, "exit 0")
        while unheard(keeper) == 0:
            assert not starting.done()
        os.kill(keeper.pid, signal.SIGKILL)
        with pytest.raises(ServiceError) as raised:
            starting.result(LONG)
    assert str(raised.value) == keeper.died


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_keeper_asked_to_end(spawn, keeper, printed_pids, watch, tmp_path, number):
    """A keeper that somebody ends kills everything and removes the folders first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    keeper.remove_at_end(folder)
    process = spawn(ESCAPING)
    everyone = watch([*printed_pids(process, MEMBERS), keeper.pid])
    os.kill(keeper.pid, number)
    assert everyone.all_end()
    assert not folder.exists()
    with pytest.raises(ServiceError, match="died: it ended with exit code 0;"):
        spawn("exit 0")


def test_supervisor_killed(spawn, keeper, printed_pids, watch, tmp_path):
    """When somebody kills a supervisor its service dies, the run says so, others live on."""
    other = spawn("exec sleep 1000", log=tmp_path / "other.log")
    before = children(keeper.pid)
    process = spawn(ESCAPING)
    (supervisor,) = set(children(keeper.pid)) - set(before)
    everyone = watch(printed_pids(process, MEMBERS))
    os.kill(supervisor, signal.SIGKILL)
    assert everyone.all_end()
    assert str(process.wait(Deadline.after(LONG))) == "was killed with its supervisor"
    with pytest.raises(ServiceError) as raised:
        process.kill()
    assert str(raised.value) == (
        'The supervisor of "shipping" died; what it had started was killed.'
    )
    other.pause()
    assert other.exit is None
    assert keeper.died is None


def test_supervisor_killed_above_a_service_that_forks_without_pause(spawn, keeper, python, watch):
    """What it has left is the keeper's then, and is caught also where its process id never rests."""
    with Field() as field:
        process = spawn(python(HOPPING))
        assert process.log.wait_for("hopping", Deadline.after(LONG))
        supervisors = children(keeper.pid)
        everyone = watch(supervisors)
        os.kill(supervisors[0], signal.SIGKILL)
        assert everyone.all_end()
        keeper.close()
        assert field.left() == []


def test_supervisor_that_stands_still(keeper, spawn, printed_pids, watch, tmp_path):
    """One that somebody has stopped, and nobody lets go on, keeps nothing alive beyond the run.

    What the keeper is told while it waits for that one, it does not hear; the run does that itself.
    """
    process = spawn(ESCAPING)
    (supervisor,) = children(keeper.pid)
    everyone = watch([*printed_pids(process, MEMBERS), supervisor, keeper.pid])
    other = watch([spawn("exec sleep 1000", log=tmp_path / "other.log").pid])
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(keeper.pid, signal.SIGTERM)
    assert other.all_end()
    folder = keeper.new_folder("temporary", tmp_path)
    assert everyone.all_end()
    keeper.close()
    assert not folder.exists()


def test_keeper_and_supervisor_killed(spawn, keeper, watch):
    """The command itself dies even when both processes above it are killed."""
    process = spawn("exec sleep 1000")
    (supervisor,) = children(keeper.pid)
    everyone = watch([process.pid, supervisor])
    os.kill(keeper.pid, signal.SIGSTOP)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(keeper.pid, signal.SIGKILL)
    os.kill(supervisor, signal.SIGKILL)
    assert everyone.all_end()


def test_closed_keeper(keeper, spawn):
    """A closed keeper starts nothing."""
    keeper.close()
    with pytest.raises(ServiceError) as raised:
        spawn("exit 0")
    assert str(raised.value) == "The keeper of the services is closed."


def test_rounds_leave_nothing(tmp_path):
    """Twenty keepers with services leave no descriptor and no thread behind in the run."""

    def one_round() -> None:
        with Keeper.start() as keeper:
            process = keeper.spawn(
                ["sh", "-c", "echo ready; exec sleep 1000"],
                environment={},
                directory=tmp_path,
                log=tmp_path / "log",
                name="shipping",
            )
            assert process.log.wait_for("ready", Deadline.after(LONG))
            with pytest.raises(ServiceError):
                keeper.spawn(
                    ["/bin/echo", "\0"],
                    environment={},
                    directory=tmp_path,
                    log=tmp_path / "log",
                    name="shipping",
                )
            process.kill()

    def held() -> tuple[int, list[threading.Thread], list[int]]:
        return descriptors(os.getpid()), threading.enumerate(), children(os.getpid())

    one_round()
    before = held()
    for _ in range(20):
        one_round()
    assert held() == before


def test_a_hundred_services_leave_nothing_in_one_run(spawn, keeper):
    """Services that have ended leave no descriptor in the run, and no process in the keeper."""

    def once() -> None:
        process = spawn("exit 0")
        process.wait(Deadline.after(LONG))
        process.kill()

    once()
    before = descriptors(os.getpid())
    # A socket is closed, and a supervisor ended, just after the end has been told; the one that is
    # started here comes later than all of that only for those before the last.
    for _ in range(100):
        once()
    assert descriptors(keeper.pid) < 20
    assert descriptors(os.getpid()) < before + 20
