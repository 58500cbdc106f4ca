"""The placeholders that are made fresh: `${uuid}`, `${now}`, `${counter}`, `${base64 AQ==}`, …"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evtbdd.errors import PhraseError, UnknownName
from evtbdd.values.moments import relative
from evtbdd.values.reserved import begins_with
from evtbdd.words import suggestion


@dataclass(frozen=True, slots=True)
class Sources:
    """Where fresh values come from.

    `folder` is where relative paths begin; `now` gives an aware time; `fresh_id` a new id.
    """

    folder: Path
    environment: Mapping[str, str]
    now: Callable[[], datetime]
    fresh_id: Callable[[], str]


def fresh(inside: str, sources: Sources, text: Callable[[str], str]) -> object | None:
    """What `${inside}` makes fresh, None if it begins with none of the words.

    `text` replaces the placeholders within an argument. Raises PhraseError for an argument that
    cannot be meant, UnknownName for a variable that the environment does not have.
    """
    if inside == "uuid":
        return sources.fresh_id()
    if begins_with(inside, "base64"):
        return _from_base64(text(inside.removeprefix("base64").strip()))
    if begins_with(inside, "bytes from"):
        return _from_file(text(inside.removeprefix("bytes from").strip()), sources.folder)
    if inside == "env":
        raise PhraseError("${env} is not complete: write the name of a variable, as ${env.HOME}.")
    if inside.startswith("env."):
        return _from_environment(inside.removeprefix("env."), sources.environment)
    return relative(inside, sources.now())


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PhraseError(f"${{base64 {text}}} is no base64: {error}.") from error


def _from_file(name: str, folder: Path) -> bytes:
    if not name:
        raise PhraseError("${bytes from} is not complete: the name of a file must follow.")
    path = folder / name
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PhraseError(
            f"${{bytes from {name}}} cannot be read from {path}: {reason}."
        ) from error


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        hint = suggestion(name, environment, "environment variables")
        raise UnknownName(f"${{env.{name}}} is not known. {hint}")
    return environment[name]
