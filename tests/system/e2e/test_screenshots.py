"""The pictures of docs/images: made anew each time, kept where SCREENSHOTS says (docs/console.md)."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from conftest import ROOT
from support.http.browser import keep_keys, keep_token, watched
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.traffic import write_traffic

PORTRAIT = ROOT / "examples" / "astronaut.png"
LARGEST = 300_000
TALL = 1290
COLOURS = 256
"""Of a picture: more than these pages have, but for the portrait, and a third of the bytes."""
DAYS = 35
APPLICATIONS = {
    "Mobile app": Quota(100, 300, 10_000_000),
    "Sign-up": Quota(20, 60, 2_000_000),
    "Branch kiosks": Quota(50, 100, None),
}


@pytest.mark.parametrize("name", ["console.png", "overview.png"])
def test_the_pictures_of_the_docs_are_small(name: str) -> None:
    assert (ROOT / "docs" / "images" / name).stat().st_size < LARGEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return Path(os.environ.get("SCREENSHOTS", tmp_path))


@contextmanager
def opened(browser: Browser, server: RunningServer, path: str) -> Iterator[Page]:
    _, token = server.services.admin_tokens.create("screenshots", actor=ACTOR)
    with watched(browser, server) as page:
        keep_keys(page.page.context, server)
        keep_token(page.page.context, token)
        yield page.open(path)


def shoot(page: Page, picture: Path) -> None:
    page.mouse.move(0, 0)
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        shot.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


def test_the_test_page(browser: Browser, analyzer: Analyzer, tmp_path: Path, folder: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as server, opened(browser, server, "/console") as page:
        page.set_input_files("#file", PORTRAIT)
        page.click("#analyze")
        expect(page.locator(".verdict.good")).to_be_visible()
        page.evaluate("document.activeElement.blur()")
        shoot(page, folder / "console.png")


def test_the_overview(browser: Browser, analyzer: Analyzer, tmp_path: Path, folder: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as server:
        repository, database = server.services.applications, server.services.database
        made = [
            repository.create_application(name, quota=quota, actor=ACTOR)[0]
            for name, quota in APPLICATIONS.items()
        ]
        write_traffic(database, made, DAYS, datetime.now(UTC))
        with opened(browser, server, "/console/overview") as page:
            page.set_viewport_size({"width": 1280, "height": TALL})
            expect(page.locator(".callers")).to_be_visible()
            expect(page.locator(".chart svg rect").first).to_be_visible()
            shoot(page, folder / "overview.png")
