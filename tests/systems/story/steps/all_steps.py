"""The phrases of evtbdd; this project has none of its own."""

from evtbdd.steps import *  # noqa: F403
