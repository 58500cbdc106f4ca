"""One request and its response over a link, in HTTP/1.1 (RFC 9112), by h11."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import h11
import httpx

from evtbdd.clock import Deadline
from evtbdd.http.bodies import LARGEST
from evtbdd.http.exchange import Given
from evtbdd.http.link import Link

HEAD = 100 * 1024
"""Bytes of the head of a response; a larger one is no HTTP."""
SWITCHING_PROTOCOLS = 101
PIECE = 1 << 16
Head = h11.Response | h11.InformationalResponse


def transfer(
    link: Link, request: h11.Request, body: bytes | None, deadline: Deadline | None
) -> Given:
    """Send a request, and read the response. Raises OSError and h11.RemoteProtocolError."""
    began = time.monotonic()
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
    sent = [http.send(request), http.send(h11.Data(data=body)) if body else b""]
    http.send(h11.EndOfMessage())
    # A service may answer before it has had all of a request, and close.
    with suppress(BrokenPipeError, ConnectionResetError):
        link.send(b"".join(filter(None, sent)), deadline)
    response, content = _response(http, link, deadline)
    whole = len(content) <= LARGEST
    if any(name == b"content-encoding" for name, _ in response.headers):
        content = _decoded(response, content)
    return Given(
        status=response.status_code,
        headers=tuple((name.decode("ascii"), value) for name, value in response.headers),
        body=bytes(content[:LARGEST]),
        whole=whole and len(content) <= LARGEST,
        seconds=time.monotonic() - began,
    )


def _response(
    http: h11.Connection, link: Link, deadline: Deadline | None
) -> tuple[Head, bytearray]:
    """The head of the response, and its body as it travelled, a little more than is kept at most."""
    head: Head | None = None
    content = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(link.receive(deadline))
        elif isinstance(event, h11.Data):
            content += event.data
            if head is not None and len(content) > LARGEST:
                return head, content
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.InformationalResponse):
            if event.status_code == SWITCHING_PROTOCOLS:  # what follows is no HTTP any more
                return event, content
        elif head is not None:
            return head, content


def _decoded(response: Head, content: bytearray) -> bytearray:
    """The body without its content-encoding; as it travelled, where it is not encoded so."""
    encoded = httpx.Response(
        response.status_code, headers=list(response.headers), stream=_Pieces(bytes(content))
    )
    found = bytearray()
    try:
        for piece in encoded.iter_bytes():
            found += piece
            if len(found) > LARGEST:
                break
    except httpx.DecodingError:
        return content
    return found


class _Pieces(httpx.SyncByteStream):
    """Handed over little by little, so that a small body cannot become a huge one at once."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), PIECE):
            yield self._content[start : start + PIECE]
