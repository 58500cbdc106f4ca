"""A service that is hard to end, in one of seven kinds: `service.py NAME KIND HOLD FOLDER`.

It says who it is in the news of the round, writes a file with its process id where it runs, and
listens on a port that it names in its log.
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path

TESTS = str(Path(__file__).parents[1])
LATE = 0.1


def main(name: str, kind: str, hold: str, folder: str) -> None:
    from fire.news import tell, wait_at_gate

    def asked_to_end(*_: object) -> None:
        tell(folder, "asked to end", name)
        if kind != "ignores SIGTERM" and hold != "within its grace":
            os._exit(0)

    signal.signal(signal.SIGTERM, asked_to_end)
    tell(folder, "root", name, os.getpid())
    Path(f"{name}.pid").write_text(str(os.getpid()))
    if hold == "before its first line":
        tell(folder, "held", os.getpid())
        wait_at_gate(folder)
    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    tell(folder, "port", port.getsockname()[1])
    print("port", port.getsockname()[1], flush=True)
    if kind in ESCAPES:
        escape(kind, port)
    if hold == "before it listens":
        wait_at_gate(folder)
    if kind == "starts slowly":
        time.sleep(LATE)
    port.listen()
    while True:
        signal.pause()


def escape(kind: str, port: socket.socket) -> None:
    if kind == "closes stdout":
        os.close(1)
        os.close(2)
    elif os.fork() == 0:
        # Everyone below holds the port too, and hears no signal that asks.
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        port.set_inheritable(True)
        ESCAPES[kind]()
        os._exit(0)


def fork_twice() -> None:
    if os.fork() == 0:
        while True:
            signal.pause()


def leave_session() -> None:
    os.setsid()
    os.chdir("/")
    os.execve("/bin/sleep", ["sleep", "1000"], {})


def flood() -> None:
    line = b"%s\n" % (b"x" * 999)
    while True:
        os.write(1, line * 60)


ESCAPES = {
    "forks twice": fork_twice,
    "new session": leave_session,
    "floods its log": flood,
    "closes stdout": None,
}

if __name__ == "__main__":
    sys.path.append(TESTS)
    main(*sys.argv[1:])
