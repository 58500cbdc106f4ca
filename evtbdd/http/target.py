"""Where a request goes: a path of a service, or a URL of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from evtbdd.errors import PhraseError
from evtbdd.http.drafts import Pairs
from evtbdd.services.facility import Services
from evtbdd.services.scenario import ScenarioServices
from evtbdd.words import listed, quoted

KEPT = "%/:?#[]@!$&'()*+,;=~"
"""The signs of a URL that mean something, or are written as they are (RFC 3986)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, and the name of the service whose it is; None for a URL of its own."""

    url: str
    service: str | None


def target(
    path: str,
    name: str | None,
    declared: Services,
    services: ScenarioServices,
    schemes: Collection[str],
) -> Target:
    """The URL of a path of a service: of the one that is named, or of the only one that has one.

    PhraseError for what is neither a path nor, without a name, a URL with one of the schemes.
    """
    if name is None and urlsplit(path).scheme in schemes:
        return Target(quote(path, safe=KEPT), None)
    if not path.startswith("/"):
        raise PhraseError(
            f"{quoted(path)} is no path: it begins with a slash, as in {quoted('/' + path)}."
        )
    name = only_with_url(declared) if name is None else declared.get(name).name
    base = str(services.fact(f"{name}.url"))
    return Target(base.rstrip("/") + quote(path, safe=KEPT), name)


def only_with_url(declared: Services) -> str:
    """The name of the only service that has a url; PhraseError where there are several, or none."""
    having = [each.name for each in declared.declared.values() if each.url is not None]
    if len(having) == 1:
        return having[0]
    if not having:
        raise PhraseError(
            "No service has a url, so it cannot be told who is asked. It is declared in "
            "[evtbdd:service:NAME], as in url = http://127.0.0.1:${port}."
        )
    raise PhraseError(
        f"It cannot be told which service is asked: {listed(map(quoted, having))} have a url. Say "
        f"it after the path: of the service {quoted(having[0])}."
    )


def with_query(url: str, query: Pairs) -> str:
    """The URL with these names and values in its query."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
