"""Errors as sentences: behave would show an analyst a Python traceback.

behave fills a step's error with the traceback after every hook, and gives it to the formatters
right then; so the first of them takes it out again. `behave --verbose` leaves it in.
"""

from __future__ import annotations

from typing import Any

from behave.formatter.base import Formatter, StreamOpener
from behave.model_type import Status

from evtbdd.errors import EvtbddError, ExpectationFailed
from evtbdd.report.nowhere import Nowhere

SUB_STEP = " SUB-STEP: "
"""What behave writes into the AssertionError of a step that runs others (`execute_steps`)."""


class Sentences(Formatter):  # type: ignore[misc]
    """Writes nothing; leaves the sentence of an error of ours where its traceback would be."""

    name = "evtbdd.sentences"
    description = "Errors as sentences"

    def __init__(self, stream_opener: StreamOpener, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._last_failed: Any = None

    def after_step(self, step: Any) -> None:
        """Called for each step, also for those that others run, which formatters never see."""
        if step.exception is not None and SUB_STEP not in str(step.exception):
            self._last_failed = step

    def result(self, step: Any) -> None:
        """Called for each step, before the formatters behind this one."""
        failed, self._last_failed = self._last_failed, None
        if step.status.name not in {"error", "failed"}:
            return
        if failed is not None and failed is not step and SUB_STEP in str(step.exception):
            self._tell_sub_step(step, failed)
        elif isinstance(step.exception, EvtbddError):
            step.error_message = _sentence(step.exception)

    def _tell_sub_step(self, step: Any, failed: Any) -> None:
        """Give a step the verdict of the one that it ran: behave calls all of that a failure."""
        error = failed.exception
        if not isinstance(error, EvtbddError | ExpectationFailed):
            return
        step.status = Status.error if isinstance(error, EvtbddError) else Status.failed
        step.store_exception_context(error)
        step.error_message = f"{_sentence(error)}\nin the sub-step: {failed.keyword} {failed.name}"


def _sentence(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return f"ASSERT FAILED: {error}"
    return f"{type(error).__name__}: {error}"


def put_first(runner: Any, config: Any) -> Sentences | None:
    """Have errors told as sentences in this run; None where behave is to be verbose."""
    if config.verbose:
        return None
    sentences = Sentences(Nowhere(), config)
    runner.formatters.insert(0, sentences)
    return sentences


def tell_hook_error(scenario: Any) -> None:
    """Keep the traceback of a hook's error of ours out of JUnit, which has its sentence."""
    if isinstance(scenario.exception, EvtbddError):
        scenario.exc_traceback = None
