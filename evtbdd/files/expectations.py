"""What the phrases about files do: each looks at a file until its lines are as its words say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from evtbdd.clock import looks
from evtbdd.errors import ExpectationFailed, PhraseError, ServiceError
from evtbdd.expect.assignment import Assignment
from evtbdd.expect.life import missed, require_life
from evtbdd.expect.states import Look
from evtbdd.files.facility import ScenarioFiles
from evtbdd.files.writing import text_below
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario
from evtbdd.values.render import show
from evtbdd.words import counted, duration, quoted

MOST = 6
"""Lines, and names of files, that are shown."""


@dataclass(frozen=True, slots=True)
class File:
    """A file by the name that a step gives it, and where that is."""

    name: str
    path: Path

    def lines(self) -> Sequence[str] | None:
        """Its lines without their line breaks; what stands behind the last one is a line too.

        None where there is no such file. ServiceError where it cannot be read.
        """
        try:
            text = self.path.read_bytes().decode(errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ServiceError(f"The file {self.path} cannot be read: {error.strerror}.") from error
        lines = text.split("\n")
        return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]

    def absent(self) -> str:
        """That it is not there, and what is there instead."""
        folder = self.path.parent
        try:
            there = sorted(each.name for each in folder.iterdir())
        except OSError:
            there = []
        if not there:
            return f"there is no such file ({self.path})"
        more = ["…"] if len(there) > MOST else []
        return (
            f"there is no such file ({self.path}); beside it: "
            f"{', '.join([*map(quoted, there[:MOST]), *more])}"
        )


def contains(
    scenario: Scenario, name: str, data: Data, within: float | None, *, in_order: bool
) -> None:
    """Wait until a file has these lines, each one of its own; in order, one behind the other."""
    text = text_below(data)
    wanted = [scenario.values.text(line) for line in text.split("\n")]
    if not text:
        raise PhraseError("There is no line below the step.")
    file = _file(scenario, name)
    ordered = " in order" if in_order else ""
    missing = _missing_in_order if in_order else _missing

    def look() -> Look[None]:
        lines = file.lines()
        if lines is None:
            return Look(False, file.absent(), None)
        left = missing(lines, wanted)
        if not left:
            return Look(True, "", None)
        if not lines:
            return Look(False, "it is empty", None)
        its = f"its {counted(len(lines), 'line')} {'does' if len(lines) == 1 else 'do'} not"
        but = f"{its} hold {'this one' if len(left) == 1 else 'these'}"
        if in_order:
            left, but = left[:1], f"{its} come to this one"
        return Look(False, f"{but}:{_below(left)}{_ends(lines)}", None)

    scenario.expect.settle(
        f"the file {quoted(name)} to contain {counted(len(wanted), 'line')}{ordered}",
        look,
        patience=scenario.expect.patience(within),
    )


def has_lines(scenario: Scenario, name: str, number: int, during: float | None) -> None:
    """Wait until a file has exactly so many lines; `during`: watch that there are no more, ever."""
    file = _file(scenario, name)
    expected = f"the file {quoted(name)} to have exactly {counted(number, 'line')}"

    def look() -> Look[int]:
        lines = file.lines()
        if lines is None:
            return Look(False, file.absent(), 0)
        if len(lines) == number:
            return Look(True, "", number)
        return Look(False, f"it has {counted(len(lines), 'line')}{_ends(lines)}", len(lines))

    if during is None:
        scenario.expect.settle(expected, look, patience=scenario.expect.patience(None))
    else:
        _watch(scenario, expected, look, number, during)
    require_life(expected, scenario.expect.witness)


def _watch(
    scenario: Scenario, expected: str, look: Callable[[], Look[int]], number: int, during: float
) -> None:
    """Fail at once with more lines than that, and at the end with fewer."""
    for _ in looks(scenario.expect.until(during)):
        last = look()
        if last.found > number:
            break
    text = f"Expected {expected} during {duration(during)}\nbut {last.but}"
    if last.found > number:
        raise ExpectationFailed(text)
    if not last.met:
        raise missed(text, scenario.expect.witness)


def _file(scenario: Scenario, name: str) -> File:
    return File(name, cast(ScenarioFiles, scenario.facilities.get("files")).path(name))


def _missing(lines: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """Those for which no line of the file is left."""
    assignment = Assignment(len(wanted))
    for line in lines:
        assignment.add([place for place, each in enumerate(wanted) if each == line])
    return [each for each, by in zip(wanted, assignment.event_of, strict=True) if by is None]


def _missing_in_order(lines: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """What is missing from the first on that the file has not come to."""
    left = list(wanted)
    for line in lines:
        if left and left[0] == line:
            left.pop(0)
    return left


def _below(lines: Sequence[str]) -> str:
    shown = [f"\n    {show(line, 160)}" for line in lines[:MOST]]
    more = f"\n    and {len(lines) - MOST} more" if len(lines) > MOST else ""
    return "".join(shown) + more


def _ends(lines: Sequence[str]) -> str:
    """How a file ends, where it holds anything."""
    if not lines:
        return ""
    ends = "It ends" if len(lines) > MOST else "It holds"
    return f"\n  {ends}:{''.join(f'{chr(10)}    {show(line, 160)}' for line in lines[-MOST:])}"
