"""Why a request that was sent has no response."""

from __future__ import annotations

import h11


def why_unanswered(error: OSError | h11.ProtocolError) -> str:
    """What broke the exchange off, as a clause."""
    if isinstance(error, h11.LocalProtocolError):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, h11.RemoteProtocolError) and "illegal" in str(error).lower():
        return "what came was no HTTP"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the connection was reset"
    if isinstance(error, TimeoutError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return "the connection was closed before the response was whole"
