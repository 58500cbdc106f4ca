"""Which kind of service a declaration makes."""

from __future__ import annotations

from collections.abc import Callable

from evtbdd.services.declaration import Declaration
from evtbdd.services.elsewhere import Elsewhere
from evtbdd.services.hosted import Hosted
from evtbdd.services.served import Served
from evtbdd.services.service import Service
from evtbdd.services.surroundings import Place


def made(declaration: Declaration, place: Place, next_port: Callable[[], int]) -> Served:
    """The service in its scope; nothing is started by that."""
    if declaration.handler is not None:
        return Hosted(declaration, place)
    if declaration.elsewhere:
        return Elsewhere(declaration, place)
    return Service(declaration, place, next_port)
