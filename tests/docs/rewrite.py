"""Puts what evtbdd says today into docs/errors.md: `make docs`. What has changed is seen by git diff."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from brokers.secured import secured_kafka
from docs.examples import FOLDER, alike, examples, said
from docs.page import ROOT, Page


def rewrite(page: Page) -> int:
    """Replace the blocks that say something else; how many they were."""
    with ExitStack() as stack:
        kafka = stack.enter_context(secured_kafka())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        found = said(examples(page), Path(folder), (stack, kafka))
    lines = page.text.split("\n")
    changed = 0
    for example, text in sorted(found.items(), key=lambda each: -each[0].line):
        if alike(text) != alike(example.said):
            shown = text.replace("FOLDER", FOLDER).split("\n")
            lines[example.line - 1 : example.line - 1 + len(example.said.split("\n"))] = shown
            changed += 1
    page.path.write_text("\n".join(lines), encoding="utf-8")
    return changed


if __name__ == "__main__":
    print(f"docs/errors.md: {rewrite(Page(ROOT / 'docs' / 'errors.md'))} texts have changed.")
