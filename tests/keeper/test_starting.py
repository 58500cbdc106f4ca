"""Starting a command."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evtbdd.clock import Deadline
from evtbdd.errors import ServiceError
from evtbdd.keeper import Exit, Keeper

LONG = 20.0


def refusal(start, *arguments, **settings):
    with pytest.raises(ServiceError) as raised:
        start(*arguments, **settings)
    return str(raised.value)


@pytest.mark.parametrize("code", [0, 1, 127, 255])
def test_exit_code(spawn, code):
    """The code that a command exits with is told, whatever it is."""
    end = spawn(f"exit {code}").wait(Deadline.after(LONG))
    assert (end.code, end.signal) == (code, None)
    assert str(end) == f"ended with exit code {code}"


def test_exit_by_signal(spawn):
    """A command that dies by a signal has that signal and no code."""
    end = spawn("kill -SEGV $$").wait(Deadline.after(LONG))
    assert (end.code, end.signal) == (None, signal.SIGSEGV)
    assert str(end) == "was ended by signal SIGSEGV"


def test_exit_by_unnamed_signal():
    """A signal that has no name is told by its number."""
    assert str(Exit(None, 40, 0.0)) == "was ended by signal 40"


def test_no_exit_while_it_runs(spawn):
    """A command that runs has no exit, and a wait for it ends at its deadline."""
    process = spawn("exec sleep 1000")
    assert process.wait(Deadline.after(0)) is None
    assert process.exit is None


def test_moment_of_exit(spawn):
    """The moment of the exit is on the clock of the run."""
    before = Deadline.after(0).moment
    end = spawn("exit 0").wait(Deadline.after(LONG))
    assert before < end.moment < Deadline.after(0).moment


def test_exit_is_told(spawn):
    """Whoever asked to be told of the end is told once, with the exit."""
    told = []
    process = spawn("read line", stdin="closed")
    process.on_exit(told.append)
    process.wait(Deadline.after(LONG))
    process.kill()
    assert told == [process.exit]


def test_exit_is_told_afterwards(spawn):
    """Whoever asks after the end is told at once."""
    process = spawn("exit 3")
    end = process.wait(Deadline.after(LONG))
    told = []
    process.on_exit(told.append)
    assert told == [end]


def test_a_listener_that_fails_harms_nobody(spawn, caplog):
    """An error in a callback is logged; processes are heard as before."""
    process = spawn("exec sleep 1000")
    process.on_exit(lambda end: 1 / 0)
    process.kill()
    assert spawn("exit 4").wait(Deadline.after(LONG)).code == 4
    assert [record.getMessage() for record in caplog.records] == ['At the end of "shipping"']


def test_a_listener_cannot_wait(spawn, caplog):
    """Waiting in a callback would wait for itself: it is refused."""
    process = spawn("exec sleep 1000")
    process.on_exit(lambda end: process.kill())
    process.kill()
    assert 'Nothing can be waited for in on_exit of "shipping".' in caplog.text


def test_environment_is_complete(spawn):
    """The environment is the one that was given, and nothing of the run's."""
    process = spawn(["/usr/bin/env"], environment={"A": "1", "Ü": "ä=b"})
    process.wait(Deadline.after(LONG))
    assert process.log.text() == "A=1\nÜ=ä=b\n"


def test_words_and_directory(spawn, python, tmp_path):
    """The words arrive as they are, bytes that are no UTF-8 too, in the directory."""
    source = "import os, sys; print(os.getcwd(), [os.fsencode(word) for word in sys.argv[1:]])"
    process = spawn([*python(source), "a b", "", "$HOME", os.fsdecode(b"\xff")])
    process.wait(Deadline.after(LONG))
    assert process.log.text() == f"{tmp_path} [b'a b', b'', b'$HOME', b'\\xff']\n"


