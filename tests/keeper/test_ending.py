"""Signals, stopping, killing: what a tree hears and what is left of it."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError

LONG = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")

# Seven processes: the command, a child, an orphan in its group, an orphan that has left its
# session, another that has nothing of its environment either, and one below that.
TREE = """
member='echo "pid $$"; exec sleep 1000'
echo "pid $$"
sh -c "$member" &
(sh -c "$member" &)
(setsid sh -c "$member" &)
(setsid env -i /bin/sh -c 'echo "pid $$"; (setsid sh -c "echo pid \\$\\$; exec sleep 1000" &); exec sleep 1000' &)
setsid sh -c "$member" &
wait
"""
MEMBERS = 7

HOPPING = """
import os
print("hopping", flush=True)
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
"""


def said(process) -> list[str]:
    """What the scripts wrote, without what a shell says about its own children."""
    return [line for line in process.log.last_lines(100) if line != "Terminated"]


def test_kill_leaves_nothing_of_the_tree(spawn, printed_pids, alive):
    """When a kill returns, no process of the tree is there, orphans and escapees included."""
    process = spawn(TREE)
    members = printed_pids(process, MEMBERS)
    assert alive(members) == members
    assert process.kill().signal == signal.SIGKILL
    assert alive(members) == []
    assert process.gone


def test_kill_meets_only_one_tree(spawn, printed_pids, alive, tmp_path):
    """A kill leaves the trees of other services alone, whoever was orphaned first."""
    doomed = spawn(TREE, log=tmp_path / "doomed.log")
    other = spawn(TREE, log=tmp_path / "other.log")
    dead, living = printed_pids(doomed, MEMBERS), printed_pids(other, MEMBERS)
    doomed.kill()
    assert alive(dead) == []
    assert alive(living) == living


def test_close_leaves_nothing(keeper, spawn, printed_pids, alive, tmp_path):
    """Closing the keeper kills all trees, and tells how they ended."""
    processes = [spawn(TREE, log=tmp_path / f"{n}.log") for n in range(3)]
    members = [pid for process in processes for pid in printed_pids(process, MEMBERS)]
    keeper.close()
    assert alive([*members, keeper.pid]) == []
    assert [process.exit.signal for process in processes] == [signal.SIGKILL] * 3
    keeper.close()


def test_daemon_that_outlives_its_command(spawn, printed_pids, alive):
    """The command's end is told although its daemon lives on; a kill ends the daemon."""
    process = spawn("(setsid sh -c 'echo pid $$; exec sleep 1000' &); exit 3")
    daemon = printed_pids(process, 1)
    assert process.wait(Deadline.after(LONG)).code == 3
    assert not process.gone
    assert alive(daemon) == daemon
    assert process.kill().code == 3
    assert alive(daemon) == []


def test_a_tree_that_forks_away_is_killed(spawn, python):
    """A process that forks, ends and leaves its session without pause is caught."""
    process = spawn(python(HOPPING))
    assert process.log.wait_for("hopping", Deadline.after(LONG))
    process.wait(Deadline.after(LONG))
    assert not process.gone
    process.kill()
    assert process.gone


def test_kill_after_the_end(spawn):
    """Killing and stopping what is gone returns how it ended."""
    process = spawn("exit 7")
    process.wait(Deadline.after(LONG))
    assert process.kill().code == 7
    assert process.stop().code == 7
    assert process.kill() is process.exit


def test_stop_by_term(spawn):
    """A service that obeys the signal ends as it likes."""
    process = spawn("trap 'echo bye; exit 6' TERM; echo ready; while :; do sleep 0.01; done")
    assert process.log.wait_for("ready", Deadline.after(LONG))
    assert process.stop(grace=LONG).code == 6
    assert said(process)[-1:] == ["bye"]


@pytest.mark.parametrize("name", ["INT", "HUP", "QUIT", "USR1"])
def test_stop_by_another_signal(spawn, name):
    """The stop signal is the service's own choice."""
    process = spawn(f"trap 'echo {name}; exit 0' {name}; echo ready; while :; do sleep 0.01; done")
    assert process.log.wait_for("ready", Deadline.after(LONG))
    assert process.stop(signal.Signals[f"SIG{name}"], grace=LONG).code == 0
    assert said(process)[-1:] == [name]


def test_stop_kills_after_the_grace(spawn):
    """A service that ignores the signal is killed when the grace is over."""
    process = spawn("trap '' TERM; echo ready; while :; do sleep 0.01; done")
    assert process.log.wait_for("ready", Deadline.after(LONG))
    assert process.stop(grace=0.2).signal == signal.SIGKILL
    assert process.gone


def test_stop_reaches_the_group(spawn, printed_pids, alive):
    """The signal goes to all of the group, so that a shell need not pass it on."""
    process = spawn(
        "sh -c 'trap \"echo child; exit 0\" TERM; echo pid $$; while :; do sleep 0.01; done' & "
        "trap 'wait; echo parent; exit 0' TERM; echo pid $$; while :; do sleep 0.01; done"
    )
    members = printed_pids(process, 2)
    assert process.stop(grace=LONG).code == 0
    assert said(process)[-2:] == ["child", "parent"]
    assert alive(members) == []


