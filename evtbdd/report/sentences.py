"""Errors as sentences: behave would show an analyst a Python traceback.

behave fills a step's error with the traceback after every hook, and gives it to the formatters
right then; so the first of them takes it out again. `behave --verbose` leaves it in.
"""

from __future__ import annotations

from typing import Any

from behave.formatter.base import Formatter, StreamOpener

from evtbdd.errors import EvtbddError


class Sentences(Formatter):  # type: ignore[misc]
    """Writes nothing; leaves the sentence of an EvtbddError where its traceback would be."""

    name = "evtbdd.sentences"
    description = "Errors as sentences"

    def result(self, step: Any) -> None:
        """Called for each step, before the formatters behind this one."""
        error = step.exception
        if isinstance(error, EvtbddError) and step.status.name == "error":
            step.error_message = f"{type(error).__name__}: {error}"


class _Nowhere(StreamOpener):  # type: ignore[misc]
    def open(self) -> None:
        """Nothing is written."""


def put_first(runner: Any, config: Any) -> None:
    """Have errors told as sentences in this run."""
    if not config.verbose:
        runner.formatters.insert(0, Sentences(_Nowhere(), config))
