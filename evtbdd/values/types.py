"""The type of an event: where it is read, and where it goes when one is published under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evtbdd.errors import PhraseError, SettingsError
from evtbdd.events import MISSING, Event, Headers, text_or_bytes
from evtbdd.values.addresses import Address, Observed
from evtbdd.words import quoted

DEFAULT_PLACES = tuple(
    Address.parse(text)
    for text in (
        "@header.ce_type",
        "@header.type",
        "@header.eventType",
        "@header.event_type",
        "type",
        "eventType",
        "event_type",
    )
)
"""Where the type is looked for, in this order, unless a channel's setting says otherwise."""

_HEADER = "header."


def type_rule(setting: str | None) -> Callable[[Event], str | None]:
    """How the type of a channel's events is read: the first text at one of its places, else None.

    `setting` is the channel's `type`: None for the default places, an address that replaces them,
    or `none` for events that have no type. Raises SettingsError for anything else.
    """
    places = _places(setting)
    return lambda event: _first(places, event)[1]


def place_type(
    name: str, payload: object, headers: Headers, setting: str | None
) -> tuple[object, Headers]:
    """The payload and the headers of what is published under the type `name`.

    They are left as they are where the type stands in one of its places already, and get it in
    the place that the channel's setting names, or else in the header `type`. A type that is the
    routing key goes there with the publishing. Raises PhraseError where another type stands
    already, where there is no place for one, and on a channel whose events have none.
    """
    places = _places(setting)
    if not places:
        raise PhraseError(
            f"Nothing can be published here under the type {quoted(name)}: "
            'the setting "type = none" says that the events of this channel have no type.'
        )
    place, present = _first(places, _Published(payload, headers))
    if present == name:
        return payload, headers
    if place is not None:
        raise PhraseError(
            f"The event is published under the type {quoted(name)}, "
            f"but its {place} says {quoted(present or '')}."
        )
    if setting is None:
        return payload, (*headers, ("type", name.encode()))
    return _put(places[0], name, payload, headers)


def _places(setting: str | None) -> tuple[Address, ...]:
    if setting is None:
        return DEFAULT_PLACES
    if setting.strip() == "none":
        return ()
    try:
        address = Address.parse(setting)
    except PhraseError as error:
        raise SettingsError(f"The setting type cannot be meant. {error}") from error
    if address.fact_name == "type":
        raise SettingsError("The setting type cannot be @type: it says where @type is read.")
    return (address,)


def _first(places: tuple[Address, ...], observed: Observed) -> tuple[Address | None, str | None]:
    """The first place with a text, and the text."""
    for place in places:
        found = place.find(observed)
        if isinstance(found, str):
            return place, found
    return None, None


def _put(place: Address, name: str, payload: object, headers: Headers) -> tuple[object, Headers]:
    fact = place.fact_name
    if fact is None:
        if payload is not MISSING and not isinstance(payload, (Mapping, list, tuple)):
            raise PhraseError(
                f"The type {quoted(name)} has no place: it is read from {place}, "
                "and the payload is no object."
            )
        return place.into(payload, name), headers
    if fact.startswith(_HEADER):
        return payload, (*headers, (fact.removeprefix(_HEADER), name.encode()))
    if fact == "routing_key":
        return payload, headers
    raise PhraseError(
        f"The type {quoted(name)} has no place: it is read from {place}, "
        "which cannot be set by a type."
    )


@dataclass(frozen=True, slots=True)
class _Published:
    """An event that is not yet published, as far as its type may stand in it."""

    payload: object
    headers: Headers

    def fact(self, name: str) -> object:
        """A header; nothing else is there yet."""
        wanted = name.removeprefix(_HEADER) if name.startswith(_HEADER) else None
        found = [value for header, value in self.headers if header == wanted]
        return text_or_bytes(found[-1]) if found else MISSING
