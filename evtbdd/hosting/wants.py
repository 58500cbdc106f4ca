"""What a handler's function wants to be handed, by the names of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from evtbdd.errors import SettingsError
from evtbdd.handlers import Incoming, Publish
from evtbdd.words import listed, quoted

OF_EVENT = ("event", "payload", "type", "key", "headers", "channel")
OF_SERVICE = ("publish", "environment")
ANNOTATED = {Incoming: "event", Publish: "publish"}


@dataclass(frozen=True, slots=True)
class Wants:
    """A function with, for each parameter, the name of what it is handed."""

    function: Callable[..., object]
    names: Mapping[str, str]

    @classmethod
    def of(cls, function: Callable[..., object], offered: Collection[str], where: str) -> Wants:
        """Read it from the signature. SettingsError where something is wanted that is not offered."""
        names: dict[str, str] = {}
        others: list[str] = []
        for parameter in _parameters(function):
            meant = [of for kind, of in ANNOTATED.items() if parameter.annotation is kind]
            name = meant[0] if meant else parameter.name
            if name in offered:
                names[parameter.name] = name
            elif parameter.default is parameter.empty:
                others.append(parameter.name)
        if len(others) == 1 and "payload" in offered and "payload" not in names.values():
            names[others.pop()] = "payload"
        if others:
            raise SettingsError(
                f"{where} asks for {listed(map(quoted, others))}, and can be handed, by these "
                f"names: {', '.join(offered)}."
            )
        return cls(function, names)

    def call(self, given: Mapping[str, object]) -> object:
        """What it returns; raises what it raises."""
        return self.function(**{name: given[of] for name, of in self.names.items()})


def _parameters(function: Callable[..., object]) -> list[inspect.Parameter]:
    """Those that can be handed something by name."""
    try:
        signature = inspect.signature(function, eval_str=True)
    except (NameError, TypeError, SyntaxError, AttributeError):
        # What is imported for the types alone is not there to be looked at.
        signature = inspect.signature(function)
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [each for each in signature.parameters.values() if each.kind in by_name]
