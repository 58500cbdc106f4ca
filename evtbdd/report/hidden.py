"""Secrets, taken out of errors before anybody tells of them.

An error passes three places: its hook, where its own text is masked; the first of the formatters, for
behave has written the text of a failed step down before the hook; and the reports, which are given
both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from behave.formatter.base import Formatter

from evtbdd.report.nowhere import Nowhere


class Hiding(Formatter):  # type: ignore[misc]
    """Writes nothing; masks the text of each step's error for the formatters behind this one."""

    name = "evtbdd.hiding"
    description = "Errors without secrets"

    def __init__(self, config: Any, mask: Callable[[str], str]) -> None:
        super().__init__(Nowhere(), config)
        self._mask = mask

    def result(self, step: Any) -> None:
        """Called for each step."""
        if step.error_message:
            step.error_message = self._mask(step.error_message)


def hide(error: BaseException, mask: Callable[[str], str]) -> None:
    """Mask the texts of an error and of all that led to it: a traceback shows each of them."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.args = tuple(mask(one) if isinstance(one, str) else one for one in each.args)
        left += [each.__cause__, each.__context__]