def test_signals_are_as_a_program_expects_them(spawn):
    """No signal is ignored or blocked in a service, SIGPIPE and SIGINT least of all."""
    process = spawn(["cat", "/proc/self/status"])
    process.wait(Deadline.after(LONG))
    status = dict(line.split(":\t", 1) for line in process.log.text().splitlines())
    # 32 and 33 are the C library's own; no program can set them, so they are as they were inherited.
    masks = [int(status[name], 16) & ~(0b11 << 31) for name in ("SigBlk", "SigIgn", "SigCgt")]
    assert masks == [0, 0, 0]


def test_no_descriptors_are_inherited(spawn, python):
    """A service has standard input, output and error open and nothing else."""
    source = "import os; print(sorted(os.listdir('/proc/self/fd')))"
    process = spawn(python(source))
    process.wait(Deadline.after(LONG))
    # 3 is the listing itself.
    assert process.log.text() == "['0', '1', '2', '3']\n"


def test_session_of_its_own(spawn):
    """A service leads a session and a group of its own."""
    process = spawn("cut -d' ' -f5,6 /proc/$$/stat")
    process.wait(Deadline.after(LONG))
    assert process.log.text() == f"{process.pid} {process.pid}\n"


def test_open_stdin(spawn):
    """A service that ends at the end of its input goes on while its input is open."""
    process = spawn("echo begin; cat; echo over")
    assert process.log.wait_for("begin", Deadline.after(LONG))
    assert process.log.wait_for("over", Deadline.after(0.3)) is None
    assert process.exit is None


def test_closed_stdin(spawn):
    """With a closed input, reading ends at once."""
    process = spawn("cat; echo over", stdin="closed")
    assert process.wait(Deadline.after(LONG)).code == 0
    assert process.log.text() == "over\n"


def test_fifty_at_once(spawn, tmp_path):
    """Fifty services run beside each other, each with its own log and its own end."""
    processes = [
        spawn(f"echo service {n}; read line; exit {n}", log=tmp_path / f"{n}.log")
        for n in range(50)
    ]
    assert len({process.pid for process in processes}) == 50
    for n, process in enumerate(processes):
        assert process.log.wait_for(f"service {n}", Deadline.after(LONG))
        assert process.exit is None
    for process in processes:
        assert process.kill().signal == signal.SIGKILL


def test_program_not_on_the_path(spawn):
    """A program that is in no folder of the service's PATH is named, and the PATH."""
    assert refusal(spawn, ["shippingd", "-v"], environment={"PATH": "/bin:/sbin"}) == (
        '"shipping" cannot be started: '
        'no folder of its PATH (/bin:/sbin) has a program "shippingd".'
    )


def test_program_in_a_relative_folder_of_the_path(spawn, tmp_path):
    """A relative folder of the PATH is looked for in the service's directory."""
    program = tmp_path / "bin" / "shippingd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    process = spawn(["shippingd"], environment={"PATH": "/bin:bin"})
    assert process.wait(Deadline.after(LONG)).code == 0
    assert process.log.text() == "here\n"


def test_program_by_a_path_that_does_not_exist(spawn, tmp_path):
    """A relative path is looked for in the service's directory."""
    assert refusal(spawn, ["./run.sh"]) == (
        f'"shipping" cannot be started: there is no program {tmp_path}/run.sh.'
    )


def test_program_that_is_a_folder(spawn, tmp_path):
    """A folder is no program."""
    assert refusal(spawn, [str(tmp_path)]) == (
        f'"shipping" cannot be started: {tmp_path} is no program but a folder.'
    )


def test_program_that_is_not_executable(spawn, tmp_path):
    """A file that nobody may execute is named, and what would help."""
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    assert refusal(spawn, ["./run.sh"]) == (
        f'"shipping" cannot be started: {tmp_path}/run.sh is not executable (chmod +x makes it so).'
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "echo hello\n",
            'it is no program for this machine; a script begins with a line like "#!/bin/sh"',
        ),
        ("#!/nowhere/sh\n", "the interpreter that its first line names does not exist"),
    ],
)
def test_program_that_the_kernel_refuses(spawn, tmp_path, content, reason):
    """What the kernel says about a script is said in words that help."""
    program = tmp_path / "run.sh"
    program.write_text(content)
    program.chmod(0o755)
    assert refusal(spawn, ["./run.sh"]) == (
        f'"shipping" cannot be started: {program} cannot be executed ({reason}).'
    )


