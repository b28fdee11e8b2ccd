"""Chromium's column of the table of odd files in docs/imaging.md."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from support.docs.odd_table import COLUMNS, PAGE, TABLE
from support.pictures import readers
from support.pictures.odd_files import ODD


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A blank page of the version that was measured."""
    (measured,) = re.findall(r"\bChromium (\d+)\b", PAGE.split("\n## Odd files\n")[1])
    if browser.version.split(".")[0] != measured:
        pytest.skip(f"the table tells of Chromium {measured}, here is {browser.version}")
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("name", ODD)
def test_what_chromium_makes_of_it(page: Page, name: str) -> None:
    outcome = readers.outcome(lambda data: readers.chromium(page, data), *ODD[name])
    assert outcome == TABLE[name][COLUMNS.index("Chromium")]
