"""The pages of the site: which there are, and where their links lead."""

import tomllib

import pytest
from deploy.site.__main__ import navigation, settings
from deploy.site.anchors import anchors, slug, translated
from deploy.site.markdown import images_of, led_to, page_text
from deploy.site.pages import LANGUAGES, PAGES, Language, korean_of, source_of, staged

from conftest import ROOT


def test_every_page_of_the_docs_is_there_once() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    shown = {source_of(page, language) for page in PAGES for language in LANGUAGES}
    assert pages <= shown
    assert len(set(PAGES)) == len(PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_navigation_holds_all_pages(language: Language) -> None:
    told = tomllib.loads(settings(language))
    assert told["project"]["theme"]["language"] == language
    groups = [pages for group in told["project"]["nav"] for pages in group.values()]
    assert [page for pages in groups for page in pages] == [staged(page) for page in PAGES]
    assert ("위험" in navigation(language)) is (language == "ko")


def test_nothing_of_another_host_is_asked_for() -> None:
    told = settings("en")
    assert "font = false" in told
    assert "://" not in told


@pytest.mark.parametrize(
    ("target", "page", "language", "leads"),
    [
        ("liveness.md#quality", "docs/api.md", "en", "liveness.md#quality"),
        ("../SECURITY.md", "docs/api.md", "en", "../SECURITY.md"),
        ("docs/README.md", "README.md", "en", "docs/index.md"),
        ("docs/", "README.md", "en", "docs/index.md"),
        ("adr/", "docs/README.md", "en", None),
        ("../README.md", "docs/api.md", "en", "../index.md"),
        ("api.ko.md", "docs/api.md", "en", "../ko/docs/api.html"),
        ("README.ko.md", "README.md", "en", "ko/index.html"),
        ("glossary.ko.md", "docs/glossary.md", "en", "glossary.ko.md"),
        ("../src/bonaface/settings.py", "docs/api.md", "en", None),
        ("images/console.png", "docs/console.md", "en", "images/console.png"),
        ("https://example.com", "docs/api.md", "en", "https://example.com"),
        ("#request", "docs/api.md", "en", "#request"),
        ("liveness.md#quality", "docs/api.md", "ko", "liveness.md#quality"),
        ("console.ko.md", "docs/api.md", "ko", "console.md"),
        ("console.md#try-an-image", "docs/cli.md", "ko", "console.md#이미지-시험"),
        ("api.md", "docs/api.md", "ko", "../../docs/api.html"),
    ],
)
def test_where_a_link_leads(target: str, page: str, language: Language, leads: str | None) -> None:
    assert led_to(target, source_of(page, language), page, language) == leads


def test_links_are_rewritten_outside_of_code_alone() -> None:
    text = "[`a`](api.ko.md) and `[x](api.ko.md)`\n\n```\n[y](api.ko.md)\n```\n[z](../Makefile)\n"
    written = page_text(text, "docs/api.md", "docs/api.md", "en")
    assert written == "[`a`](../ko/docs/api.html) and `[x](api.ko.md)`\n\n```\n[y](api.ko.md)\n```\nz\n"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "[Scores](#x), [Policies](policies.md#a), [한국어](../ko/docs/presets.html), none.md\n"),
        ("ko", "[Scores](#x), [Policies](policies.md#a), [운영 기준점 선택](presets.md), none.md\n"),
    ],
)
def test_a_link_that_names_a_file_has_the_title_of_its_page(language: Language, written: str) -> None:
    text = "[Scores](#x), [policies.md](policies.md#a), [presets.ko.md](presets.ko.md), [none.md](none.md)"
    page = "docs/presets.md" if language == "en" else "docs/liveness.md"
    assert page_text(text, page, page, language) == written


def test_what_belongs_to_an_item_is_indented_by_four() -> None:
    text = "1. one\n\n   ```\n   code\n     deeper\n   ```\n\n- two\n  goes on\n\nnot\n   inside\n"
    lines = page_text(text, "README.md", "README.md", "en").splitlines()
    assert lines[2:6] == ["    ```", "    code", "      deeper", "    ```"]
    assert lines[8:] == ["    goes on", "", "not", "   inside"]


def test_an_item_behind_one_of_several_blocks_is_one_of_its_own() -> None:
    text = "1. one\n\n   more\n2. two\n3. three\n"
    written = page_text(text, "README.md", "README.md", "en")
    assert written == "1. one\n\n    more\n\n2. two\n3. three\n"


def test_images_of_a_page() -> None:
    text = (ROOT / "docs" / "console.md").read_text("utf-8")
    assert images_of(text, "docs/console.md") == {"docs/images/console.png", "docs/images/overview.png"}


def test_anchors_are_translated_by_their_place() -> None:
    assert slug("`POST /v2/liveness`, [a](b.md)") == "post-v2liveness-a"
    english, korean = "# One\n\n```\n# no\n```\n\n## Two\n", "# 하나\n\n## 두 번째\n"
    assert anchors(english) == ["one", "two"]
    assert translated("two", english, korean) == "두-번째"
    assert translated("three", english, korean) == "three"


def test_pages_without_korean_are_shown_in_english() -> None:
    assert source_of("docs/api.md", "ko") == "docs/api.ko.md"
    assert korean_of("docs/liveness.md") is None
    assert source_of("docs/liveness.md", "ko") == "docs/liveness.md"
