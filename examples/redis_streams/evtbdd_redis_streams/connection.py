"""Questions to a Redis, each on a connection of its own while it lasts, and within its deadline."""

from __future__ import annotations

from threading import Lock
from typing import Any

import redis

from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable, SettingsError
from evtbdd_redis_streams.errors import translated

SHORTEST = 0.001
"""Seconds; a socket that may wait for 0 seconds would not even try."""


class Connection:
    """Opened with the first question; may be asked from any thread.

    `patience` is how many seconds an answer may take; a deadline may allow less.
    """

    def __init__(self, address: str, patience: float) -> None:
        self.address = address
        self.patience = patience
        self._host, self._port = host_and_port(address)
        self._lock = Lock()
        self._idle: list[redis.Connection] = []
        self._closed = False

    def ask(
        self,
        doing: str,
        deadline: Deadline,
        *command: str | bytes | int,
        refusal: type[BrokerError] = BrokerError,
    ) -> Any:
        """The answer to a command, as it is; `doing` says for an error what it was about.

        It is sent once: whoever repeats what nobody knows to have happened makes it happen twice.
        Raises BrokerUnavailable, or `refusal` where Redis answers with an error.
        """
        link = self._take()
        try:
            _allow(link, max(SHORTEST, min(self.patience, deadline.remaining())))
            link.send_command(*command)
            return link.read_response()
        except redis.RedisError as error:
            self.require_open()
            raise translated(error, self.address, doing, refusal) from error
        finally:
            self._give_back(link)

    def run(
        self,
        doing: str,
        deadline: Deadline,
        script: str,
        *keys: bytes,
        arguments: tuple[bytes, ...] = (),
        refusal: type[BrokerError] = BrokerError,
    ) -> Any:
        """As `ask`: what a script returns."""
        return self.ask(
            doing, deadline, "EVAL", script, len(keys), *keys, *arguments, refusal=refusal
        )

    def require_open(self) -> None:
        """Raise BrokerUnavailable once it is closed."""
        if self._closed:
            raise BrokerUnavailable(f"The connection to Redis at {self.address} is closed.")

    def close(self) -> None:
        """Close all; questions from now on raise BrokerUnavailable."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for link in idle:
            link.disconnect()

    def _take(self) -> redis.Connection:
        with self._lock:
            self.require_open()
            if self._idle:
                return self._idle.pop()
        # Protocol 2 answers in plain lists, in which the fields of an entry keep their order.
        return redis.Connection(self._host, self._port, protocol=2)

    def _give_back(self, link: redis.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(link)
                return
        link.disconnect()


def _allow(link: redis.Connection, seconds: float) -> None:
    """Let a connection wait so long, and have it connect again where it was lost unnoticed."""
    link.socket_timeout = link.socket_connect_timeout = seconds
    if link.is_connected and _is_lost(link):
        link.disconnect()
    link.update_current_socket_timeout(seconds)


def _is_lost(link: redis.Connection) -> bool:
    """Whether the other side has closed it, or said what nobody has asked for."""
    try:
        return link.can_read()
    except redis.ConnectionError:
        return True


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of `host:port`. SettingsError where it is none."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(
            f'"{address}" is no address of a Redis; it is written host:port, as in '
            "redis://localhost:6379."
        )
    return host, int(port)
