"""Who is calling: SaslHandshake and SaslAuthenticate, so that each refusal has its own words."""

from __future__ import annotations

import math
import struct
import time

from kafka.net.sasl import get_sasl_mechanism

from evtbdd.brokers.handshake import Unreached
from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.fields import Fields, string
from evtbdd.brokers.kafka.wire import Link
from evtbdd.clock import Deadline
from evtbdd.words import listed, quoted

HANDSHAKE, AUTHENTICATE = 17, 36
UNSUPPORTED, WRONG_STATE, FAILED = 33, 34, 58
SAFELY = 0.8
"""The part of the time for which one is let in, after which a link is not used again."""

NONE_OF_THEM = "evtbdd-asks"
"""No mechanism has that name: who asks for users at all refuses it, and lists its own."""


def authenticate(link: Link, access: Access, deadline: Deadline) -> None:
    """Return when the user was let in. Raises Unreached with the reason, or OSError.

    Some brokers let nobody in for ever (KIP-368): then the link knows until when.
    """
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
    version = min(1, link.versions.get(AUTHENTICATE, (0, 0))[1])
    while not mechanism.is_done():
        sent = mechanism.auth_bytes()
        body = struct.pack(">i", len(sent)) + sent
        code, said, received, lifetime = _authenticated(
            link.exchange(AUTHENTICATE, version, body, deadline), version
        )
        if code == FAILED:
            raise Unreached(f"it refuses the user {quoted(access.username or '')} or the password")
        if code:
            raise Unreached(f"it cannot tell who is calling (error {code}: {said})")
        try:
            mechanism.receive(received)
        except (ValueError, KeyError) as error:
            raise Unreached(f"it does not know the password itself ({error})") from error
        link.until = time.monotonic() + SAFELY * lifetime / 1000 if lifetime > 0 else math.inf


def require_no_user(link: Link, deadline: Deadline) -> None:
    """Return where nobody must say who they are. Raises Unreached, or OSError."""
    code, mechanisms = _handshake(link, NONE_OF_THEM, deadline)
    if code == UNSUPPORTED:
        raise Unreached(
            "it asks for a user: security username, security password, and security mechanism "
            f"({listed(mechanisms, 'or')})"
        )


def _handshake(link: Link, mechanism: str, deadline: Deadline) -> tuple[int, list[str]]:
    fields = Fields(link.exchange(HANDSHAKE, 1, string(mechanism), deadline))
    code = fields.int16()
    return code, sorted(fields.name() for _ in fields.elements())


def _authenticated(answer: bytes, version: int) -> tuple[int, str, bytes, int]:
    """Code, words, the mechanism's own answer, and for how many milliseconds one is let in."""
    fields = Fields(answer)
    code, said, received = fields.int16(), fields.string(), fields.blob()
    return code, said or "", received, fields.int64() if version else 0
