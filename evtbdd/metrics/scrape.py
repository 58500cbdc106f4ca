"""One look at the metrics of a service: a GET, directly and without redirection, as Prometheus does."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit, urlunsplit

from evtbdd.clock import Deadline
from evtbdd.metrics.selector import Sample, samples
from evtbdd.words import duration, quoted

LARGEST = 20_000_000
"""Bytes of an answer; a larger one is refused."""
ACCEPTED = "text/plain; version=0.0.4"


class Unread(Exception):
    """Why there are no samples, as a clause."""


def scrape(url: str, deadline: Deadline) -> list[Sample]:
    """The samples that are exposed there now. Raises Unread."""
    try:
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}[parts.scheme]
        connection = kind(
            parts.hostname or "", parts.port, timeout=max(0.001, deadline.remaining())
        )
    except (KeyError, ValueError, HTTPException) as error:
        raise Unread(f"{quoted(url)} is no URL") from error
    try:
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request("GET", path, headers={"Accept": ACCEPTED})
        response = connection.getresponse()
        body = response.read(LARGEST + 1)
    except TimeoutError as error:
        raise Unread(f"{url} has not answered within {duration(deadline.seconds)}") from error
    except OSError as error:
        raise Unread(f"{url}: {error.strerror or error}") from error
    except HTTPException as error:
        raise Unread(f"{url} answers, but not in HTTP ({type(error).__name__})") from error
    finally:
        connection.close()
    if response.status != 200:
        raise Unread(f"{url} answers {response.status}, not 200")
    if len(body) > LARGEST:
        raise Unread(f"{url} answers more than {LARGEST // 1_000_000} MB")
    try:
        return samples(body.decode())
    except ValueError as error:
        raise Unread(f"what {url} answers is not the text format of Prometheus: {error}") from error
