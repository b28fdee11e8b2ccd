"""What the four people have: a machine with bonaface on it, a browser, a terminal of 80 columns."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conftest import need_service
from support.http.browser import SECONDS, chromium, why_not
from support.servers.environment import QUICK
from support.servers.home import Home

TERMINAL = {"COLUMNS": "80", "BONAFACE_SERVING__WORKERS": "1", **QUICK}
"""A terminal; and what makes a start cheap: engine and number of workers are no part of these stories."""


@pytest.fixture
def home(tmp_path: Path, models_directory: Path) -> Home:
    """An installation of the person's own, with nothing in it."""
    return Home(tmp_path / "home", models_directory, extra=TERMINAL)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not of the session: while Playwright runs, no other test of this thread could run an event loop."""
    need_service(why_not())
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of the person's own, in English; no script of a page may fail in it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 850}, locale="en-US", reduced_motion="reduce"
    )
    context.set_default_timeout(SECONDS * 1000)
    failures: list[str] = []
    context.on("weberror", lambda error: failures.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert failures == []
