"""axe finds nothing on either page, in both languages and themes, narrow and wide, whatever is open."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from bonaface import Analyzer
from conftest import ROOT
from support.http.browser import Watched, keep_keys, keep_token, watched
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.traffic import write_traffic

PORTRAIT = ROOT / "examples" / "astronaut.png"
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def busy(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(analyzer, settings_in(tmp_path_factory.mktemp("busy"))) as server:
        made = server.services.applications.create_application("Kiosks", actor=ACTOR)[0]
        server.services.policies.put("staff", 0.2, 0.8, actor=ACTOR)
        server.services.policies.put("pay", 0.5, 0.9, actor=ACTOR)
        server.services.policies.retire("pay", actor=ACTOR)
        write_traffic(server.services.database, [made], days=3, now=datetime.now(UTC))
        yield server


LOOKS: dict[str, tuple[Scheme, str, int]] = {
    "light": ("light", "en-US", 1280),
    "dark": ("dark", "en-US", 1920),
    "light-narrow-korean": ("light", "ko-KR", 360),
    "dark-korean": ("dark", "ko-KR", 1280),
}


@pytest.fixture(params=LOOKS)
def page_of(request: pytest.FixtureRequest, browser: Browser, busy: RunningServer) -> Iterator[Watched]:
    """A page in one of the looks, with the keys of both pages."""
    scheme, locale, width = LOOKS[request.param]
    token_name = f"axe-{request.node.name}"[:64]
    _, token = busy.services.admin_tokens.create(token_name, actor=ACTOR)
    viewport = {"width": width, "height": 850}
    with watched(browser, busy, color_scheme=scheme, locale=locale, viewport=viewport) as page:
        keep_keys(page.page.context, busy)
        keep_token(page.page.context, token)
        yield page


@pytest.mark.usefixtures("nobody")
def test_the_test_page(page_of: Watched) -> None:
    page = page_of.open()
    page_of.assert_accessible()
    page.set_input_files("#file", PORTRAIT)
    page.check("input[value=strict]")
    page.click("#analyze")
    expect(page.locator(".verdict.bad")).to_be_visible()
    page_of.assert_accessible()
    page.fill("#url", "ftp://nowhere")
    page.click("#url-form button")
    expect(page.get_by_role("alert")).to_be_visible()
    page.click("#keys")
    page_of.assert_accessible()
    page.keyboard.press("Escape")
    page.click("#camera")
    expect(page.locator("video")).to_be_visible()
    page_of.assert_accessible()


def test_the_overview(page_of: Watched) -> None:
    page = page_of.open("/console/overview")
    page.wait_for_selector("table.applications")
    page.wait_for_selector(".chart svg rect")
    page.check("#retired-policies")
    for summary in page.locator(".chart summary").all():
        summary.click()
    page.locator(".plot").first.focus()
    page.keyboard.press("End")
    page_of.assert_accessible()
    page.click("#create")
    page_of.assert_accessible()
    page.keyboard.press("Escape")
    page.click(".policies button:text-is('staff')")
    page.wait_for_selector("#retire-policy")
    page_of.assert_accessible()
    page.keyboard.press("Escape")
    page.click(".applications button:text-is('Kiosks')")
    page.wait_for_selector("#set-state")
    page_of.assert_accessible()
    page.click("#set-state")
    page.wait_for_selector("#question[open]")
    page_of.assert_accessible()


def test_the_sign_in(browser: Browser, busy: RunningServer) -> None:
    for scheme in ("light", "dark"):
        with watched(browser, busy, color_scheme=scheme) as watched_page:
            page = watched_page.open("/console/overview")
            page.fill("#token", "wrong")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_be_visible()
            watched_page.assert_accessible()
