"""The files of a run: there is nothing to open, only a folder for each scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evtbdd.errors import PhraseError
from evtbdd.facilities import Run, Stage
from evtbdd.words import quoted


class Files:
    """Files as a run has them."""

    def __init__(self, run: Run) -> None:
        """Nothing of the run is needed."""

    def begin(self, stage: Stage, scopes: Mapping[str, str]) -> ScenarioFiles:  # noqa: ARG002 - as every facility
        """The files as one scenario uses them."""
        return ScenarioFiles(stage)

    def close(self) -> None:
        """Nothing is left open."""


class ScenarioFiles:
    """Where the files of a scenario are: relative paths begin in `${scenario.folder}`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def path(self, text: str) -> Path:
        """Where a file is that is looked at. PhraseError for a path that climbs out of the folder."""
        folder = self._folder()
        path = Path(text)
        if path.is_absolute():
            return path
        found = folder / path
        if not found.resolve().is_relative_to(folder.resolve()):
            raise PhraseError(
                f"The path {quoted(text)} leads out of ${{scenario.folder}}; a file elsewhere has "
                "an absolute path."
            )
        return found

    def own(self, text: str) -> Path:
        """Where a file is that is written to: only in the folder, which goes with the scenario."""
        path = self.path(text)
        if not path.resolve().is_relative_to(self._folder().resolve()):
            raise PhraseError(
                f"The file {quoted(text)} lies outside of ${{scenario.folder}}, and evtbdd writes "
                "only there: it could not take back what it did elsewhere. Have the service look in "
                "${scenario.folder}."
            )
        return path

    def _folder(self) -> Path:
        return Path(self._stage.services.folder())

    def begin_block(self) -> None:
        """A file is looked at whole, whatever the window."""

    def fact(self, name: str) -> object:
        """Files have no placeholders."""
        raise KeyError(name)

    def known(self) -> Sequence[str]:
        """Files have no placeholders."""
        return ()

    def end(self) -> None:
        """The folder is removed with the services of the scenario."""
