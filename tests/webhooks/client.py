"""A service's side of a webhook, without a library between: what travels is what stands here."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPResponse

PATIENCE = 10.0


def request(
    port: int,
    method: str = "POST",
    path: str = "/",
    body: bytes | str = b"",
    **headers: str,
) -> tuple[int, bytes]:
    """Status and body of the answer to one request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        answer: HTTPResponse = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(port: int, *pieces: bytes) -> socket.socket:
    """A connection on which these pieces were sent; the caller closes it."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    for piece in pieces:
        connection.sendall(piece)
    return connection
