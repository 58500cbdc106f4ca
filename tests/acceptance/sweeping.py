"""`evtbdd sweep`, as somebody calls it after a run that was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from acceptance.project import settings_of_shop


def sweep(folder: Path, url: str, *options: str, **settings: str) -> list[str]:
    """The lines that it prints; it has done all that it could."""
    text = settings_of_shop(url, **settings)
    (folder / "evtbdd.cfg").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "evtbdd.cli.main", "sweep", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.splitlines()
