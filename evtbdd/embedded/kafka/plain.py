"""The mechanism PLAIN (RFC 4616), with the words in which Apache Kafka refuses."""

from __future__ import annotations

import hmac
from collections.abc import Mapping


def refusal(token: bytes, users: Mapping[str, str]) -> str | None:
    """Why whoever sent this is not let in; None for one of the users with that one's password."""
    parts = token.decode("utf-8", "replace").split("\0")
    if len(parts) != 3:
        return f"Invalid SASL/PLAIN response: expected 3 tokens, got {min(len(parts), 4)}"
    acting_as, user, password = parts
    if not user:
        return "Authentication failed: username not specified"
    if not password:
        return "Authentication failed: password not specified"
    if not _equal(password, users.get(user)):
        return "Authentication failed: Invalid username or password"
    if acting_as not in {"", user}:
        return (
            "Authentication failed: Client requested an authorization id that is different from "
            "username"
        )
    return None


def _equal(password: str, right: str | None) -> bool:
    return right is not None and hmac.compare_digest(password.encode(), right.encode())
