"""The hooks of this project's own features: those of evtbdd, and nothing else."""

from evtbdd.environment import *  # noqa: F403
