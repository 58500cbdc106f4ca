"""As whom PostgreSQL runs: it refuses the superuser."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import DatabaseUnavailable

USERS = ("postgres", "nobody")
"""Of whom the first that there is is taken: that of Debian's package, and one that has nothing."""

_PROGRAM = Path(__file__).absolute().parent / "program.py"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class RunsAs:
    """The user and the group that its programs run as, and own their files; None for one's own."""

    user: int | None = None
    group: int | None = None

    @classmethod
    def of_this_machine(cls) -> RunsAs:
        """Oneself, or for the superuser somebody else; DatabaseUnavailable where there is nobody."""
        if os.geteuid() != 0:
            return cls()
        for name in USERS:
            try:
                found = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(found.pw_uid, found.pw_gid)
        raise DatabaseUnavailable(
            "PostgreSQL does not run as the superuser, and this machine has neither a user postgres "
            "nor a user nobody to run it as; run the tests as another user."
        )

    def command(self, program: Path, *words: str, data: Path | None = None) -> Sequence[str]:
        """The command that runs a program as that user.

        `data` is the folder of a server: then it keeps no segment of memory that could outlive it.
        """
        who = [NOTHING if each is None else str(each) for each in (self.user, self.group)]
        told = NOTHING if data is None else str(data / "postmaster.pid")
        # The program that changes the user is Python's, which that user may not be able to read.
        return [sys.executable, "-I", "-S", str(_PROGRAM), *who, told, str(program), *words]

    def own(self, folder: Path) -> None:
        """Hand a folder with all that is in it to that user."""
        if self.user is None or self.group is None:
            return
        os.chown(folder, self.user, self.group)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, self.user, self.group, follow_symlinks=False)
