"""The hooks beside them: a connection for the run, and a channel for each scenario."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any
from uuid import uuid4


def before_all(context: Any) -> None:
    link = import_module(f"benchmarks.by_hand.{os.environ['BENCH_KIND']}").Link
    context.link = link(os.environ["BENCH_BROKER"])
    context.add_cleanup(context.link.close)


def before_scenario(context: Any, scenario: Any) -> None:  # noqa: ARG001 - behave hands it over
    context.name = f"floor-{uuid4().hex[:12]}"
    context.link.create(context.name)
    context.add_cleanup(context.link.delete, context.name)
