"""The function or class that a setting names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from evtbdd.errors import SettingsError
from evtbdd.words import quoted


def found(place: str, project: Path, where: str) -> Callable[..., object]:
    """What stands at `package.module:callable`, looked for in the project's folder too.

    SettingsError, which begins with `where`, says why it cannot be had.
    """
    module, _, path = place.partition(":")
    if not module.strip() or not path.strip():
        raise SettingsError(
            f"{where} handler: {quoted(place)} is no place: write package.module:callable."
        )
    if str(project) not in sys.path:
        sys.path.append(str(project))
    try:
        thing: object = import_module(module.strip())
        for part in path.strip().split("."):
            thing = getattr(thing, part)
    except Exception as error:
        raise SettingsError(
            f"{where} handler: {quoted(place)} cannot be loaded: {type(error).__name__}: {error}."
        ) from error
    if not callable(thing):
        raise SettingsError(
            f"{where} handler: {quoted(place)} is no function and no class, but "
            f"{type(thing).__name__}."
        )
    return thing
