"""The seam to behave: its matcher that reads phrases. Imported where a step is registered only."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import behave
from behave import use_step_matcher
from behave.matchers import (
    Match,
    Matcher,
    get_step_matcher_factory,
    register_step_matcher_class,
)
from behave.model_type import Argument

from evtbdd.phrases.compile import Phrase


class PhraseMatch(Match):  # type: ignore[misc]
    """A step that was found; it hands its whole text to the function, with the values."""

    # behave finds out anew for every step where its function stands.
    make_location = staticmethod(cache(Match.make_location))

    def __init__(self, func: Callable[..., None], text: str, found: list[Any]) -> None:
        super().__init__(func, [Argument(f.start, f.end, f.text, f.value, f.name) for f in found])
        self._text, self._found = text, found

    def run(self, context: Any) -> None:
        """Call the step."""
        with context.use_with_user_mode():
            self.func(context, self._text, self._found)


class PhraseMatcher(Matcher):  # type: ignore[misc]
    """A step definition whose function carries its compiled phrase (`registered.phrase`)."""

    NAME = "evtbdd"

    def __init__(self, func: Any, pattern: str, step_type: str | None = None) -> None:
        super().__init__(func, pattern, step_type)
        self.phrase: Phrase = func.registered.phrase
        self._begins, self._certain = self.phrase.begins, self.phrase.certain

    @property
    def regex_pattern(self) -> str:
        """What behave's formatters show."""
        return self.phrase.regex.pattern

    def compile(self) -> PhraseMatcher:
        """Nothing to do: a pattern that is none was refused before it came here."""
        return self

    def match(self, step_text: str) -> PhraseMatch | None:
        """The step, if it is this phrase."""
        # As the phrase itself would look first; behave tries a hundred phrases for every step.
        if not step_text.startswith(self._begins) or self._certain not in step_text:
            return None
        found = self.phrase.match(step_text)
        return None if found is None else PhraseMatch(self.func, step_text, found)


def register(pattern: str, function: Callable[..., None]) -> None:
    """Register for every keyword, by our matcher, whichever one the step file has chosen.

    By behave's decorator, made anew when a run starts: behave.step_registry.registry need not be
    the registry of the runner.
    """
    factory = get_step_matcher_factory()
    chosen = factory.current_matcher
    named = factory.step_matcher_class_mapping.items()
    name = next(name for name, each in named if each is chosen)
    register_step_matcher_class(PhraseMatcher.NAME, PhraseMatcher)
    use_step_matcher(PhraseMatcher.NAME)
    try:
        behave.step(pattern)(function)
    finally:
        use_step_matcher(name)