def test_stop_waits_for_the_rest_of_the_group(spawn, printed_pids):
    """A worker may finish within the grace although the command has ended."""
    process = spawn(
        'sh -c \'trap "sleep 0.3; echo finished; exit 0" TERM; echo pid $$; '
        "while :; do sleep 0.01; done' & echo pid $$; exec sleep 1000"
    )
    printed_pids(process, 2)
    assert process.stop(grace=LONG).signal == signal.SIGTERM
    assert said(process)[-1:] == ["finished"]


def test_stop_asks_orphans_that_left_the_session(spawn, printed_pids):
    """An orphan in a session of its own hears the signal too."""
    process = spawn(
        '(setsid sh -c \'trap "echo obeyed; exit 0" TERM; echo pid $$; '
        "while :; do sleep 0.01; done' &) ; echo pid $$; exec sleep 1000"
    )
    printed_pids(process, 2)
    process.stop(grace=LONG)
    assert said(process)[-1:] == ["obeyed"]


def test_stop_asks_once(spawn, printed_pids):
    """A worker that has become an orphan by the signal does not hear it a second time."""
    worker = (
        "n=0; trap 'n=$((n+1))' TERM; echo pid $$; while [ $n = 0 ]; do sleep 0.01; done; "
        "sleep 0.2; echo heard $n; exit 0"
    )
    process = spawn(f'sh -c "{worker.replace("$", chr(92) + "$")}" & echo pid $$; exec sleep 1000')
    printed_pids(process, 2)
    process.stop(grace=LONG)
    assert said(process)[-1:] == ["heard 1"]


def test_stop_of_a_paused_service(spawn):
    """A paused service goes on to obey the signal."""
    process = spawn("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done")
    assert process.log.wait_for("ready", Deadline.after(LONG))
    process.pause()
    assert process.stop(grace=LONG).code == 0
    assert said(process)[-1:] == ["bye"]


def test_kill_of_a_paused_service(spawn):
    """A paused service is killed like any other."""
    process = spawn("exec sleep 1000")
    process.pause()
    assert process.kill().signal == signal.SIGKILL


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_pause_and_resume(spawn, python):
    """When a pause returns all threads stand still; when resumed they go on."""
    source = (
        "import threading, time\n"
        "def work():\n    while True: time.sleep(0.001)\n"
        "for _ in range(5): threading.Thread(target=work).start()\n"
        "print('ready', flush=True)\n"
        "while True: print('tick', flush=True); time.sleep(0.001)\n"
    )
    process = spawn(python(source))
    assert process.log.wait_for("ready", Deadline.after(LONG))
    for _ in range(10):
        process.pause()
        assert state(process.pid) == "T"
        quiet = process.mark()
        assert process.log.wait_for("tick", Deadline.after(0.02), since=quiet) is None
        process.resume()
        assert process.log.wait_for("tick", Deadline.after(LONG), since=quiet)


def test_pause_twice(spawn):
    """Pausing what is paused returns, and one resume is enough."""
    process = spawn("while :; do echo tick; sleep 0.01; done")
    process.pause()
    process.pause()
    quiet = process.mark()
    process.resume()
    assert process.log.wait_for("tick", Deadline.after(LONG), since=quiet)


def test_pause_of_a_command_that_waits_for_its_vfork(spawn, python, tmp_path):
    """A command whose child has not become another program yet never stops; it can be paused and stopped."""
    os.mkfifo(tmp_path / "input")
    source = (
        "import os\n"
        "opened = [(os.POSIX_SPAWN_OPEN, 0, 'input', os.O_RDONLY, 0)]\n"
        "os.posix_spawn('/bin/true', ['true'], {}, file_actions=opened)\n"
    )
    process = spawn(python(source))
    deadline = Deadline.after(LONG)
    while state(process.pid) != "D" and not deadline.expired():
        os.sched_yield()
    assert state(process.pid) == "D"
    process.pause()
    assert state(process.pid) == "D"
    spawn(": > input", log=tmp_path / "writer.log")
    assert process.stop(grace=LONG).signal == signal.SIGTERM


def test_signal(spawn):
    """Any signal can be sent."""
    process = spawn("trap 'echo reloaded' HUP; echo ready; while :; do sleep 0.01; done")
    assert process.log.wait_for("ready", Deadline.after(LONG))
    process.signal(signal.SIGHUP)
    assert process.log.wait_for("reloaded", Deadline.after(LONG))


def test_pause_of_what_has_ended(spawn):
    """Nothing is there to be paused: the error says how it ended."""
    process = spawn("exit 2")
    process.wait(Deadline.after(LONG))
    with pytest.raises(ServiceError) as raised:
        process.pause()
    assert str(raised.value) == '"shipping" cannot be paused: it ended with exit code 2.'


def test_kill_from_many_threads(spawn):
    """Threads that kill the same service all get its one exit."""
    process = spawn("exec sleep 1000")
    exits = []
    threads = [threading.Thread(target=lambda: exits.append(process.kill())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert exits == [process.exit] * 8
