"""Who is calling: SaslHandshake 1 and SaslAuthenticate 0, so that each refusal has its own words."""

from __future__ import annotations

import socket
import struct

from kafka.net.sasl import get_sasl_mechanism

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.wire import Unreached, exchange
from evtbdd.clock import Deadline
from evtbdd.words import listed, quoted

HANDSHAKE, AUTHENTICATE = 17, 36
UNSUPPORTED, WRONG_STATE, FAILED = 33, 34, 58
NONE_OF_THEM = "evtbdd-asks"
"""No mechanism has that name: who asks for users at all refuses it, and lists its own."""


def authenticate(link: socket.socket, access: Access, deadline: Deadline) -> None:
    """Return when the user was let in. Raises Unreached with the reason, or OSError."""
    code, mechanisms = _handshake(link, access.mechanism, deadline)
    if code == UNSUPPORTED:
        raise Unreached(
            f"it takes no passwords by {access.mechanism}; security mechanism may be "
            f"{listed(mechanisms, 'or')}"
        )
    if code == WRONG_STATE:
        raise Unreached("it asks for no user there; remove security username, or use another port")
    if code:
        raise Unreached(f"it refuses to ask for a user (error {code})")
    mechanism = get_sasl_mechanism(access.mechanism)(**access.sasl)
    while not mechanism.is_done():
        sent = mechanism.auth_bytes()
        body = struct.pack(">i", len(sent)) + sent
        code, said, received = _authenticated(exchange(link, AUTHENTICATE, 0, body, deadline))
        if code == FAILED:
            raise Unreached(f"it refuses the user {quoted(access.username or '')} or the password")
        if code:
            raise Unreached(f"it cannot tell who is calling (error {code}: {said})")
        try:
            mechanism.receive(received)
        except (ValueError, KeyError) as error:
            raise Unreached(f"it does not know the password itself ({error})") from error


def require_no_user(link: socket.socket, deadline: Deadline) -> None:
    """Return where nobody must say who they are. Raises Unreached, or OSError."""
    code, mechanisms = _handshake(link, NONE_OF_THEM, deadline)
    if code == UNSUPPORTED:
        raise Unreached(
            "it asks for a user: security username, security password, and security mechanism "
            f"({listed(mechanisms, 'or')})"
        )


def _handshake(link: socket.socket, mechanism: str, deadline: Deadline) -> tuple[int, list[str]]:
    name = mechanism.encode("ascii")
    answer = exchange(link, HANDSHAKE, 1, struct.pack(">h", len(name)) + name, deadline)
    code, count = struct.unpack_from(">hi", answer)
    mechanisms, at = [], 6
    for _ in range(count):
        text, at = _text(answer, at)
        mechanisms.append(text)
    return code, sorted(mechanisms)


def _authenticated(answer: bytes) -> tuple[int, str, bytes]:
    (code,) = struct.unpack_from(">h", answer)
    said, at = _text(answer, 2)
    return code, said, answer[at + 4 :]


def _text(answer: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">h", answer, at)
    end = at + 2 + max(0, length)
    return answer[at + 2 : end].decode("utf-8", "replace"), end
