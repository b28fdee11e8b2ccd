"""Modules are named by the terms of docs/glossary.md, and by no word that it says to avoid."""

import re

import pytest

from conftest import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]*?) ?\|$", PAGE, re.MULTILINE)
TERMS = [row for row in ROWS if row[0] not in ("term", "---")]
AVOIDED = sorted({word for *_, words in TERMS for word in words.split(", ") if word})
PLAIN = frozenset(re.findall(r"[a-z0-9]+", PAGE.rpartition("## Words without a line")[2].partition(":")[2]))
"""Words that need no line."""
FOLDERS = ("src/bonaface", "training", "benchmarks", "fuzz")


def _modules() -> list[str]:
    """Paths of all modules from the root of the repository, without `.py`."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    return sorted(file.relative_to(ROOT).with_suffix("").as_posix() for file in files)


def _is_named_by(module: str, word: str) -> bool:
    """Whether the path ends in the word, or in its folder and its name."""
    return f"/{module}".endswith(f"/{word}")


def _words(name: str) -> set[str]:
    """The words of a name or a term, each in its singular, as far as a rule gives that."""
    words = re.findall("[a-z0-9]+", name.lower())
    return {re.sub("(?<=[^s])s$", "", re.sub("ies$", "y", word)) for word in words}


WORDS_OF_TERMS = {word for term, *_ in TERMS for word in _words(term)}
NAMES = sorted(
    {
        part
        for module in _modules()
        if module.startswith("src/bonaface/") and "/migrations/" not in module
        for part in module.removeprefix("src/bonaface/").split("/")
        if not part.startswith("__")
    }
)
MISNAMED = {module for module in _modules() for word in AVOIDED if _is_named_by(module, word)}


def test_no_module_is_named_by_a_word_to_avoid() -> None:
    assert sorted(MISNAMED) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_made_of_words_of_the_glossary(name: str) -> None:
    assert _words(name) - WORDS_OF_TERMS <= {word for plain in PLAIN for word in _words(plain)}


def test_words_without_a_line_are_needed() -> None:
    named = {word for name in NAMES for word in _words(name)}
    assert {plain for plain in PLAIN if not _words(plain) <= named - WORDS_OF_TERMS} == set()


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