@pytest.mark.optional
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_folders_that_are_closed(spawn, tmp_path):
    """A closed folder of the PATH is passed over; one that was named is an error."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    try:
        process = spawn("exit 0", environment={"PATH": f"{closed}:/usr/bin:/bin"})
        assert process.wait(Deadline.after(LONG)).code == 0
        reason = os.strerror(errno.EACCES)
        assert refusal(spawn, ["closed/run.sh"]) == (
            f'"shipping" cannot be started: {closed}/run.sh is out of reach ({reason}).'
        )
        assert refusal(spawn, "exit 0", directory=closed / "inner") == (
            f'"shipping" cannot be started: {closed}/inner is out of reach ({reason}).'
        )
        assert refusal(spawn, "exit 0", directory=closed) == (
            f'"shipping" cannot be started: its directory {closed} cannot be entered ({reason}).'
        )
    finally:
        closed.chmod(0o700)


def test_nul_in_a_word(spawn):
    """A NUL character cannot be handed to a program."""
    assert refusal(spawn, ["/bin/echo", "a\0b"]) == (
        '"shipping" cannot be started: /bin/echo cannot be executed '
        "(a word of its command or its environment holds a NUL character)."
    )


def test_no_command(spawn):
    """A command without words is none."""
    assert refusal(spawn, []) == '"shipping" cannot be started: its command is empty.'


def test_missing_directory(spawn, tmp_path):
    """A directory that is not there is named."""
    assert refusal(spawn, "exit 0", directory=tmp_path / "nowhere") == (
        f'"shipping" cannot be started: its directory {tmp_path}/nowhere does not exist.'
    )


def test_directory_that_is_a_file(spawn, tmp_path):
    """A file is no directory."""
    (tmp_path / "file").touch()
    assert refusal(spawn, "exit 0", directory=tmp_path / "file") == (
        f'"shipping" cannot be started: its directory {tmp_path}/file is no folder.'
    )


def test_log_that_cannot_be_written(spawn, tmp_path):
    """A log in a folder that is not there is named, with the reason."""
    reason = os.strerror(errno.ENOENT)
    assert refusal(spawn, "exit 0", log=tmp_path / "nowhere" / "log") == (
        f'"shipping" cannot be started: its log {tmp_path}/nowhere/log cannot be written ({reason}).'
    )


def test_a_refusal_leaves_the_keeper_as_it_was(spawn):
    """After a refusal the next command starts."""
    refusal(spawn, ["./nothing"])
    refusal(spawn, ["/bin/echo", "\0"])
    assert spawn("exit 5").wait(Deadline.after(LONG)).code == 5


def test_no_python(monkeypatch):
    """A keeper that cannot be started says why."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert refusal(Keeper.start) == (
        "The keeper of the services cannot be started: "
        "[Errno 2] No such file or directory: '/nowhere/python'."
    )


def test_a_python_that_is_none(monkeypatch):
    """A keeper that ends at once says how."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert refusal(Keeper.start).endswith(
        "died: it ended with exit code 1; all that it had started was killed."
    )


def test_windows(monkeypatch):
    """On Windows services are refused, with what can be done instead."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert refusal(Keeper.start) == (
        "Services cannot be started on Windows: evtbdd could not end all that they start. "
        "Run evtbdd in WSL or in a container, or declare services that run elsewhere."
    )


def test_the_keepers_own_side_imports_little():
    """What runs in the keeper imports itself and the standard library, nothing of evtbdd."""
    folder = Path(sys.modules[Keeper.__module__].__file__).parent / "supervision"
    source = f"""
import sys
sys.path.append({str(folder.parent)!r})
before = set(sys.modules)
import supervision.keeper
names = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(names - set(sys.stdlib_module_names) - {{"supervision"}}), "pathlib" in sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-S", "-I", "-c", source], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
