"""Whoever is killed with SIGKILL, and when: nothing is left, and who lives on is told what happened.

Each round starts a run with three services and kills the run, the keeper, a supervisor or a service
at a stage of a start or of an end. TEST_ROUNDS says how many rounds there are, 60 if it is not set:
each stage with each victim. 420 rounds are each of that with each kind of service.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from fire.round import Round
from fire.stages import case

ROUNDS = int(os.environ.get("TEST_ROUNDS", "60"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")

SENTENCES = (
    r"The keeper of the services \(pid \d+\) died: it was ended by signal SIGKILL; "
    r"all that it had started was killed\.",
    r'The supervisor of "(target|first)" died; what it had started was killed\.',
    r"target was (killed with its supervisor|ended by signal SIGKILL)",
    r"last ended with exit code 0",
)
"""All that a run may be told."""


@pytest.mark.parametrize("number", range(ROUNDS), ids=lambda number: f"{number} {case(number)}")
def test_nothing_is_left(number: int, tmp_path: Path) -> None:
    """No process, port, folder or file; and whoever lives on goes on, or is told what happened."""
    fought = Round(case(number), tmp_path / "round")
    lines = fought.carry_out().splitlines()
    assert [line for line in lines if not any(re.fullmatch(each, line) for each in SENTENCES)] == []
    if fought.killed == "keeper" and fought.case.stage.act != "close":
        assert re.fullmatch(SENTENCES[0], lines[-1])
    elif fought.killed in {"supervisor", "service"}:
        assert lines[-1] == "last ended with exit code 0"
