"""The one decorator for steps."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from evtbdd.phrases.call import arguments, data_below
from evtbdd.phrases.catalogue import Keyword, Registered
from evtbdd.phrases.compile import Found, Phrase
from evtbdd.phrases.stage import stage_of
from evtbdd.words import listed, quoted

Function = TypeVar("Function", bound=Callable[..., Any])


def step(
    pattern: str,
    *,
    section: str,
    keyword: Keyword | None = None,
    example: str | None = None,
    act: bool = False,
    names: Mapping[str, str] | None = None,
) -> Callable[[Function], Function]:
    """Make a function the step for a phrase (the language: evtbdd.phrases.pattern).

    It is called as `function(stage, **values)`, with `data=Data(…)` too where the phrase can end
    in a colon; what it returns is ignored. Before that: the stage is found and begun, the data and the
    colon are checked, placeholders are replaced, and, if `act`, `stage.act()` is called.

    `section`, `keyword` (to print it with; it is registered for all of them; When for an act, else
    Then), `example`, the first line of the docstring and `names` (how a value is printed, by its
    name: `{"routing_key": "RK"}`) are for the catalogue. Several phrases may share a function.

    ValueError, if the pattern is none, or the function does not take what it hands over.
    """
    phrase = Phrase(pattern)

    def register(function: Function) -> Function:
        from evtbdd.phrases import matcher  # behave, which only steps need

        _check_signature(function, phrase)
        with_data = phrase.data != "none"

        @functools.wraps(function)  # behave finds the place of the step by what is wrapped
        def call(context: Any, text: str, found: list[Found]) -> None:
            stage = stage_of(context)
            stage.begin()
            data = data_below(phrase, text, context)
            values = arguments(phrase, text, found, stage)
            if act:
                stage.act()
            if with_data:
                function(stage, data=data, **values)
            else:
                function(stage, **values)

        call.registered = Registered(  # type: ignore[attr-defined]
            phrase=phrase,
            section=section,
            keyword=keyword or ("When" if act else "Then"),
            example=example,
            names=dict(names or {}),
            help=(inspect.getdoc(function) or "").partition("\n")[0],
        )
        matcher.register(pattern, call)
        return function

    return register


def _check_signature(function: Callable[..., Any], phrase: Phrase) -> None:
    """ValueError, if the function cannot be called with the stage and what the phrase hands over."""
    given = [*(value.name for value in phrase.values), *(["data"] if phrase.data != "none" else [])]
    try:
        inspect.signature(function).bind(None, **dict.fromkeys(given))
    except TypeError as error:
        name = getattr(function, "__name__", "the function")
        handed = listed(["the stage", *map(quoted, given)])
        raise ValueError(
            f"{name}{inspect.signature(function)} does not fit its phrase, "
            f"which hands over {handed}: {phrase.pattern}"
        ) from error
