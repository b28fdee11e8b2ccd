"""Links of all pages lead to files that are there, and to headings that they have."""

import re
from functools import cache
from pathlib import Path

import pytest
from deploy.site.anchors import anchors

from conftest import ROOT

FOLDERS = ("docs", "docs/adr", "docs/accuracy", "examples", "training", "clients/python", "clients/js")
PAGES = [page for folder in (".", *FOLDERS) for page in sorted((ROOT / folder).glob("*.md"))]
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")


@cache
def anchors_of(page: Path) -> set[str]:
    return set(anchors(page.read_text("utf-8")))


def links(page: Path) -> set[str]:
    return set(LINK.findall(CODE.sub("", page.read_text("utf-8"))))


def is_broken(page: Path, link: str) -> bool:
    """Whether a link within the repository leads nowhere."""
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors_of(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    inside = [link for link in links(page) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in sorted(inside) if is_broken(page, link)] == []


def test_pages_were_looked_at() -> None:
    assert len(PAGES) > 50
    assert sum(len(links(page)) for page in PAGES) > 450


def test_a_link_to_nowhere_is_found() -> None:
    page = ROOT / "docs" / "api.md"
    assert is_broken(page, "none.md")
    assert is_broken(page, "#none")
    assert is_broken(page, "liveness.md#none")
    assert not is_broken(page, "liveness.md#several-frames")
