"""Modules are named by the terms of docs/glossary.md, and by no word that it says to avoid."""

import re

import pytest

from conftest import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]*?) ?\|$", PAGE, re.MULTILINE)
TERMS = [row for row in ROWS if row[0] not in ("term", "---")]
AVOIDED = sorted({word for *_, words in TERMS for word in words.split(", ") if word})
FOLDERS = ("src/bonaface", "training", "benchmarks", "fuzz")


def _modules() -> list[str]:
    """Paths of all modules from the root of the repository, without `.py`."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    return sorted(file.relative_to(ROOT).with_suffix("").as_posix() for file in files)


def _is_named_by(module: str, word: str) -> bool:
    """Whether the path ends in the word, or in its folder and its name."""
    return f"/{module}".endswith(f"/{word}")


MISNAMED = {module for module in _modules() for word in AVOIDED if _is_named_by(module, word)}


def test_no_module_is_named_by_a_word_to_avoid() -> None:
    assert sorted(MISNAMED) == []


def test_every_line_of_a_table_is_a_term() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("|") and "---" not in line]
    heads = [line for line in lines if line == "| term | is | not |"]
    assert len(TERMS) == len(lines) - len(heads) > 80


def test_no_term_is_told_twice() -> None:
    terms = [term for term, *_ in TERMS]
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("word", AVOIDED)
def test_no_word_to_avoid_is_a_term(word: str) -> None:
    assert word not in {term.replace(" ", "_") for term, *_ in TERMS}
