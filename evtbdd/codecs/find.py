"""Which codec a name in the settings means."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from evtbdd.codecs.builtin import BytesCodec, JsonCodec, TextCodec
from evtbdd.codecs.protocol import Codec
from evtbdd.errors import EvtbddError, PhraseError, SettingsError
from evtbdd.events import Headers
from evtbdd.words import quoted, suggestion

GROUP = "evtbdd.codecs"
"""The entry point group in which packages offer codecs: name = package.module:object."""


def codec(name: str, installed: Iterable[EntryPoint] | None = None) -> Codec:
    """The codec of that name.

    First `json`, `text` and `bytes`; then the entry points of the group `evtbdd.codecs`
    (`installed` replaces what this Python has); then `package.module:object`. The object is a
    codec, or a class or function without arguments that makes one. Raises SettingsError with a
    sentence for a name that is none, and for one that cannot be imported, which names the cause.
    """
    builtin: dict[str, type[Codec]] = {"json": JsonCodec, "text": TextCodec, "bytes": BytesCodec}
    if name in builtin:
        return builtin[name]()
    offered = entry_points(group=GROUP) if installed is None else installed
    places = {entry.name: entry.value for entry in offered}
    if name not in places and ":" not in name:
        raise SettingsError(
            f"There is no codec {quoted(name)}. {suggestion(name, [*builtin, *places], 'codecs')} "
            "One of your own is written package.module:object."
        )
    return _Foreign(name, _made(name, places.get(name, name)))


def _made(name: str, place: str) -> Codec:
    module, _, path = place.partition(":")
    if not module or not path:
        raise SettingsError(f"The codec {quoted(name)} is no place: write package.module:object.")
    try:
        found: object = import_module(module.strip())
        for part in path.split("[")[0].strip().split("."):
            found = getattr(found, part)
        if callable(found) and (isinstance(found, type) or not isinstance(found, Codec)):
            found = found()
    except Exception as error:
        raise SettingsError(
            f"The codec {quoted(name)} cannot be loaded: {_said(error)}."
        ) from error
    if not isinstance(found, Codec):
        raise SettingsError(
            f"The codec {quoted(name)} is none: it needs encode(value) -> bytes "
            "and decode(bytes, headers) -> value."
        )
    return found


class _Foreign:
    """Somebody else's codec, held to what `Codec` promises about errors."""

    def __init__(self, name: str, inner: Codec) -> None:
        self._name = name
        self._inner = inner

    def encode(self, value: object) -> bytes:
        try:
            data = self._inner.encode(value)
        except EvtbddError:
            raise
        except Exception as error:
            raise PhraseError(
                f"The codec {quoted(self._name)} cannot encode this payload: {_said(error)}."
            ) from error
        if not isinstance(data, bytes):
            raise SettingsError(
                f"The codec {quoted(self._name)} made no bytes, but {type(data).__name__}."
            )
        return data

    def decode(self, data: bytes, headers: Headers) -> object:
        try:
            return self._inner.decode(data, headers)
        except ValueError:
            raise
        except Exception as error:
            raise ValueError(f"the codec {quoted(self._name)} failed: {_said(error)}") from error


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(". ")
