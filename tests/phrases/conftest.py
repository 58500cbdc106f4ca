"""Steps that are registered with behave for one test only, and a stage that records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from behave.model import Step, Table, Text
from behave.runner import the_step_registry


@dataclass
class RecordingStage:
    """A stage that notes what is asked of it, in order; `${a}` is A, `${bytes}` is bytes."""

    calls: list[object] = field(default_factory=list)

    def expand(self, text: str) -> str | bytes:
        self.calls.append(f"expand {text}")
        return b"\x01" if text == "${bytes}" else text.replace("${a}", "A")

    def begin(self) -> None:
        """It has begun."""

    def act(self) -> None:
        self.calls.append("act")


@dataclass
class Play:
    """Runs the text of one step against behave's registry, as behave would."""

    stage: RecordingStage

    def __call__(
        self,
        text: str,
        table: Table | None = None,
        document: Text | None = None,
    ) -> None:
        step = Step("shop.feature", 7, "Given", "given", text)
        scenario = SimpleNamespace(all_steps=[step])
        context = SimpleNamespace(
            evtbdd=self.stage,
            scenario=scenario,
            table=table,
            text=document,
            use_with_user_mode=nullcontext,
        )
        the_step_registry.find_match(step).run(context)


@pytest.fixture
def registry() -> Iterator[object]:
    kept = {keyword: list(steps) for keyword, steps in the_step_registry.steps.items()}
    for steps in the_step_registry.steps.values():
        steps.clear()
    yield the_step_registry
    the_step_registry.steps.update(kept)


@pytest.fixture
def stage() -> RecordingStage:
    return RecordingStage()


@pytest.fixture
def play(registry: object, stage: RecordingStage) -> Play:
    return Play(stage)
