"""A Redis for tests: on a loopback port, with a folder of its own, ended by its process."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

READY = "Ready to accept connections"

PORTS = range(20_000, 32_000)
"""Below those of outgoing connections: nothing takes a port while its server is being restarted."""


class RedisServer:
    """`redis-server` in memory; with `durable` it forgets nothing, however it ends."""

    def __init__(self, folder: Path, *options: str, durable: bool = False) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        kept = ["--appendonly", "yes", "--appendfsync", "always"] if durable else []
        self._command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port)]
        self._command += ["--dir", str(folder), "--save", "", *kept, *options]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when it says that it is ready."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if READY in line:
                return
        self.kill()
        raise RuntimeError("redis-server did not start:\n" + "".join(said))

    def freeze(self) -> None:
        """Return when it answers nothing any more, with its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def kill(self) -> None:
        """Return when it is gone; repeated calls do nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("every port is taken")
