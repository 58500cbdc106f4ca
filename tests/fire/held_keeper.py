"""The keeper's own program, as it is, held at the point that FIRE_POINT names."""

import os
import runpy
import sys
from pathlib import Path

TESTS = str(Path(__file__).parents[1])

if __name__ == "__main__":
    sys.path.append(TESTS)
    from fire.hold import hold_at

    if os.environ["FIRE_POINT"]:
        hold_at(os.environ["FIRE_POINT"], os.environ["FIRE_FOLDER"])
    runpy.run_path(os.environ["FIRE_PROGRAM"], run_name="__main__")
