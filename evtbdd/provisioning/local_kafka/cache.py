"""The folder in which what was made once is kept for the next run."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.keeping import Keeper


@dataclass(frozen=True, slots=True)
class Cache:
    """`$XDG_CACHE_HOME/evtbdd`, or `~/.cache/evtbdd`.

    Things come into it whole or not at all: they are made in a scratch folder beside their place,
    which the keeper removes, and moved. So several runs may make the same thing at the same time.
    """

    folder: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Cache:
        """Where it is; it need not be there yet. BrokerUnavailable for a user without a home."""
        base = Path(environment.get("XDG_CACHE_HOME") or ".")
        if not base.is_absolute():  # as the XDG Base Directory Specification has it
            try:
                base = Path(environment.get("HOME") or Path.home()) / ".cache"
            except RuntimeError as error:
                raise BrokerUnavailable(
                    "This user has no home folder to keep Kafka in; name a folder by XDG_CACHE_HOME."
                ) from error
        return cls(base / "evtbdd")

    def scratch(self, keeper: Keeper) -> Path:
        """A new folder to make things in; OSError where the cache cannot be written to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return keeper.new_folder("making-", self.folder)

    def keep(self, made: Path, name: str) -> Path:
        """Move what was made in a scratch folder to its place, unless another run was quicker.

        A file takes the place of the one that is there.
        """
        place = self.folder / name
        try:
            made.replace(place)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        return place
