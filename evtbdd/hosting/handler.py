"""A handler: what is done with an event, by its type, whatever form the code under test has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType

from evtbdd.errors import SettingsError
from evtbdd.handlers import Incoming, Publish
from evtbdd.hosting.wants import OF_EVENT, OF_SERVICE, Wants
from evtbdd.words import listed, quoted


class UnknownType(Exception):
    """An event came of a type that a handler does not name; the text is a clause."""


class Handler:
    """One start of a function or a class: the class is made here.

    `where` begins what is said of it. Raises SettingsError where it cannot be called with what
    evtbdd has, and whatever its constructor raises.
    """

    def __init__(
        self,
        code: Callable[..., object],
        publish: Publish,
        environment: Mapping[str, str],
        where: str,
    ) -> None:
        self._given: Mapping[str, object] = {"publish": publish, "environment": environment}
        self._by_type: dict[str, Wants] | None = None
        if not inspect.isclass(code):
            self._any = self._wants(code, where)
            return
        made = Wants.of(code, OF_SERVICE, f"{where}, a class,").call(self._given)
        handles = getattr(made, "handles", None)
        if handles is None:
            self._any = self._wants(_method(made, where), where)
            return
        if not isinstance(handles, Mapping):
            raise SettingsError(f"{where}: its handles is no mapping of types to methods.")
        self._by_type = {
            str(kind): self._wants(_bound(made, each, where), where)
            for kind, each in handles.items()
        }

    def _wants(self, function: Callable[..., object], where: str) -> Wants:
        said = f"{where}, {getattr(function, '__name__', 'its call')},"
        return Wants.of(function, (*OF_EVENT, *OF_SERVICE), said)

    def call(self, event: Incoming) -> object:
        """What the code returns for an event: of an async function a coroutine.

        Raises UnknownType, and whatever the code raises.
        """
        wants = self._any if self._by_type is None else self._by_type.get(event.type or "")
        if wants is None:
            known = listed(map(quoted, self._by_type or ())) or "nothing"
            raise UnknownType(
                f"it handles no events of the type {quoted(event.type)}, only {known}"
                if event.type is not None
                else f"it was handed an event without a type, and handles only {known}"
            )
        of_event = {name: getattr(event, name) for name in OF_EVENT if name != "event"}
        return wants.call({**self._given, **of_event, "event": event})


def _method(made: object, where: str) -> Callable[..., object]:
    """What an object without `handles` does with every event."""
    method = getattr(made, "handle", made)
    if not callable(method):
        raise SettingsError(
            f"{where} is a class without handles, a mapping of types to methods, and without a "
            "method handle."
        )
    return method


def _bound(made: object, each: object, where: str) -> Callable[..., object]:
    """A method that `handles` names, or holds as the function that it is in the class's body."""
    if isinstance(each, str):
        each = getattr(made, each, None)
    elif isinstance(each, FunctionType) and _is_of(type(made), each):
        each = each.__get__(made)
    if not callable(each):
        raise SettingsError(f"{where}: its handles names what is no method of it.")
    return each


def _is_of(kind: type, function: FunctionType) -> bool:
    """Whether it stands in the body of a class, or of one that it is derived from."""
    return any(function is each for base in kind.__mro__ for each in vars(base).values())
