"""docs/web.md: what it shows is what a run says."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import pytest
from docs.examples import Example, alike, examples, said
from docs.page import ROOT, Page

EXAMPLES = examples(Page(ROOT / "docs" / "web.md"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Example, str]:
    """What evtbdd says of the examples."""
    with ExitStack() as stack:
        return said(EXAMPLES, tmp_path_factory.mktemp("web"), (stack, None))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_what_is_shown_is_said(example: Example, found: Mapping[Example, str]) -> None:
    """A block holds, to the letter, what a run of the project above it prints."""
    assert alike(example.said) == alike(found[example])
