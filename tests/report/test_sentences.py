"""Errors as sentences, in behave's own objects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from behave.model import Step
from behave.model_type import Status

from evtbdd.errors import ExpectationFailed, PhraseError
from evtbdd.report.sentences import Sentences, put_first, tell_hook_error

TRACEBACK = "Traceback (most recent call last):\n  …"


def config(*, verbose: bool = False) -> Any:
    return SimpleNamespace(verbose=verbose)


@pytest.fixture
def sentences() -> Sentences:
    """As it is put before the other formatters."""
    runner = SimpleNamespace(formatters=["plain"])
    found = put_first(runner, config())
    assert runner.formatters == [found, "plain"]
    assert found is not None
    return found


def step(status: Status, error: Exception, name: str = "it is so") -> Step:
    """A step as behave has left it: its message is the traceback."""
    made = Step("a.feature", 1, "Then", "then", name)
    made.status = status
    made.store_exception_context(error)
    made.error_message = TRACEBACK
    return made


def test_an_error_of_ours_is_its_sentence(sentences: Sentences) -> None:
    """With its kind."""
    failed = step(Status.error, PhraseError("It cannot be meant."))
    sentences.after_step(failed)
    sentences.result(failed)
    assert failed.error_message == "PhraseError: It cannot be meant."


@pytest.mark.parametrize("error", [ValueError("a bug"), AssertionError("their own")])
def test_an_error_of_others_stays_as_it_is(error: Exception, sentences: Sentences) -> None:
    """A bug needs its traceback."""
    failed = step(Status.error, error)
    sentences.after_step(failed)
    sentences.result(failed)
    assert failed.error_message == TRACEBACK


def test_verbose_leaves_all_tracebacks() -> None:
    """Then nothing is put before the formatters."""
    runner = SimpleNamespace(formatters=["plain"])
    assert put_first(runner, config(verbose=True)) is None
    assert runner.formatters == ["plain"]


SUB_STEP = AssertionError("ERROR SUB-STEP: Given this\nTraceback (of failed substep):\n…")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (PhraseError("Wrong."), Status.error, "PhraseError: Wrong."),
        (ExpectationFailed("Expected it"), Status.failed, "ASSERT FAILED: Expected it"),
    ],
)
def test_a_step_has_the_verdict_of_the_step_that_it_ran(
    error: Exception, status: Status, text: str, sentences: Sentences
) -> None:
    """behave alone calls both a failure."""
    inner, outer = step(status, error, "it is inner"), step(Status.failed, SUB_STEP, "it is outer")
    sentences.after_step(inner)
    sentences.after_step(outer)
    sentences.result(outer)
    assert (outer.status, outer.exception) == (status, error)
    assert outer.error_message == f"{text}\nin the sub-step: Then it is inner"


def test_a_step_that_was_caught_is_forgotten(sentences: Sentences) -> None:
    """Its error is not that of a later step."""
    sentences.after_step(step(Status.error, PhraseError("Wrong.")))
    sentences.result(SimpleNamespace(status=Status.passed, exception=None))
    later = step(Status.failed, SUB_STEP)
    sentences.after_step(later)
    sentences.result(later)
    assert (later.status, later.error_message) == (Status.failed, TRACEBACK)


def test_the_traceback_of_a_hooks_error_is_kept_from_junit() -> None:
    """That of others stays."""
    for error, kept in ((PhraseError("Wrong."), False), (ValueError("a bug"), True)):
        scenario = SimpleNamespace(exception=error, exc_traceback="it")
        tell_hook_error(scenario)
        assert (scenario.exc_traceback is not None) == kept
