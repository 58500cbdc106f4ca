"""What a step can tell before the scenario begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from evtbdd.phrases.data import Table

Function = TypeVar("Function", bound=Callable[..., Any])
Teller = Callable[[Any, Mapping[str, str], "Table | None"], None]
"""Called with the plan, the quoted values that the step names, and its table."""


def tells_ahead(tell: Teller) -> Callable[[Function], Function]:
    """Have a step tell more ahead than the names of its channels and services."""

    def mark(function: Function) -> Function:
        function.tells_ahead = tell  # type: ignore[attr-defined]
        return function

    return mark
