"""What lies between the bytes of a connection and its frames: nothing, or TLS.

TLS is done here and not by asyncio, which closes a connection whose handshake failed without sending
the alert that says why (Python 3.13).
"""

from __future__ import annotations

import ssl
from typing import Protocol

_AT_ONCE = 65_536


class Layer(Protocol):
    """One connection's; what it wants to be sent of its own is fetched by `due` after each call."""

    def received(self, data: bytes) -> bytes:
        """What was meant by bytes that came in. ssl.SSLError where it cannot be meant."""

    def sent(self, data: bytes) -> bytes:
        """The bytes by which something is said."""

    def due(self) -> bytes:
        """Bytes that must go out, though nobody has said anything."""

    def goodbye(self) -> None:
        """Say no more."""


class Plaintext:
    """Bytes are what they are."""

    def received(self, data: bytes) -> bytes:
        """The same."""
        return data

    def sent(self, data: bytes) -> bytes:
        """The same."""
        return data

    def due(self) -> bytes:
        """Nothing."""
        return b""

    def goodbye(self) -> None:
        """Nothing to be said."""


class Encrypted:
    """The server's side of TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._shaken = False

    def received(self, data: bytes) -> bytes:
        """What was encrypted in it; nothing as long as the handshake is under way."""
        self._in.write(data)
        plain = bytearray()
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            while part := self._tls.read(_AT_ONCE):
                plain += part
        except ssl.SSLWantReadError:
            pass
        return bytes(plain)

    def sent(self, data: bytes) -> bytes:
        """It, encrypted."""
        left = memoryview(data)
        while left:
            left = left[self._tls.write(left) :]
        return self._out.read()

    def due(self) -> bytes:
        """The handshake, an alert, a goodbye."""
        return self._out.read()

    def goodbye(self) -> None:
        """Tell the client that the connection was not cut (RFC 8446, section 6.1)."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            # It waits for the client's own, which nobody needs.
            return
