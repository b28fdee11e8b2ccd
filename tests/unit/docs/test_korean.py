"""Pages that users of NHN Cloud's service read are in Korean, too, and say the same as the English ones."""

import re
from collections import Counter
from pathlib import Path

import pytest

from conftest import ROOT

DOCS = ROOT / "docs"
NAMES = (
    "quickstart",
    "api",
    "console",
    "migration",
    "presets",
    "operations",
    "limits",
    "privacy",
    "tutorial-developer",
    "tutorial-analyst",
    "tutorial-operator",
)
ENGLISH = [ROOT / "README.md", *(DOCS / f"{name}.md" for name in NAMES)]
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
HANGUL = re.compile("[가-힣]")
TERMS = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]*?) ?\|$", (DOCS / "glossary.ko.md").read_text("utf-8"), re.M
)
AVOIDED = sorted({word for *_, words in TERMS[2:] for word in words.split(", ") if word})
WORDS_OF_PAGES = (
    ROOT / "src" / "bonaface" / "console" / "text" / "ko.js",
    ROOT / "clients" / "js" / "src" / "capture-text.js",
    ROOT / "src" / "bonaface" / "quality" / "guidance.py",
)


def korean_of(page: Path) -> Path:
    """The Korean page beside an English one."""
    return page.with_suffix(".ko.md")


def read(page: Path) -> str:
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", read(page))


def tables(page: Path) -> list[tuple[int, int]]:
    """Rows and columns of each table."""
    found = re.findall(r"(?:^\|.*\n)+", prose(page), re.MULTILINE)
    return [(len(rows := table.splitlines()), rows[0].replace(r"\|", "").count("|") - 1) for table in found]


def codes(page: Path) -> set[str]:
    """What stands in backticks, and every result code."""
    return {*re.findall(r"`([^`\n]+)`", prose(page)), *re.findall(r"-\d{5}", prose(page))}


def links(page: Path) -> Counter[str]:
    """Files that are linked, by their English names, without the page in the other language."""
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", prose(page))]
    own = {page.name, page.with_suffix("").with_suffix(".ko.md").name}
    beside = {korean_of(page).name, page.name.replace(".ko.md", ".md")}
    return Counter(target.replace(".ko.md", ".md") for target in targets if target not in own | beside)


def levels(page: Path) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]


def items(page: Path) -> int:
    return len(re.findall(r"^ *(?:-|\d+\.) ", prose(page), re.MULTILINE))


each_page = pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)


@each_page
def test_headings_are_of_the_same_levels(page: Path) -> None:
    assert levels(korean_of(page)) == levels(page)


@each_page
def test_tables_have_the_same_rows_and_columns(page: Path) -> None:
    assert tables(korean_of(page)) == tables(page)


@each_page
def test_lists_have_as_many_items(page: Path) -> None:
    assert items(korean_of(page)) == items(page)


@each_page
def test_blocks_of_code_are_the_same(page: Path) -> None:
    blocks, korean = ([match[0] for match in FENCE.finditer(read(one))] for one in (page, korean_of(page)))
    assert korean == blocks


@each_page
def test_codes_are_the_same(page: Path) -> None:
    assert codes(korean_of(page)) == codes(page)


@each_page
def test_links_are_the_same(page: Path) -> None:
    assert links(korean_of(page)) == links(page)


@each_page
def test_a_page_that_is_in_korean_is_linked_in_korean(page: Path) -> None:
    targets = {
        target.split("#")[0] for target in re.findall(r"\]\(([^)]+\.md)[^)]*\)", prose(korean_of(page)))
    }
    translated = {one.name for one in ENGLISH} - {page.name}
    assert {target for target in targets if Path(target).name in translated} <= {
        f"docs/{page.name}",
        "docs/api.md",
    }


@each_page
def test_every_heading_paragraph_and_row_is_in_korean(page: Path) -> None:
    blocks = re.split(r"\n\n+", prose(korean_of(page)))
    told = [
        block for block in blocks if re.search("[a-z]{3} [a-z]{3}", re.sub(r"`[^`]*`|\([^)]*\)", "", block))
    ]
    assert [block for block in told if not HANGUL.search(block)] == []


@pytest.mark.parametrize("page", [*map(korean_of, ENGLISH), *WORDS_OF_PAGES], ids=lambda page: page.name)
def test_no_word_to_avoid_is_used(page: Path) -> None:
    text = read(page)
    assert [word for word in AVOIDED if re.search(rf"(?<![가-힣]){re.escape(word)}", text)] == []


def test_an_english_term_has_one_korean_one() -> None:
    assert len(TERMS) > 25
    for column in range(2):
        words = [row[column] for row in TERMS]
        assert len(set(words)) == len(words)
    assert not {row[1] for row in TERMS} & set(AVOIDED)
