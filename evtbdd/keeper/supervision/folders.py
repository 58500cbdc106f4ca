"""Temporary folders, removed whatever is in them."""

from __future__ import annotations

import contextlib

TYPE_CHECKING = False  # importing typing would make the start of the keeper slower
if TYPE_CHECKING:
    from pathlib import Path


def remove(folder: str) -> None:
    """Remove the folder and all that is in it; what cannot be removed stays, without a word.

    Nothing is done about a folder that is gone already. Links are removed, not followed.
    """
    import shutil  # these two only now, for the same reason
    from pathlib import Path

    shutil.rmtree(folder, ignore_errors=True)
    if Path(folder).is_dir():
        _make_writable(Path(folder))
        shutil.rmtree(folder, ignore_errors=True)


def _make_writable(folder: Path) -> None:
    """Nobody but root can take anything out of a folder that its owner may not change."""
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
        for inner in folder.iterdir():
            if inner.is_dir() and not inner.is_symlink():
                _make_writable(inner)
