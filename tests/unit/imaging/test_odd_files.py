"""The table of odd files in docs/imaging.md but for the browser's column, which has a test in e2e."""

import re

import pytest

from support.docs.odd_table import COLUMNS, PAGE, TABLE
from support.pictures import readers
from support.pictures.odd_files import ODD

READERS = {"bonaface": readers.bonaface, "OpenCV": readers.opencv, "Pillow": readers.pillow}


def test_every_file_has_a_row_and_every_row_a_file() -> None:
    assert list(TABLE) == list(ODD)
    assert COLUMNS[:3] == list(READERS)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ODD)
def test_what_each_makes_of_it(name: str, reader: str) -> None:
    assert readers.outcome(READERS[reader], *ODD[name]) == TABLE[name][COLUMNS.index(reader)]


@pytest.mark.parametrize("name", readers.VERSIONS)
def test_the_page_names_the_versions_that_were_measured(name: str) -> None:
    assert re.search(rf"\b{name} {re.escape(readers.VERSIONS[name])}\b", PAGE)
