"""What is written into files: a whole one, or something at its end."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from evtbdd.errors import PhraseError, ServiceError
from evtbdd.files.facility import ScenarioFiles
from evtbdd.phrases import Data
from evtbdd.scenario import Scenario
from evtbdd.words import quoted


def hold(scenario: Scenario, path: str, data: Data) -> None:
    """Have a file hold the lines of a text, each with its line break, whatever it held before."""
    text = _text(scenario, data)
    _write(_own(scenario, path), "w", f"{text}\n" if text else "")


def append_text(scenario: Scenario, path: str, data: Data) -> None:
    """Put a text at the end, without a line break behind it: a line may come to be in pieces."""
    _write(_own(scenario, path), "a", _text(scenario, data))


def append_line(scenario: Scenario, path: str, data: Data) -> None:
    """Put a line at the end. PhraseError for several."""
    text = _text(scenario, data)
    if "\n" in text:
        filename, line = data.location
        raise PhraseError(
            f"{filename}:{line}: the step speaks of one line, and there are several below it; write "
            f"When this text is appended to the file {quoted(path)}:"
        )
    _write(_own(scenario, path), "a", f"{text}\n")


def text_below(data: Data) -> str:
    """The text below a step. PhraseError for a table."""
    if data.text is None:
        filename, line = data.location
        raise PhraseError(f'{filename}:{line}: what a file holds is a text, between """, no table.')
    return data.text


def _text(scenario: Scenario, data: Data) -> str:
    return scenario.values.text(text_below(data))


def _own(scenario: Scenario, path: str) -> Path:
    return cast(ScenarioFiles, scenario.facilities.get("files")).own(path)


def _write(path: Path, mode: str, text: str) -> None:
    """In one write, so that nobody sees half of a short text; ServiceError where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise ServiceError(f"The file {path} cannot be written: {error.strerror}.") from error
