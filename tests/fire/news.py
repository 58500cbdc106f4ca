"""How the processes of a round say where they are, and where they wait to be let go on.

Both are named pipes in the folder of the round: `news` takes lines, and whoever opens `gate` waits
there until the round has opened it too; from then on everyone passes.
"""

from __future__ import annotations

import os


def tell(folder: str, *words: object) -> None:
    """Say a line, all of it at once."""
    news = os.open(f"{folder}/news", os.O_WRONLY)
    os.write(news, f"{' '.join(map(str, words))}\n".encode())
    os.close(news)


def wait_at_gate(folder: str) -> None:
    """Return when the gate is open."""
    os.close(os.open(f"{folder}/gate", os.O_RDONLY))
