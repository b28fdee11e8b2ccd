"""Which pages the site has, in which order and under which headings; the rest of it follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
Language = Literal["en", "ko"]
LANGUAGES: Sequence[Language] = ("en", "ko")
KOREAN = ".ko.md"


@dataclass(frozen=True, slots=True)
class Group:
    """Pages under one heading, by their paths in the repository."""

    en: str
    ko: str
    pages: Sequence[str]

    def title(self, language: Language) -> str:
        """The heading."""
        return self.ko if language == "ko" else self.en


def _docs(*names: str) -> list[str]:
    return [f"docs/{name}.md" for name in names]


GROUPS: Sequence[Group] = (
    Group("Start", "시작", ["README.md", *_docs("quickstart", "README")]),
    Group("Tutorials", "따라 하기", _docs("tutorial-developer", "tutorial-analyst", "tutorial-operator")),
    Group(
        "For developers",
        "개발자",
        [
            *_docs("api", "liveness", "clients", "capture", "library", "cli", "bulk", "queries"),
            "examples/README.md",
        ],
    ),
    Group(
        "For risk analysts",
        "위험 분석 담당자",
        _docs("limits", "presets", "evaluation", "calibration", "policies", "feedback"),
    ),
    Group(
        "For operators",
        "운영자",
        _docs(
            "operations",
            "serving",
            "container",
            "kubernetes",
            "capacity",
            "keys",
            "usage",
            "admin",
            "console",
        ),
    ),
    Group(
        "How to", "방법", _docs("migration", "evidence", "heatmap", "metrics", "tracing", "fetch", "fuzzing")
    ),
    Group("Reference", "참조", _docs("settings", "reasons", "imaging", "models", "glossary", "glossary.ko")),
    Group(
        "Explanation",
        "설명",
        [
            *_docs(
                "privacy",
                "accuracy",
                "accuracy/figures",
                "accuracy/left-out",
                "detection",
                "pose",
                "performance",
            ),
            *_docs("reliability", "architecture"),
            "SECURITY.md",
        ],
    ),
    Group(
        "Changing it",
        "변경하기",
        [
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "training/README.md",
            "clients/python/README.md",
            "clients/js/README.md",
            *(f"docs/adr/{path.name}" for path in sorted((ROOT / "docs" / "adr").glob("*.md"))),
        ],
    ),
)

PAGES: Sequence[str] = [page for group in GROUPS for page in group.pages]


def korean_of(page: str) -> str | None:
    """The Korean page beside it, if there is one."""
    korean = page.removesuffix(".md") + KOREAN
    return korean if (ROOT / korean).exists() and not page.endswith(KOREAN) and korean not in PAGES else None


def source_of(page: str, language: Language) -> str:
    """The file that is shown for a page in a language; the English one where there is no other."""
    return (korean_of(page) if language == "ko" else None) or page


def staged(page: str) -> str:
    """Where a page lies among those that are built: a README is the first page of its folder."""
    return page.removesuffix("README.md") + "index.md" if page.endswith("README.md") else page
