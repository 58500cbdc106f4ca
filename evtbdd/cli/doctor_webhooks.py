"""What `evtbdd doctor` tells of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec

from evtbdd.errors import SettingsError
from evtbdd.facilities import FACILITIES
from evtbdd.loopback import HOST, listener
from evtbdd.settings.load import Settings
from evtbdd.webhooks.settings import fixed_port
from evtbdd.words import quoted


def webhooks(settings: Settings, wrong: list[str]) -> Iterator[str]:
    """A line for each; what is wrong is put into `wrong`, in sentences."""
    kind = FACILITIES["webhooks"]
    served = kind.driver is not None and find_spec(kind.driver) is not None
    for name in settings.names("webhook"):
        try:
            yield f"webhook {quoted(name)}: {_place(settings, name)}"
        except SettingsError as error:
            yield f"webhook {quoted(name)}: cannot be had"
            wrong.append(str(error))
        if not served:
            wrong.append(
                f"[evtbdd:webhook:{name}] needs the driver {quoted(str(kind.driver))}: "
                f'pip install "evtbdd[{kind.extra}]" brings it.'
            )


def _place(settings: Settings, name: str) -> str:
    port = fixed_port(settings, name)
    if port is None:
        return f"will be served at {HOST}, on a free port"
    try:
        with closing(listener(port)):
            return f"will be served at {HOST}:{port}"
    except OSError as error:
        raise SettingsError(
            f"[evtbdd:webhook:{name}] address: {HOST}:{port} cannot be had: "
            f"{error.strerror or error}."
        ) from error
