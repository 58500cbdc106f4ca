"""What is done again and again, judged by the very tests that do it once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acceptance import test_red_examples as tests
from acceptance import test_tour
from acceptance.examples import EXAMPLES, NOT_STARTED, UNPROVEN, RedExample
from acceptance.expected import expected_texts
from acceptance.project import Outcome
from acceptance.red import (
    ON_DEAD_BROKER,
    ON_DEAD_SERVICE,
    run_on_dead_broker,
    run_on_dead_service,
    run_with_faults,
    verdict,
)
from acceptance.story import missing, story
from acceptance.where import Where


@dataclass(frozen=True)
class Judgement:
    """Whether something came out as it should; `wrong` is the whole text of what did not."""

    what: str
    wrong: str | None = None


def tour(where: Where, folder: Path) -> Iterator[Judgement]:
    """The features of this project, on a broker."""
    try:
        test_tour.assert_green(where)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        yield Judgement("tour", _said(error))
    else:
        yield Judgement("tour")


def tale(where: Where, folder: Path) -> Iterator[Judgement]:
    """The story of tests/systems/story, on a broker."""
    if (why := missing()) is not None:
        yield Judgement("story", why)
        return
    try:
        run = story(where.url)
    except subprocess.TimeoutExpired as error:
        yield Judgement("story", _said(error))
    else:
        yield Judgement("story", None if run.returncode == 0 else run.stdout + run.stderr)


def red(where: Where, folder: Path) -> Iterator[Judgement]:
    """Every red example once: with its fault, on a dead service, and on a dead broker."""
    unclear = [*UNPROVEN, *NOT_STARTED]
    runs: list[tuple[str, Callable[[Path, str], Outcome], Sequence[RedExample]]] = [
        ("fault", run_with_faults, [*EXAMPLES, *unclear]),
        ("dead service", run_on_dead_service, ON_DEAD_SERVICE),
    ]
    if not where.url.startswith("kafka:"):
        runs.append(("dead broker", run_on_dead_broker, ON_DEAD_BROKER))
    for kind, run, examples in runs:
        try:
            outcome = run(folder / kind, where.url)
        except subprocess.TimeoutExpired as error:
            yield Judgement(f"{kind}: the whole run", _said(error))
            continue
        for example in examples:
            yield Judgement(f"{kind}: {example.name}", _wrong(kind, example, where, outcome))


def _wrong(kind: str, example: RedExample, where: Where, outcome: Outcome) -> str | None:
    """What is wrong with the verdict of an example; None where it is the expected one."""
    try:
        if kind == "dead service":
            tests.test_a_dead_service_is_an_error(example, where, outcome, [])
        elif kind == "dead broker":
            tests.test_a_dead_broker_is_an_error(example, where, outcome, [])
        elif example in EXAMPLES:
            tests.test_a_fault_fails_the_phrase_with_the_expected_text(example, where, outcome, [])
        else:
            tests.test_what_cannot_be_said_is_an_error_with_the_expected_text(
                example, where, outcome, []
            )
    except AssertionError as error:
        if example.name not in outcome.verdicts:
            return f"no verdict: {_said(error)}"
        found = verdict(outcome, example)
        text = f"{found.status}: {found.text}"
        if kind == "fault":
            file = "failed" if example in EXAMPLES else "error"
            text += f"\nexpected {file}: {expected_texts(file, where.kind).get(example.name)}"
        return text
    return None


def _said(error: AssertionError | subprocess.TimeoutExpired) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        written = (error.stdout or b"", error.stderr or b"")
        said = "".join(each.decode("utf-8", "replace") for each in written)
        return f"it had not ended after {error.timeout} seconds, and had said:\n{said}"
    return str(error)
