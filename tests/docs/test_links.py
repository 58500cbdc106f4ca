"""Where the pages lead to is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.page import ROOT, Page

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    """To a file of the project, and to a heading in it where one is named."""
    page = Page(path)
    for link in page.links():
        if "://" in link:
            continue
        file, _, part = link.partition("#")
        place = (path.parent / file) if file else path
        assert place.exists(), link
        if part:
            assert part in Page(place).anchors(), link


def test_the_readme_leads_to_every_page() -> None:
    """Nobody has to look into the folder."""
    linked = set(Page(ROOT / "README.md").links())
    assert {f"docs/{path.name}" for path in PAGES[1:]} <= linked
