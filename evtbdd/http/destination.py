"""A URL, read as far as a connection and a request line need it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache

import httpx

from evtbdd.http.drafts import Pairs

PORTS = {"http": 80, "https": 443}


class NoUrl(ValueError):
    """What is no URL of HTTP."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Who is connected to, and what the request says of it: its target and these headers."""

    host: str
    port: int
    target: bytes
    headers: Pairs


@lru_cache(maxsize=512)
def destination(url: str) -> Destination:
    """Read a URL. Raises NoUrl.

    The last ones are kept: who is asked again and again is asked by the same URL.
    """
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise NoUrl(url) from error
    port = read.port or PORTS.get(read.scheme, 0)
    if not (read.host and 0 < port < 1 << 16):
        raise NoUrl(url)
    headers: Pairs = (("host", read.netloc.decode("ascii")),)
    if read.username or read.password:
        said = b64encode(f"{read.username}:{read.password}".encode()).decode()
        headers += (("authorization", f"Basic {said}"),)
    return Destination(read.raw_host.decode("ascii"), port, read.raw_path, headers)
